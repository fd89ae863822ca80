import { isJsonObject, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { objectAt, stringAt } from "../../sdk/oversight/indicators/release.ts";
import { releasesIn } from "../../sdk/oversight/ocds/releases.ts";
import { standardFindings, type Standard } from "../../sdk/oversight/validate.ts";
import type { StoredProjectRecord } from "../storage/stored-projects.ts";
import { ProjectError } from "./errors.ts";

const MAXIMUM_CONTENT = 2_000_000;
const MAXIMUM_CODE = 64;

/** One release to be recorded. */
export type Entry = Omit<Extract<StoredProjectRecord, { kind: "release" }>, "kind" | "record"> & {
  readonly project: string;
  readonly title: string;
  readonly content: string;
  /** What `content` says, and where it stood. */
  readonly published: { readonly document: JsonObject; readonly path: string };
};

/**
 * The releases in a document: the projects of an OC4IDS package, or OCDS releases. Throws ProjectError `project.invalid` with
 * the first place that does not fit the official schema, OversightError `ocds.*`.
 */
export function entriesOf(document: Json, project?: string): Entry[] {
  return isProjectPackage(document) ? projectEntries(document) : releaseEntries(document, project);
}

const isProjectPackage = (document: Json): document is JsonObject =>
  isJsonObject(document) && !("releases" in document) && !("records" in document) && !("ocid" in document);

function projectEntries(document: JsonObject): Entry[] {
  requireValid(document, "oc4ids-project-package");
  const projects = document["projects"] as readonly JsonObject[]; // The schema says so.
  return projects.map((project, i) => {
    const content = contentOf(project, `/projects/${i}`);
    const id = stringAt(project, "id") ?? "";
    return {
      project: projectCode(project) ?? id.slice(0, MAXIMUM_CODE),
      standard: "oc4ids-project",
      identifier: id,
      release: toHex(digest("sha256", utf8(content))),
      date: stringAt(project, "updated") ?? stringAt(document, "publishedDate") ?? "",
      title: stringAt(project, "title") ?? "",
      content,
      published: { document: project, path: `/projects/${i}` },
    };
  });
}

/** The scheme of 项目代码 among a project's identifiers. */
const CODE_SCHEME = "CN-PROJECT";

function projectCode({ identifiers }: JsonObject): string | undefined {
  const list = Array.isArray(identifiers) ? (identifiers as readonly Json[]) : []; // Array.isArray does not narrow readonly arrays.
  const found = list.find((one) => isJsonObject(one) && one["scheme"] === CODE_SCHEME);
  const id = isJsonObject(found) ? stringAt(found, "id") : undefined;
  return id !== undefined && id !== "" && id.length <= MAXIMUM_CODE ? id : undefined;
}

function releaseEntries(document: Json, project: string | undefined): Entry[] {
  if (isJsonObject(document) && "releases" in document) requireValid(document, "ocds-release-package");
  const isPackage = isJsonObject(document) && "releases" in document;
  return releasesIn(document).map(({ ocid, date, document: release, path = "" }, i) => {
    if (!isPackage) requireValid(release, "ocds-release", `/${i}`);
    const tender = objectAt(release, "tender");
    return {
      project: project ?? budgetProject(release) ?? ocid.slice(0, MAXIMUM_CODE),
      standard: "ocds-release",
      identifier: ocid,
      release: stringAt(release, "id") ?? "",
      date,
      title: (tender && stringAt(tender, "title")) ?? "",
      content: contentOf(release, `/${i}`),
      published: { document: release, path },
    };
  });
}

/** Where OCDS names the project that pays for a process. */
function budgetProject(release: JsonObject): string | undefined {
  const planning = objectAt(release, "planning");
  const budget = planning && objectAt(planning, "budget");
  const id = budget && stringAt(budget, "projectID");
  return id === undefined || id === "" || id.length > MAXIMUM_CODE ? undefined : id;
}

function contentOf(document: JsonObject, path: string): string {
  const content = canonicalize(document);
  if (content.length > MAXIMUM_CONTENT) throw new ProjectError("project.too-large", { path, limit: MAXIMUM_CONTENT });
  return content;
}

function requireValid(document: Json, standard: Standard, under = ""): void {
  const findings = standardFindings(document, standard);
  const [first] = findings;
  if (first === undefined) return;
  const path = `${under}${first.path}`;
  throw new ProjectError("project.invalid", { path, standard, code: first.code, count: findings.length });
}
