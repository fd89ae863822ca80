import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import type { EXPORT_FORMATS } from "../../sdk/client/routes/projects.ts";
import { compiledRelease, versionedRelease } from "../../sdk/oversight/ocds/merge.ts";
import { chronological, releasesIn } from "../../sdk/oversight/ocds/releases.ts";
import { releaseDocument, type ProjectArchive, type ProjectRecord } from "./archive.ts";
import { ProjectError } from "./errors.ts";

export interface ExportDependencies {
  readonly archive: ProjectArchive;
  readonly department: { readonly uscc: string; readonly name: string };
  /** Where the export is had again. */
  readonly uri: string;
  readonly publishedDate: string;
}

/** A project's data in a standard's form, derived from its records. Throws ProjectError `project.unknown`, `project.nothing-to-export`. */
export async function exportProject(
  code: string,
  format: (typeof EXPORT_FORMATS)[number],
  { archive, department, uri, publishedDate }: ExportDependencies,
): Promise<JsonObject> {
  await archive.get(code);
  const standard = format === "oc4ids" ? "oc4ids-project" : "ocds-release";
  const listed: ProjectRecord<"release">[] = [];
  for await (const record of archive.list(code)) {
    if (record.kind !== "release" || record.withdrawn !== undefined || record.standard !== standard) continue;
    listed.push(record);
  }
  const contents = await archive.contents(listed.map(({ seq }) => seq));
  const found = listed.map((record, i) => ({ record, document: releaseDocument(contents[i] ?? "") }));
  if (found.length === 0) throw new ProjectError("project.nothing-to-export", { format });
  const publisher = { name: department.name, scheme: "CN-USCC", uid: department.uscc };
  const head = { uri, publishedDate, publisher };
  if (format === "oc4ids") {
    // The newest version of each project of this code.
    const latest = new Map(
      [...found]
        .sort((a, b) =>
          a.record.date < b.record.date ? -1 : a.record.date > b.record.date ? 1 : a.record.seq - b.record.seq,
        )
        .map(({ record, document }) => [record.identifier, document]),
    );
    return { ...head, version: "0.9", projects: [...latest.values()] };
  }
  const releases = chronological(releasesIn(found.map(({ document }) => document)));
  const documents = releases.map(({ document }) => document);
  if (format === "ocds-releases") return { ...head, version: "1.1", releases: documents };
  const ocids = [...new Set(releases.map(({ ocid }) => ocid))];
  const records = ocids.map((ocid): Json => {
    const own = releases.filter((release) => release.ocid === ocid);
    return {
      ocid,
      releases: own.map(({ document }) => document),
      compiledRelease: compiledRelease(own),
      versionedRelease: versionedRelease(own),
    };
  });
  return { ...head, version: "1.1", records };
}
