import { ChainError } from "../../sdk/chain/errors.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Path } from "../../sdk/protocol/claims.ts";
import {
  packageDigest,
  packageTree,
  grants,
  type DeliveryTerms,
  type KeySignature,
  type PackageItem,
} from "../../sdk/protocol/delivery.ts";
import { evidenceJson, type Evidence, type Grant } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Head } from "../exchange/head.ts";
import { RecordError } from "../records/errors.ts";
import type { BuiltEvidence } from "../records/model.ts";
import type { RecordService } from "../records/service.ts";
import { DeliveryError } from "./errors.ts";

/** Evidence built at the same time. */
const CONCURRENT = 16;

export interface PackageRequest {
  /** Scope of the resource's records. */
  readonly scope: Hex;
  readonly keys: readonly string[];
  readonly patterns: readonly Path[];
  /** Numbers of the records that an earlier answer held, one for each key; found by key unless given. */
  readonly seqs?: readonly number[];
}

/** What is handed over under one number, before it is signed. */
export interface Package {
  readonly evidences: readonly Evidence[];
  readonly seqs: readonly number[];
  readonly items: readonly PackageItem[];
  readonly digest: Hex;
}

/**
 * Evidence of the active, final record of each key, with the required claims and those that a pattern names.
 * Throws `delivery.record-unavailable` for the first key without one: all or nothing.
 */
export async function buildPackage(
  { scope, keys, patterns, seqs }: PackageRequest,
  { records, head }: { readonly records: RecordService; readonly head: Head },
): Promise<Package> {
  const built = await mapInOrder(keys, async (key, index) => {
    const seq = seqs?.[index] ?? (await records.findByKey(scope, key));
    if (seq === undefined) throw new DeliveryError("delivery.record-unavailable", { index, reason: "unknown" });
    return available(index, async () => {
      const evidence = await records.evidence(scope, seq, { patterns });
      const state = await head.view.currentState(scope, seq);
      if (state !== "active") throw new DeliveryError("delivery.record-unavailable", { index, reason: state });
      return evidence;
    });
  });
  requireWithin(built, patterns);
  const items = built.map(({ evidence, positions }): PackageItem => ({
    record: toHex(recordId(evidence.header)),
    claims: positions,
  }));
  return {
    evidences: built.map(({ evidence }) => evidence),
    seqs: built.map(({ evidence }) => evidence.header.seq),
    items,
    digest: packageDigest(items.length, packageTree(items).root),
  };
}

async function available<T>(index: number, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RecordError)
      throw new DeliveryError("delivery.record-unavailable", { index, reason: error.code }, error);
    // A record that the chain does not know yet has no state there.
    if (error instanceof ChainError && error.code === "chain.revert")
      throw new DeliveryError("delivery.record-unavailable", { index, reason: "not-anchored" }, error);
    throw error;
  }
}

/** The last look before anything is signed: nothing but required and asked-for claims leaves. Holds by construction. */
function requireWithin(built: readonly BuiltEvidence[], patterns: readonly Path[]): void {
  for (const { evidence } of built) {
    const { "x-required-claims": required } = evidence.schema;
    const count = Array.isArray(required) ? required.length : 0;
    const beyond = evidence.claims.disclosed.some(
      ({ at, path }) => at >= count && !patterns.some((pattern) => grants(pattern, path)),
    );
    if (beyond || evidence.parents !== undefined) throw new TypeError("evidence discloses more than was asked for");
  }
}

export interface SignedPackage {
  readonly package: Package;
  readonly terms: DeliveryTerms;
  readonly provider: KeySignature;
  readonly grant: Grant;
}

/** The evidence files of a package, each with the delivery and its own place in it. */
export function deliveredEvidence({
  package: { evidences, items },
  terms,
  provider,
  grant,
}: SignedPackage): JsonObject[] {
  const tree = packageTree(items);
  return evidences.map((evidence, index) =>
    evidenceJson({
      ...evidence,
      delivery: { terms, package: { index, count: items.length, proof: tree.proof(index) }, grant, provider },
    }),
  );
}

/** `action` for each item, a few at a time, results in order. */
export async function mapInOrder<T, R>(
  items: readonly T[],
  action: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += CONCURRENT) {
    const part = items.slice(start, start + CONCURRENT);
    results.push(...(await Promise.all(part.map((item, i) => action(item, start + i)))));
  }
  return results;
}
