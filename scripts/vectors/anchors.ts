import { toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import {
  agreementId,
  anchorDigest,
  deliveriesScope,
  journalScope,
  receiptsScope,
  resourceId,
  resourceScope,
  type AnchorPreimage,
} from "../../sdk/protocol/anchor.ts";
import { HASH_NUMBERS } from "../../sdk/protocol/hash.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { leafHash, rootFromInclusion } from "../../sdk/protocol/tree.ts";
import { CONSUMER, HASH_NAMES, PROVIDER, sample, sampleHex } from "./fixed.ts";

const BASE: AnchorPreimage = {
  first: 5,
  count: 3,
  time: 1735693200,
  hash: "keccak256",
  root: sampleHex("root"),
  department: PROVIDER,
};

const ANCHORS: readonly AnchorPreimage[] = [
  BASE,
  { ...BASE, hash: "sha256" },
  { ...BASE, hash: "sm3" },
  { ...BASE, first: 0, count: 1 },
  { ...BASE, first: 1099511627775, count: 1048576, time: 1099511627775 },
  { ...BASE, first: 3, count: 5 },
  { ...BASE, department: CONSUMER },
  { ...BASE, root: sampleHex("another root") },
  { ...BASE, time: 1735693201 },
];

/** Batches with one of their records. The siblings are made up: whatever root they lead to is the batch's. */
const BATCHES: readonly (readonly [department: string, first: number, count: number, time: number, index: number])[] = [
  [PROVIDER, 0, 1, 1735693200, 0],
  [CONSUMER, 5, 5, 1735693201, 4],
  [PROVIDER, 1099510579199, 1048576, 1099511627775, 1048574],
  [CONSUMER, 258, 259, 66051, 258],
];

function batches(): JsonObject[] {
  return HASH_NAMES.flatMap((hash) =>
    BATCHES.map(([department, first, count, time, index]) => {
      const record = sample(`record ${index}`);
      const nodes = Array.from({ length: siblings(index, count) }, (_, i) => sample(`sibling ${i}`));
      const root = rootFromInclusion({ hash, leaf: leafHash(hash, record), index, count, proof: nodes });
      if (root === undefined) throw new Error("siblings do not fit");
      const anchor = { first, count, time, hash, root: toHex(root), department };
      return {
        ...anchor,
        hashNumber: HASH_NUMBERS[hash],
        departmentWord: word(department),
        digest: anchorDigest(anchor),
        record: toHex(record),
        index,
        nodes: nodes.map(toHex),
      };
    }),
  );
}

/** How many siblings lie beside the path of a leaf. */
function siblings(index: number, count: number): number {
  let found = 0;
  for (let at = index, last = count - 1; last > 0; at >>= 1, last >>= 1) if (at % 2 === 1 || at < last) found++;
  return found;
}

const RESOURCES: readonly (readonly [provider: string, code: string])[] = [
  [PROVIDER, "business-licence"],
  [PROVIDER, "penalty"],
  [CONSUMER, "business-licence"],
  [PROVIDER, "a-code-of-exactly-thirty-two-b.."],
  [PROVIDER, "a code longer than one word of thirty-two bytes, 证照"],
  [PROVIDER, ""],
];

export function anchorVectors(): Json {
  const resource = resourceId(PROVIDER, "business-licence");
  return {
    description:
      "SPEC §7. `digest` is keccak256 of 64 bytes: root ‖ department (18) ‖ first (5) ‖ count (3) ‖ time (5) ‖ hash number (1). `departmentWord` is the code's ASCII, padded right to 32 bytes. `batches` hold a record, its index and its proof too.",
    anchors: ANCHORS.map((anchor) => ({
      ...anchor,
      hashNumber: HASH_NUMBERS[anchor.hash],
      departmentWord: word(anchor.department),
      digest: anchorDigest(anchor),
    })),
    batches: batches(),
    resources: RESOURCES.map(([provider, code]) => {
      const id = resourceId(provider, code);
      return { provider, providerWord: word(provider), code, resource: id, scope: resourceScope(id) };
    }),
    agreements: [
      { consumer: CONSUMER, document: sampleHex("document") },
      { consumer: CONSUMER, document: sampleHex("second document") },
      { consumer: PROVIDER, document: sampleHex("document") },
    ].map(({ consumer, document }) => {
      const agreement = agreementId(consumer, resource, document);
      return {
        consumer,
        consumerWord: word(consumer),
        resource,
        document,
        agreement,
        deliveries: deliveriesScope(agreement),
        receipts: receiptsScope(agreement),
      };
    }),
    journals: [PROVIDER, CONSUMER].map((department) => ({
      department,
      departmentWord: word(department),
      scope: journalScope(department),
    })),
  };
}

function word(department: string): string {
  const bytes = new Uint8Array(32);
  bytes.set(utf8(department));
  return toHex(bytes);
}
