import type { JsonObject } from "../../sdk/protocol/json.ts";
import { isHard } from "../../sdk/oversight/law/rules.ts";
import { OversightError } from "../../sdk/oversight/errors.ts";
import { ReleaseMerge } from "../../sdk/oversight/ocds/merge.ts";
import { releasesIn } from "../../sdk/oversight/ocds/releases.ts";
import { releaseDocument, type ProjectArchive, type ProjectRecord } from "./archive.ts";

export interface Published {
  readonly record: ProjectRecord<"release">;
  readonly document: JsonObject;
}

/** What a release says, and how many characters that takes. */
export interface Content {
  readonly document: JsonObject;
  readonly size: number;
}

/** A contracting process of which releases are merged as they come. */
export interface OpenProcess {
  readonly ocid: string;
  readonly published: Published[];
  readonly compiled: ReleaseMerge;
  readonly versioned: ReleaseMerge;
}

/** A project as its records say it, up to the number before `next`. */
export interface OpenProject {
  next: number;
  flags: number;
  /** Of the flags, those that say that a rule is broken. */
  hard: number;
  releases: number;
  /** Characters of content that it holds in memory. */
  size: number;
  readonly processes: Map<string, OpenProcess>;
  /** The publications of each OC4IDS project, in the order of their dates. */
  readonly projects: Map<string, readonly Published[]>;
  readonly withdrawn: ProjectRecord<"release">[];
  /** Names of flags that are known to be recorded. */
  readonly told: Set<string>;
}

/** Characters of content of all projects that are kept open; the one used last always is. */
const MAXIMUM_SIZE = 8_000_000;
/** Releases of a project that are read from the store at once. */
const READ_TOGETHER = 64;

/**
 * Projects that were looked at last stay open, so that a release costs its own reading and merging, and not that of all
 * before it. Nothing here is stored: a project that is not open is read from its records.
 */
export class OpenProjects {
  private readonly archive: ProjectArchive;
  private readonly maximumSize: number;
  /** Least recently used first. */
  private readonly open = new Map<string, OpenProject>();
  private size = 0;

  constructor(archive: ProjectArchive, maximumSize = MAXIMUM_SIZE) {
    this.archive = archive;
    this.maximumSize = maximumSize;
  }

  /**
   * The project with all its records. `known` has the contents of records that were just accepted, by their number. Calls
   * for one project follow one another. Throws RecordError, OversightError `ocds.kind-changed`.
   */
  async read(code: string, known: ReadonlyMap<number, Content> = new Map()): Promise<OpenProject> {
    const project = this.open.get(code) ?? emptyProject();
    this.forget(code);
    // A failure below leaves nothing behind: the project is read again as a whole.
    const fresh: ProjectRecord<"release">[] = [];
    for await (const record of this.archive.list(code, project.next)) {
      project.next = record.seq + 1;
      if (record.kind === "flag") {
        project.flags++;
        if (isHard(record.rule)) project.hard++;
      }
      if (record.kind !== "release") continue;
      if (record.withdrawn === undefined) fresh.push(record);
      else project.withdrawn.push(record);
    }
    const added = await this.published(fresh, known);
    for (const { size } of added) project.size += size;
    takeInto(project, added);
    this.keep(code, project);
    return project;
  }

  /** Those that are not known are read from the store, some at a time. */
  private async published(
    records: readonly ProjectRecord<"release">[],
    known: ReadonlyMap<number, Content>,
  ): Promise<readonly (Published & Content)[]> {
    const unknown = records.flatMap(({ seq }) => (known.has(seq) ? [] : [seq]));
    const stored = new Map<number, Content>();
    for (let at = 0; at < unknown.length; at += READ_TOGETHER) {
      const some = unknown.slice(at, at + READ_TOGETHER);
      for (const [i, content] of (await this.archive.contents(some)).entries())
        stored.set(some[i] ?? -1, { document: releaseDocument(content), size: content.length });
    }
    return records.flatMap((record) => {
      const content = known.get(record.seq) ?? stored.get(record.seq);
      return content === undefined ? [] : [{ record, ...content }];
    });
  }

  private keep(code: string, project: OpenProject): void {
    this.open.set(code, project);
    this.size += project.size;
    for (const oldest of this.open.keys()) {
      if (this.size <= this.maximumSize || oldest === code) return;
      this.forget(oldest);
    }
  }

  /** To be called when an earlier record of the project is another than it was: it is read again as a whole. */
  forget(code: string): void {
    this.size -= this.open.get(code)?.size ?? 0;
    this.open.delete(code);
  }
}

const emptyProject = (): OpenProject => ({
  ...{ next: 0, flags: 0, hard: 0, releases: 0, size: 0 },
  ...{ processes: new Map(), projects: new Map(), withdrawn: [], told: new Set() },
});

function takeInto(project: OpenProject, added: readonly Published[]): void {
  project.releases += added.length;
  for (const [ocid, published] of grouped(added, "ocds-release")) {
    const process = project.processes.get(ocid) ?? emptyProcess(ocid);
    process.published.push(...published);
    merge(process, published);
    project.processes.set(ocid, process);
  }
  for (const [id, published] of grouped(added, "oc4ids-project"))
    project.projects.set(id, [...(project.projects.get(id) ?? []), ...published].sort(byDate));
}

function merge(process: OpenProcess, added: readonly Published[]): void {
  const releases = releasesIn(added.map(({ document }) => document));
  try {
    for (const form of [process.compiled, process.versioned]) form.add(releases);
  } catch (error) {
    if (!(error instanceof OversightError) || error.code !== "ocds.kind-changed") throw error;
    throw conflictOf(process) ?? error;
  }
}

/** The first release, by date, that does not merge with those before it; its number stands before the path. */
function conflictOf({ ocid, published }: OpenProcess): OversightError | undefined {
  const { versioned } = emptyProcess(ocid);
  for (const { record, document } of [...published].sort(byDate)) {
    const [release] = releasesIn([document]);
    if (release === undefined) continue;
    try {
      versioned.add([release]);
    } catch (error) {
      if (!(error instanceof OversightError)) throw error;
      const path = `#${record.seq}${String(error.values["path"])}`;
      return new OversightError("ocds.kind-changed", { path, seq: record.seq }, error);
    }
  }
  return undefined;
}

export const emptyProcess = (ocid: string): OpenProcess => ({
  ...{ ocid, published: [] },
  ...{ compiled: new ReleaseMerge({ history: false }), versioned: new ReleaseMerge({ history: true }) },
});

const byDate = ({ record: a }: Published, { record: b }: Published) =>
  a.date < b.date ? -1 : a.date > b.date ? 1 : a.seq - b.seq;

const grouped = (published: readonly Published[], standard: string) =>
  Map.groupBy(
    published.filter(({ record }) => record.standard === standard),
    ({ record }) => record.identifier,
  );
