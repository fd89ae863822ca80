import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { isJsonObject, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { isHard, PROJECT_RULES, ruleSetDigest } from "../../sdk/oversight/law/rules.ts";
import type { Release } from "../../sdk/oversight/ocds/releases.ts";
import type { Clock } from "../ports.ts";
import { PROJECT_ALERTS, PROJECT_COMPILED, PROJECT_FLAGS, PROJECT_RECORDS, PROJECTS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put } from "../storage/store.ts";
import type { StoredProject } from "../storage/stored-projects.ts";
import { projectKey, type OfProject, type ProjectArchive } from "./archive.ts";
import { ProjectError } from "./errors.ts";
import { judged, type Founded } from "./founded.ts";
import { emptyProcess, OpenProjects, type Content, type OpenProcess } from "./open-projects.ts";

export interface FlagDependencies {
  readonly archive: ProjectArchive;
  readonly ledger: Hex;
  readonly clock: Clock;
  /** Told after an alert is durable. */
  readonly onAlert: () => void;
}

export interface ReviewedProject {
  readonly code: string;
  /** All that stand. */
  readonly flags: number;
  /** Of these, new. */
  readonly added: number;
}

interface FoundFlags {
  readonly code: string;
  readonly flags: readonly Founded[];
  /** Names of flags that are known to be recorded; those of these flags are added. */
  readonly told: Set<string>;
}

interface FreshFlag {
  readonly code: string;
  readonly rule: string;
}

interface Asked extends FreshFlag {
  readonly key: ReturnType<typeof keyOf>;
  readonly document: JsonObject & OfProject;
  readonly parents: readonly Parent[];
}

interface SaidFlag {
  readonly rule: string;
  readonly subject?: string;
}

const MAXIMUM_INPUTS = 500;
const MAXIMUM_PARENTS = 500;
const MAXIMUM_VALUE = 2000;
const RULES_DIGEST = ruleSetDigest(PROJECT_RULES);

/** Looks at projects after each import and records what the rules have to say. */
export class ProjectFlags {
  private readonly dependencies: FlagDependencies;
  private readonly serial = new KeyedSerial();
  private readonly projects: OpenProjects;

  constructor(dependencies: FlagDependencies) {
    this.dependencies = dependencies;
    this.projects = new OpenProjects(dependencies.archive);
  }

  /** Runs an action during which nothing else looks at these projects or records a flag of them. */
  alone<T>(codes: readonly string[], action: () => Promise<T>): Promise<T> {
    return this.serial.runAll(codes, action);
  }

  /**
   * Whether OCDS releases merge with what is recorded of their processes: what does not would stand in the way of every later
   * one. For use in `alone`. Throws OversightError `ocds.kind-changed`, RecordError.
   */
  async requireMergeable(code: string, releases: readonly Release[]): Promise<void> {
    const isKnown = (await this.dependencies.archive.find(code)) !== undefined;
    const processes = isKnown ? (await this.projects.read(code)).processes : new Map<string, OpenProcess>();
    for (const [ocid, added] of Map.groupBy(releases, (release) => release.ocid))
      (processes.get(ocid) ?? emptyProcess(ocid)).versioned.requireFit(added);
  }

  /** To be called, in `alone`, when an earlier record of a project is another than it was. */
  forget(code: string): void {
    this.projects.forget(code);
  }

  /**
   * Looks at projects again. What is new is recorded and told; returns how many flags stand now of each. `known` has the
   * contents of records that were just accepted, by their number. For use in `alone`. Throws RecordError, OversightError `ocds.*`.
   */
  async review(
    codes: readonly string[],
    known: ReadonlyMap<number, Content> = new Map(),
  ): Promise<readonly ReviewedProject[]> {
    const { store } = this.dependencies.archive.dependencies;
    const settled = await Promise.allSettled(
      codes.map(async (code) => {
        const project = await this.projects.read(code, known);
        return { code, project, ...judged(project) };
      }),
    );
    // None is still being read when this throws.
    const looked = settled.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
    const fresh = await this.write(looked.map(({ code, flags, project: { told } }) => ({ code, flags, told })));
    const boards = await store.getMany(PROJECTS, codes);
    const reviewed = looked.map(({ code, project }) => {
      const added = fresh.filter((flag) => flag.code === code);
      const hard = project.hard + added.filter(({ rule }) => isHard(rule)).length;
      return { code, flags: project.flags + added.length, added: added.length, hard };
    });
    await store.write(
      looked.flatMap(({ project: { releases }, compiled }, i) => {
        const { code = "", flags = 0, hard = 0 } = reviewed[i] ?? {};
        const board = boards[i];
        if (board === undefined) throw new ProjectError("project.unknown");
        return [
          ...[...compiled].map(([ocid, release]) => put(PROJECT_COMPILED, ocid, release)),
          put(PROJECTS, code, { ...board, releases, flags, hard }),
        ];
      }),
    );
    return reviewed;
  }

  /** Records flags, each unless the very same was recorded before. Returns how many were new. */
  record(code: string, flags: readonly Founded[]): Promise<number> {
    return this.alone([code], async () => {
      const { archive } = this.dependencies;
      const fresh = await this.write([{ code, flags, told: new Set() }]);
      if (fresh.length === 0) return 0;
      const board = await archive.get(code);
      await archive.dependencies.store.write([put(PROJECTS, code, { ...board, ...(await this.count(code)) })]);
      return fresh.length;
    });
  }

  /** Those that were not recorded before. */
  private async write(founds: readonly FoundFlags[]): Promise<readonly FreshFlag[]> {
    const { archive, clock, onAlert } = this.dependencies;
    const at = Math.floor(clock() / 1000);
    const asked = new Map<string, Asked>();
    for (const { code, flags, told } of founds)
      for (const flag of flags) {
        const document = { project: code, ...this.documentOf(flag, at) };
        const key = keyOf(code, document);
        const name = toHex(key.digest);
        if (told.has(name)) continue;
        told.add(name);
        asked.set(`${code}/${name}`, { code, rule: flag.rule, key, document, parents: this.parentsOf(flag) });
      }
    const all = [...asked.values()];
    const known = await archive.dependencies.store.getMany(
      PROJECT_FLAGS,
      all.map(({ key }) => key),
    );
    const fresh = all.filter((_, i) => known[i] === undefined);
    if (fresh.length === 0) return [];
    const keys = new Map<JsonObject, Asked["key"]>(fresh.map(({ document, key }) => [document, key]));
    const written = fresh.map(({ document, parents }) => ({ kind: "project-flag", document, parents }));
    await archive.write(written, ({ seq, record }, document) => {
      const { project, rule, subject = "" } = document as typeof document & SaidFlag; // As documentOf makes it.
      const key = keys.get(document) ?? keyOf(project, document);
      return [
        put(PROJECT_FLAGS, key, seq),
        put(PROJECT_RECORDS, { scope: key.scope, seq }, { kind: "flag", record, rule, at }),
        put(PROJECT_ALERTS, seq, { project, rule, subject, at, record }),
      ];
    });
    onAlert();
    return fresh;
  }

  private documentOf({ records: _records, inputs, proof, ...said }: Founded, at: number): JsonObject {
    return {
      ...said,
      ...(proof && { proof: { ...proof } }),
      at,
      rules: RULES_DIGEST,
      inputs: inputs
        .slice(0, MAXIMUM_INPUTS)
        .map((input) => ({ ...input, value: input.value.slice(0, MAXIMUM_VALUE) })),
    };
  }

  private parentsOf({ records }: Founded): readonly Parent[] {
    const { archive, ledger } = this.dependencies;
    return records.slice(0, MAXIMUM_PARENTS).map(({ seq, record }): Parent => {
      return { ledger, scope: archive.journal, seq, record, relation: "quotes" };
    });
  }

  private async count(code: string): Promise<Pick<StoredProject, "flags" | "hard">> {
    let flags = 0;
    let hard = 0;
    for await (const record of this.dependencies.archive.list(code)) {
      if (record.kind !== "flag") continue;
      flags++;
      if (isHard(record.rule)) hard++;
    }
    return { flags, hard };
  }
}

/** What makes two flags the same: what they say, not when, and not on how many records. */
function keyOf(code: string, { rule, subject, actual, limit, inputs, proof }: JsonObject) {
  const figures = Array.isArray(inputs) ? (inputs as readonly Json[]) : []; // Array.isArray does not narrow readonly arrays.
  const said = figures.map((input) => (isJsonObject(input) ? [input["path"] ?? "", input["value"] ?? ""] : []));
  const shown = isJsonObject(proof) ? (proof["record"] ?? null) : null;
  const identity: Json = [rule ?? "", subject ?? "", actual ?? null, limit ?? null, said, shown];
  return { scope: projectKey(code), digest: digest("sha256", canonicalBytes(identity)) };
}

/** As people cite evidence files: SHA-256 of their canonical form. */
export const evidenceDigest = (evidence: Json): Hex => toHex(digest("sha256", canonicalBytes(evidence)));
