import { toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { isRefusal, type AcceptedRecord } from "../records/model.ts";
import type { RecordService } from "../records/service.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { PROJECT_RECORDS, PROJECTS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import type { StoredProject, StoredProjectRecord } from "../storage/stored-projects.ts";
import type { Entry } from "./entries.ts";
import { ProjectError } from "./errors.ts";

export interface ArchiveDependencies {
  readonly store: Store;
  readonly records: RecordService;
  readonly journal: Hex;
  readonly openJournal: () => Promise<void>;
}

/** A record of a project, by its number in the journal. */
export type ProjectRecord<Kind extends StoredProjectRecord["kind"] = StoredProjectRecord["kind"]> = Extract<
  StoredProjectRecord,
  { kind: Kind }
> & { readonly seq: number };

export interface OfProject {
  readonly project: string;
}

export interface Written {
  readonly kind: string;
  readonly document: JsonObject & OfProject;
  readonly parents?: readonly Parent[];
}

/** The published document in a release's content, whose record was authenticated. */
export const releaseDocument = (content: string): JsonObject =>
  content === "" ? {} : (JSON.parse(content) as JsonObject); // The canonical text of a release.

/** Key of a project in the index. */
export const projectKey = (code: string): Hex => toHex(digest("sha256", utf8(code)));

/** Records of a project page at a time. */
const PAGE = 500;
const EMPTY: StoredProject = { title: "", updated: 0, releases: 0, flags: 0 };

/** The records of projects in the department's journal, and the index over them. */
export class ProjectArchive {
  readonly dependencies: ArchiveDependencies;

  constructor(dependencies: ArchiveDependencies) {
    this.dependencies = dependencies;
  }

  get journal(): Hex {
    return this.dependencies.journal;
  }

  /** Writes releases; each is in the index in the same synced write. One outcome an entry. Throws RecordError. */
  async release(entries: readonly Entry[]): Promise<readonly AcceptedRecord[]> {
    const codes = [...new Set(entries.map(({ project }) => project))];
    const stored = await this.dependencies.store.getMany(PROJECTS, codes);
    const known = new Map(codes.map((code, i) => [code, stored[i] ?? EMPTY]));
    const scopes = new Map(codes.map((code) => [code, projectKey(code)]));
    for (const { project, title } of entries)
      if (title !== "") known.set(project, { ...(known.get(project) ?? EMPTY), title });
    const inputs = entries.map(({ title: _title, published: _published, ...document }) => ({
      kind: "project-release",
      document,
    }));
    const metaOf = (document: JsonObject) => document as unknown as Entry; // The document that was made of an entry.
    return this.accept(inputs, (accepted, document) => {
      const { project, standard, identifier, release, date } = metaOf(document);
      const { seq, record } = accepted;
      return [
        put(
          PROJECT_RECORDS,
          { scope: scopes.get(project) ?? projectKey(project), seq },
          { kind: "release", record, standard, identifier, release, date },
        ),
        put(PROJECTS, project, { ...(known.get(project) ?? EMPTY), updated: accepted.at }),
      ];
    });
  }

  /** Writes records of projects with their places in the index, each in one synced write. */
  async write(
    written: readonly Written[],
    along: (accepted: AcceptedRecord, document: JsonObject & OfProject) => readonly Operation[],
  ): Promise<readonly AcceptedRecord[]> {
    const codes = [...new Set(written.map(({ document: { project } }) => project))];
    const stored = await this.dependencies.store.getMany(PROJECTS, codes);
    const boards = new Map(codes.map((code, i) => [code, stored[i] ?? EMPTY]));
    return this.accept(written, (accepted, document) => {
      const told = document as JsonObject & OfProject; // As it was written.
      const board = boards.get(told.project) ?? EMPTY;
      return [put(PROJECTS, told.project, { ...board, updated: accepted.at }), ...along(accepted, told)];
    });
  }

  private async accept(
    inputs: readonly Written[],
    along: (accepted: AcceptedRecord, document: JsonObject) => readonly Operation[],
  ): Promise<readonly AcceptedRecord[]> {
    const { records, journal, openJournal } = this.dependencies;
    await openJournal();
    const results = await records.accept(journal, inputs, along);
    return results.map((result) => {
      if (isRefusal(result)) throw result.error;
      return result;
    });
  }

  find(code: string): Promise<StoredProject | undefined> {
    return this.dependencies.store.get(PROJECTS, code);
  }

  /** Throws ProjectError `project.unknown`. */
  async get(code: string): Promise<StoredProject> {
    const found = await this.find(code);
    if (found === undefined) throw new ProjectError("project.unknown");
    return found;
  }

  /** The records of a project from number `from` on, oldest first. */
  async *list(code: string, from = 0): AsyncGenerator<ProjectRecord> {
    const scope = projectKey(code);
    for (let gte = from; ;) {
      const entries = await this.dependencies.store.page(PROJECT_RECORDS, {
        gte: { scope, seq: gte },
        lte: { scope, seq: MAXIMUM_SEQ },
        limit: PAGE,
      });
      for (const [{ seq }, record] of entries) yield { ...record, seq };
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) return;
      gte = last[0].seq + 1;
    }
  }

  /** Throws ProjectError `project.record-unknown`. */
  async requireRecord(code: string, seq: number): Promise<StoredProjectRecord> {
    const found = await this.dependencies.store.get(PROJECT_RECORDS, { scope: projectKey(code), seq });
    if (found === undefined) throw new ProjectError("project.record-unknown", { seq });
    return found;
  }

  /** The texts that releases' records hold, opened and authenticated together. Throws RecordError. */
  async contents(seqs: readonly number[]): Promise<readonly string[]> {
    const { records, journal } = this.dependencies;
    const open = await records.reader.openAllForUse(seqs.map((seq) => ({ scope: journal, seq })));
    return open.map(({ document: { content } }) => (typeof content === "string" ? content : ""));
  }
}
