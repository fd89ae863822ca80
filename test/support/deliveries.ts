import { sign, type KeyObject } from "node:crypto";
import { agreeCall, applyForCall, reserveCall } from "../../sdk/chain/agreement-calls.ts";
import { agreementId } from "../../sdk/protocol/anchor.ts";
import { toBase64Url, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { disclose, type Path } from "../../sdk/protocol/claims.ts";
import {
  deliveryBytes,
  packageDigest,
  packageTree,
  type DeliveryTerms,
  type KeySignature,
} from "../../sdk/protocol/delivery.ts";
import type { Evidence, EvidenceDelivery, Grant } from "../../sdk/protocol/evidence.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import type { TestDepartment, TestLedger } from "./ledger.ts";
import { anchorBatch, evidenceOf, openJournal, patternText, positionsOf, type TestRecord } from "./records.ts";

export interface TestAgreement {
  readonly id: Hex;
  readonly provider: TestDepartment;
  readonly consumer: TestDepartment;
  readonly resource: Hex;
  readonly purpose: string;
  readonly patterns: readonly Path[];
  readonly application: TestRecord;
  readonly grant: Grant;
}

export interface AgreementOptions {
  readonly provider: TestDepartment;
  readonly consumer: TestDepartment;
  readonly resource: Hex;
  readonly patterns: readonly Path[];
  readonly purpose?: string;
  readonly days?: number;
  readonly maximumUses?: number;
  readonly reserve?: number;
}

/** Writes and anchors an application, applies, is agreed with, and reserves delivery numbers. */
export async function makeAgreement(ledger: TestLedger, options: AgreementOptions): Promise<TestAgreement> {
  const {
    provider,
    consumer,
    resource,
    patterns,
    purpose = "bid-qualification",
    days = 30,
    maximumUses = 100,
    reserve = 8,
  } = options;
  const validFrom = ledger.now;
  const validUntil = ledger.now + days * 86_400;
  const scope = await openJournal(ledger, consumer);
  const [application] = await anchorBatch(ledger, {
    department: consumer,
    scope,
    kind: "application",
    schema: PROTOCOL_KINDS.application,
    documents: [
      {
        resource,
        consumer: consumer.uscc,
        purpose,
        fields: patterns.map(patternText),
        matter: "投标资格审查",
        basis: "公共数据共享规定",
        scenario: "开标前核验",
        validFrom,
        validUntil,
        maximumUses,
      },
    ],
  });
  if (application === undefined) throw new Error("no application");
  await ledger.send(consumer, applyForCall({ resource, document: application.id, validFrom, validUntil, maximumUses }));
  const id = agreementId(consumer.uscc, resource, application.id);
  await ledger.send(provider, agreeCall({ agreement: id }));
  if (reserve > 0) await ledger.send(consumer, reserveCall({ agreement: id, count: reserve }));
  return { id, provider, consumer, resource, purpose, patterns, application, grant: grantOf(application) };
}

/** The whole application as the grant part of a delivery. */
export function grantOf(application: TestRecord): Grant {
  const { claims, header } = application.committed;
  return { header, claims: disclose(claims, application.schema.required.length, positionsOf(application)) };
}

export interface DeliverOptions {
  readonly agreement: TestAgreement;
  readonly records: readonly TestRecord[];
  readonly k?: number;
  /** What is handed over; the granted fields unless given. */
  readonly patterns?: readonly Path[];
  readonly terms?: Partial<DeliveryTerms>;
  readonly countersigned?: boolean;
  /** Positions of parents to disclose; none unless given. */
  readonly parents?: readonly number[];
  readonly providerKey?: { readonly id: string; readonly key: KeyObject };
  readonly consumerKey?: { readonly id: string; readonly key: KeyObject };
}

/** Evidence for each record under one signed and countersigned delivery. */
export function deliver(ledger: TestLedger, options: DeliverOptions): readonly Evidence[] {
  const { agreement, records, k = 0, patterns = agreement.patterns, countersigned = true } = options;
  const items = records.map((record) => ({ record: record.id, claims: positionsOf(record, patterns) }));
  const tree = packageTree(items);
  const terms: DeliveryTerms = {
    ledger: ledger.ledger,
    agreement: agreement.id,
    k,
    consumer: agreement.consumer.uscc,
    purpose: agreement.purpose,
    requestDigest: `0x${"11".repeat(32)}`,
    packageDigest: packageDigest(items.length, tree.root),
    at: ledger.now,
    ...options.terms,
  };
  const provider = signTerms(terms, options.providerKey ?? exchangeKey(agreement.provider));
  const consumer = signTerms(terms, options.consumerKey ?? exchangeKey(agreement.consumer));
  return records.map((record, index) => {
    const delivery: EvidenceDelivery = {
      terms,
      package: { index, count: items.length, proof: tree.proof(index) },
      grant: agreement.grant,
      provider,
      ...(countersigned && { consumer }),
    };
    return { ...evidenceOf(record, { patterns, parents: options.parents ?? [] }), delivery };
  });
}

export const exchangeKey = ({ uscc, exchange }: TestDepartment): { readonly id: string; readonly key: KeyObject } => ({
  id: `${uscc}/1`,
  key: exchange,
});

export const signTerms = (
  terms: DeliveryTerms,
  { id, key }: { readonly id: string; readonly key: KeyObject },
): KeySignature => ({
  key: id,
  signature: toBase64Url(sign(null, deliveryBytes(terms), key)),
});

/** A digest for tests that need some value of 32 bytes. */
export const someHash = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
