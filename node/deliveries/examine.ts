import type { Agreement } from "../../sdk/chain/agreements.ts";
import type { Block } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { families } from "../../sdk/families/registry.ts";
import { toHex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import {
  deliveryBytes,
  grants,
  parsePattern,
  requestDigest,
  type DeliveryRequest,
  type DeliveryTerms,
  type KeySignature,
} from "../../sdk/protocol/delivery.ts";
import { parseEvidence, type Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import { schemaDigest } from "../../sdk/protocol/schema.ts";
import type { Report } from "../../sdk/verify/report.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import { verifyEvidence } from "../../sdk/verify/verify.ts";
import { unavailable } from "../exchange/head.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import type { Clock } from "../ports.ts";
import type { StoredReceived } from "../storage/stored-exchange.ts";
import { DeliveryError } from "./errors.ts";
import { mapInOrder } from "./package.ts";

export interface Arrived {
  readonly request: DeliveryRequest;
  readonly agreement: Agreement;
  readonly evidences: readonly JsonObject[];
}

/** What the consumer found. Without faults, every evidence is verified under policy `use` and answers the request. */
export interface Examined {
  readonly terms?: DeliveryTerms;
  readonly provider?: KeySignature;
  /** Present when all could be read. */
  readonly evidences?: readonly Evidence[];
  readonly records: readonly StoredReceived[];
  /** Codes, each once. */
  readonly faults: readonly string[];
  /** The block at which all of them were verified. */
  readonly block?: Block;
}

export interface ExaminerDependencies {
  readonly connection: LedgerConnection;
  readonly trust: Trust;
  readonly clock: Clock;
}

/** Judges a delivery in the consumer's own process, believing nothing of the provider's node. */
export class Examiner {
  private readonly dependencies: ExaminerDependencies;

  constructor(dependencies: ExaminerDependencies) {
    this.dependencies = dependencies;
  }

  /** Throws `delivery.undetermined` when a check cannot be made now: then nothing is decided. HttpError `chain.unavailable`. */
  async examine(arrived: Arrived): Promise<Examined> {
    const read = readAll(arrived.evidences);
    if (read === undefined) return { records: [], faults: ["package.format"] };
    const [first] = read;
    const delivery = first?.delivery;
    const misfit = findMisfit(read, arrived);
    if (delivery === undefined || misfit !== undefined) return { records: [], faults: [misfit ?? "package.empty"] };
    const { reports, block } = await this.verify(read, arrived.request);
    const unclear = reports.filter(({ verdict }) => verdict === "undetermined");
    if (unclear.length > 0) throw new DeliveryError("delivery.undetermined", { checks: codes(unclear).join(" ") });
    const records = read.map(({ header }, i): StoredReceived => {
      const { scope, seq } = header;
      return { scope, seq, record: toHex(recordId(header)), verdict: reports[i]?.verdict ?? "undetermined" };
    });
    return {
      terms: delivery.terms,
      provider: delivery.provider,
      evidences: read,
      records,
      faults: codes(reports),
      block,
    };
  }

  /** All at one block, so that what is the same for every evidence is read once. */
  private async verify(
    evidences: readonly Evidence[],
    { purpose }: DeliveryRequest,
  ): Promise<{ readonly reports: readonly Report[]; readonly block: Block }> {
    const { connection, trust, clock } = this.dependencies;
    const view = await unavailable(() => connection.view("final"));
    const pinned: LedgerConnection = { ...connection, view: () => Promise.resolve(view) };
    const now = Math.max(Math.floor(clock() / 1000), view.block.time);
    const reports = await mapInOrder(evidences, (evidence) => {
      const as = evidence.delivery?.terms.consumer ?? "";
      return verifyEvidence(
        { evidence, policy: { name: "use", as, purpose }, awaitingReceipt: true },
        { connections: [pinned], trust, now },
      );
    });
    return { reports, block: view.block };
  }
}

/** The consumer's signature under the terms. */
export const countersign = (terms: DeliveryTerms, ownKey: OwnKey): Promise<KeySignature> =>
  ownKey.sign(deliveryBytes(terms));

function readAll(values: readonly JsonObject[]): Evidence[] | undefined {
  try {
    return values.map(parseEvidence);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Whether the package is the whole answer to this request, and nothing else. Each evidence by itself is the verifier's to judge. */
function findMisfit(evidences: readonly Evidence[], { request, agreement }: Arrived): string | undefined {
  const [first] = evidences;
  if (first?.delivery === undefined) return "package.empty";
  const { terms, provider } = first.delivery;
  const expected = {
    ledger: request.ledger,
    agreement: request.agreement,
    k: request.k,
    purpose: request.purpose,
    consumer: agreement.consumer,
  };
  for (const [name, value] of Object.entries(expected)) {
    if (terms[name as keyof typeof expected] !== value) return `package.${name}`; // A key of `expected`.
  }
  if (terms.requestDigest !== requestDigest(request)) return "package.requestDigest";
  if (evidences.length !== request.keys.length) return "package.count";
  const wanted = request.fields.map(parsePattern);
  for (const [index, evidence] of evidences.entries()) {
    const { header, schema, claims, delivery, parents } = evidence;
    const same =
      delivery !== undefined &&
      canonicalize({ ...delivery.terms }) === canonicalize({ ...terms }) &&
      delivery.provider.signature === provider.signature;
    if (!same || delivery.provider.key !== provider.key) return "package.terms";
    if (delivery.package.index !== index || delivery.package.count !== evidences.length) return "package.index";
    if (header.resource !== agreement.resource || header.issuer !== agreement.provider) return "package.resource";
    if (!answersKey(evidence, request.keys[index] ?? "")) return "package.key";
    const required = schema["x-required-claims"];
    const count = Array.isArray(required) ? required.length : 0;
    const beyond = claims.disclosed.some(
      ({ at, path }) => at >= count && !wanted.some((pattern) => grants(pattern, path)),
    );
    if (beyond || parents !== undefined) return "package.beyond-request";
  }
  return undefined;
}

/**
 * Whether an evidence is of the record that was asked for. By the family's path for a family that this node knows; of any
 * other, one disclosed claim must be the key: identifiers are required claims.
 */
function answersKey({ schema, claims: { disclosed } }: Evidence, key: string): boolean {
  const digest = schemaDigest(schema);
  const family = families.find((known) => schemaDigest(known.schema as unknown as JsonObject) === digest); // A family's schema is JSON.
  const path = family && canonicalize([...family.businessKeyPath]);
  return disclosed.some((claim) => claim.value === key && (path === undefined || canonicalize(claim.path) === path));
}

const codes = (reports: readonly Report[]): string[] => [
  ...new Set(
    reports.flatMap(({ checks }) =>
      checks
        .filter(({ outcome, mandatory }) => outcome === "fail" || (mandatory && outcome !== "pass"))
        .map(({ code }) => code),
    ),
  ),
];
