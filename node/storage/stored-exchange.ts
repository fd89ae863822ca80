import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { DeliveryTerms, KeySignature } from "../../sdk/protocol/delivery.ts";

// The stored forms of what departments exchange under agreements. Keys, applications and evidence are sealed: see node/keys/sealed.ts.

/** The version of a resource that the chain had in force when it was last read. */
export interface StoredInForce {
  readonly version: number;
  readonly schema: Hex;
  readonly withdrawn: boolean;
}

/** A resource that this node proposed. */
export interface StoredResource {
  readonly scope: Hex;
  /** Absent before the first publication. */
  readonly inForce?: StoredInForce;
}

/** An application document, ours or handed to us. */
export interface StoredApplication {
  readonly agreement: Hex;
  readonly resource: Hex;
  /** Sealed JSON of its header and all its claims. */
  readonly sealed: string;
}

/** A number that we served as the provider. */
export interface StoredDelivery {
  readonly terms: DeliveryTerms;
  readonly provider: KeySignature;
  /** The consumer's signature under the request. */
  readonly request: KeySignature;
  /** The consumer's signature under the terms, once it has acknowledged. */
  readonly consumer?: KeySignature;
  readonly records: number;
  /** Sealed JSON of the request and of the package's items. */
  readonly sealed: string;
}

/** A number that we used as the consumer. */
export interface StoredReception {
  /** `asked`: the outcome is open, the same request is repeated. `free`: the provider refused, another request may take the number. `closed`: it never serves the number. */
  readonly state: "asked" | "received" | "disputed" | "free" | "closed";
  readonly at: number;
  readonly requestDigest: Hex;
  readonly idempotencyKey?: string;
  /** Sealed JSON of the request and our signature under it. */
  readonly sealed: string;
  readonly terms?: DeliveryTerms;
  readonly provider?: KeySignature;
  readonly consumer?: KeySignature;
  readonly records: readonly StoredReceived[];
  /** Codes of the checks that did not pass. */
  readonly faults: readonly string[];
  readonly acknowledged: boolean;
}

export interface StoredReceived {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly verdict: string;
}

/** A request for correction: what the two sides agree on in the clear, their words sealed. */
export interface StoredCorrection {
  readonly side: "provider" | "consumer";
  /** The other party. */
  readonly department: string;
  readonly agreement: Hex;
  readonly k: number;
  readonly about: StoredName;
  readonly at: number;
  /** Of the consumer: the number of the request in its journal. */
  readonly request?: number;
  /** Whether the provider has the request. */
  readonly delivered: boolean;
  /** Under which code the provider did not take it. */
  readonly code?: string;
  readonly answer?: StoredCorrectionAnswer;
  /** Sealed JSON of fields and words, and of the evidence that the other party handed over. */
  readonly sealed: string;
}

export interface StoredCorrectionAnswer {
  readonly record: Hex;
  /** Of the provider: its number in its journal. */
  readonly seq?: number;
  readonly outcome: "corrected" | "refused";
  readonly at: number;
  readonly successor?: StoredName;
  /** Whether the consumer has it. */
  readonly delivered: boolean;
}

export interface StoredName {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
}
