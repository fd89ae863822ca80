import { getResource, listResources, type ResourceView } from "../../../../sdk/client/routes/catalogue.ts";
import { listDepartments } from "../../../../sdk/client/routes/departments.ts";
import type { AnswerOf } from "../../../../sdk/client/route.ts";
import { useLanguage } from "../shared/language.tsx";
import { clientFor } from "./client.ts";
import { useAnswer, useWork } from "./data.tsx";

export type ResourceDetail = AnswerOf<typeof getResource>;

/** The name of a department by its code; the code until it is known. */
export function useDepartmentNames(): (uscc: string) => string {
  const { loaded } = useAnswer(listDepartments, {});
  const names =
    loaded.state === "there" ? new Map(loaded.value.departments.map(({ id, name }) => [id, name])) : undefined;
  return (uscc) => names?.get(uscc) ?? uscc;
}

/** The name of a resource by its id; its id until it is known. */
export function useResourceNames(): (id: string) => string {
  const { loaded } = useAnswer(listResources, {});
  const names =
    loaded.state === "there"
      ? new Map<string, ResourceView>(loaded.value.resources.map((one) => [one.id, one]))
      : undefined;
  return (id) => names?.get(id)?.name ?? `${id.slice(0, 10)}…`;
}

/** Every resource with its terms. */
export function useResources() {
  const { language } = useLanguage();
  return useWork(async () => {
    const client = clientFor(language);
    const { resources } = await client.call(listResources, {});
    return Promise.all(resources.map(({ id }) => client.call(getResource, { params: { id } })));
  }, `resources ${language}`);
}

/** The terms in force, or the newest before the first publication. */
export const termsOf = ({ versions, version, latest }: ResourceDetail) =>
  versions.find((one) => one.version === version) ?? versions.find((one) => one.version === latest);
