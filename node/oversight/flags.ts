import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { isJsonObject, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { PROJECT_RULES, ruleSetDigest } from "../../sdk/oversight/law/rules.ts";
import type { Clock } from "../ports.ts";
import { PROJECT_ALERTS, PROJECT_COMPILED, PROJECT_FLAGS, PROJECT_RECORDS, PROJECTS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put } from "../storage/store.ts";
import { projectKey, type ProjectArchive } from "./archive.ts";
import { judged, type Founded } from "./founded.ts";
import { OpenProjects } from "./open-projects.ts";

export interface FlagDependencies {
  readonly archive: ProjectArchive;
  readonly ledger: Hex;
  readonly clock: Clock;
  /** Told after an alert is durable. */
  readonly onAlert: () => void;
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

  /**
   * Looks at a project again. What is new is recorded and told; returns how many flags stand now. `known` has the contents
   * of records that were just accepted, by their number.
   */
  review(code: string, known: ReadonlyMap<number, string> = new Map()): Promise<number> {
    return this.serial.run(code, async () => {
      const { archive } = this.dependencies;
      const project = await this.projects.read(code, known);
      const { flags: found, compiled } = judged(project);
      const flags = project.flags + (await this.write(code, found, project.told));
      const board = await archive.get(code);
      await archive.dependencies.store.write([
        ...[...compiled].map(([ocid, release]) => put(PROJECT_COMPILED, ocid, release)),
        put(PROJECTS, code, { ...board, releases: project.releases, flags }),
      ]);
      return flags;
    });
  }

  /** Records flags, each unless the very same was recorded before. Returns how many were new. */
  record(code: string, flags: readonly Founded[]): Promise<number> {
    return this.serial.run(code, async () => {
      const { archive } = this.dependencies;
      const fresh = await this.write(code, flags, new Set());
      if (fresh === 0) return 0;
      const board = await archive.get(code);
      await archive.dependencies.store.write([put(PROJECTS, code, { ...board, flags: await this.count(code) })]);
      return fresh;
    });
  }

  /** `told`: names of flags that are known to be recorded; those of these flags are added. */
  private async write(code: string, flags: readonly Founded[], told: Set<string>): Promise<number> {
    const { archive, clock, onAlert } = this.dependencies;
    const at = Math.floor(clock() / 1000);
    const fresh = new Map<string, { readonly document: JsonObject; readonly parents: readonly Parent[] }>();
    for (const flag of flags) {
      const document = this.documentOf(flag, at);
      const key = keyOf(code, document);
      const name = toHex(key.digest);
      if (told.has(name)) continue;
      if ((await archive.dependencies.store.get(PROJECT_FLAGS, key)) !== undefined) told.add(name);
      else fresh.set(name, { document, parents: this.parentsOf(flag) });
    }
    if (fresh.size === 0) return 0;
    const written = [...fresh.values()].map((one) => ({ kind: "project-flag", ...one }));
    await archive.write(code, written, ({ seq, record }, document) => {
      const { rule, subject = "" } = document as { readonly rule: string; readonly subject?: string }; // As documentOf makes it.
      const key = keyOf(code, document);
      return [
        put(PROJECT_FLAGS, key, seq),
        put(PROJECT_RECORDS, { scope: key.scope, seq }, { kind: "flag", record, rule, at }),
        put(PROJECT_ALERTS, seq, { project: code, rule, subject, at, record }),
      ];
    });
    for (const name of fresh.keys()) told.add(name);
    onAlert();
    return fresh.size;
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

  private async count(code: string): Promise<number> {
    let flags = 0;
    for await (const { kind } of this.dependencies.archive.list(code)) if (kind === "flag") flags++;
    return flags;
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
