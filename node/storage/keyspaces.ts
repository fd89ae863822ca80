import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import {
  hexBytes,
  json,
  rawBytes,
  scopeDigest,
  scopeSeq,
  textBytes,
  uint,
  uintBytes,
  uintOf,
  type Codec,
  type KeyCodec,
} from "./codecs.ts";
import type { StoredOperator, StoredSession } from "../accounts/stored.ts";
import type { Space } from "./store.ts";
import type { StoredAssessment, StoredNotice, StoredPackageItem, StoredRecall, StoredStage } from "./stored-lineage.ts";
import type { StoredAlert, StoredProject, StoredProjectRecord, StoredSubscription } from "./stored-projects.ts";
import type {
  StoredApplication,
  StoredCorrection,
  StoredDelivery,
  StoredReception,
  StoredResource,
} from "./stored-exchange.ts";

// Every key space of the store. A number is never used again: retired ones stay listed.
// Trust: all of it is editable by whoever can write the data folder. Nothing here can make a false record verify:
// that takes the chain and the department's account. The line above each space says what an edit of it can do.

export interface StoredScope {
  readonly kind: "resource" | "deliveries" | "receipts" | "journal";
  readonly resource?: Hex;
  readonly agreement?: Hex;
  readonly hash: HashName;
}

/** A record's data key, wrapped, and the index entries that die with it. */
export interface StoredKey {
  readonly epoch: number;
  /** AES-KW (RFC 3394) of the 32-byte data key: 40 bytes. */
  readonly wrapped: Uint8Array;
  /** Key of its entry in CONTENTS. */
  readonly content: Uint8Array;
  /** Key of its entry in IDEMPOTENCY. */
  readonly idempotency?: Uint8Array;
}

export interface StoredAnchor {
  /** Block time in seconds. */
  readonly time: number;
  readonly block: number;
  readonly blockHash: Hex;
  readonly transaction: Hex;
  readonly department: string;
}

export interface StoredBatch {
  readonly count: number;
  readonly root: Hex;
  readonly hash: HashName;
  readonly state: "sealed" | "submitted" | "anchored" | "final";
  /** Earlier numbers of the scope that the batch's records supersede. */
  readonly superseded: readonly number[];
  readonly sealedAt: number;
  readonly submittedAt?: number;
  readonly anchor?: StoredAnchor;
  readonly finalAt?: number;
}

export interface StoredEvent {
  readonly scope: Hex;
  readonly first: number;
  readonly count: number;
  readonly change:
    | "accepted"
    | "sealed"
    | "submitted"
    | "anchored"
    | "final"
    | "refused"
    | "destroyed"
    | "reorged"
    | "status"
    | "upstream";
  readonly at: number;
  readonly detail?: Readonly<Record<string, string | number>>;
}

/** Who is told of events, and up to which cursor. */
export interface StoredWebhook {
  readonly url: string;
  /** None: every change. */
  readonly changes: readonly string[];
  readonly cursor: number;
}

/** A nonce of the node's account from the first signature on, until a final block has used it. */
export interface StoredTransaction {
  /** The caller's name for what the transaction does. */
  readonly key: string;
  readonly raw: Hex;
  readonly hash: Hex;
  readonly signedAt: number;
  /** True when `raw` is the empty self-transfer that takes the nonce from a transaction nobody accepts. */
  readonly cancelling: boolean;
  /** Hashes of what was signed for this nonce before: one of all of them takes it. */
  readonly rivals: readonly Hex[];
  readonly receipt?: StoredReceipt;
}

export interface StoredReceipt {
  readonly transaction: Hex;
  readonly block: number;
  readonly blockHash: Hex;
  readonly succeeded: boolean;
}

/** What became of the newest transaction of a key. */
export interface StoredOutcome {
  readonly nonce: number;
  readonly transaction: Hex;
  readonly receipt?: StoredReceipt;
}

export interface StoredPosition {
  readonly number: number;
  readonly hash: Hex;
}

export interface StoredDestruction {
  readonly record: Hex;
  readonly intent: { readonly scope: Hex; readonly seq: number; readonly record: Hex };
  readonly stage: "intended" | "deleted" | "swept";
  /** From "deleted" on: the epoch under which the deleted key was wrapped. */
  readonly epoch?: number;
  /** From "deleted" on: inverted pieces of the deleted bytes, for the search that proves their absence. */
  readonly probes?: readonly Hex[];
}

export interface StoredTombstone {
  readonly at: number;
  readonly intent: { readonly scope: Hex; readonly seq: number; readonly record: Hex };
  readonly completion?: { readonly scope: Hex; readonly seq: number; readonly record: Hex };
}

export interface StoredVoid {
  readonly at: number;
  readonly reason: string;
  /** Id of the record that was lost, if its header was legible. */
  readonly lost?: Hex;
}

const EPOCH_BYTES = 4;
const WRAPPED_BYTES = 40;
const DIGEST_BYTES = 32;

const wrappedKeyBytes: Codec<Pick<StoredKey, "epoch" | "wrapped">> = {
  encode: ({ epoch, wrapped }) => Buffer.concat([uintBytes(epoch, EPOCH_BYTES), wrapped]),
  decode: (bytes) => ({ epoch: uintOf(bytes.subarray(0, EPOCH_BYTES)), wrapped: bytes.subarray(EPOCH_BYTES) }),
};

const storedKeyBytes: Codec<StoredKey> = {
  encode: ({ epoch, wrapped, content, idempotency }) =>
    Buffer.concat([uintBytes(epoch, EPOCH_BYTES), wrapped, content, ...(idempotency ? [idempotency] : [])]),
  decode: (bytes) => {
    const content = EPOCH_BYTES + WRAPPED_BYTES;
    const idempotency = content + DIGEST_BYTES;
    return {
      epoch: uintOf(bytes.subarray(0, EPOCH_BYTES)),
      wrapped: bytes.subarray(EPOCH_BYTES, content),
      content: bytes.subarray(content, idempotency),
      ...(bytes.length > idempotency && { idempotency: bytes.subarray(idempotency) }),
    };
  },
};

/** A number and the content digest it stands for. */
const numberAndContent: Codec<{ readonly seq: number; readonly content: Uint8Array }> = {
  encode: ({ seq, content }) => Buffer.concat([uintBytes(seq, 5), content]),
  decode: (bytes) => ({ seq: uintOf(bytes.subarray(0, 5)), content: bytes.subarray(5) }),
};

type RawSpace = Space<Uint8Array, Uint8Array>;
const spaces = new Map<number, Space<never, unknown>>();

function defineSpace<K, V>(number: number, name: string, key: KeyCodec<K>, value: Codec<V>): Space<K, V> {
  if (spaces.has(number)) throw new TypeError(`key space ${number} is taken`);
  const made = { number, name, version: 1, key, value };
  spaces.set(number, made as unknown as Space<never, unknown>); // Only its number, name and version are read from the list.
  return made;
}

/** Format, key-encryption epoch, check value of the keystore. An edit makes the store unusable, no more. */
export const META = defineSpace(1, "meta", textBytes, textBytes);

/** What each scope is. An edit makes new records of the scope fail the verifier's `scope` check. */
export const SCOPES = defineSpace(2, "scopes", hexBytes, json<StoredScope>());

/** Schemas by digest, in JSON. An edit no longer gives the digest and is refused on reading. */
export const SCHEMAS = defineSpace(3, "schemas", hexBytes, json<JsonObject>());

/** The next number of each scope. Lower: numbers are given twice, and the chain refuses the second. Higher: a hole stops the scope. */
export const NEXT = defineSpace(4, "next", hexBytes, uint(5));

/** Canonical headers. An edit changes the record id, so that the root no longer fits: refused before signing, found by fsck after. */
export const HEADERS = defineSpace(5, "headers", scopeSeq, rawBytes);

/** Encrypted documents: IV ‖ tag ‖ ciphertext, authenticated under the record id. An edit fails to open. */
export const PAYLOADS = defineSpace(6, "payloads", scopeSeq, rawBytes);

/** Wrapped data keys. An edit makes one payload unreadable. A copy opens nothing without the keystore and the key folder. */
export const DATA_KEYS = defineSpace(7, "data-keys", scopeSeq, storedKeyBytes);

/** Superseded number → its successor. An edit withholds or invents one `superseded` mark of our own records. */
export const SUCCESSORS = defineSpace(11, "successors", scopeSeq, uint(5));

/** Batches by (scope, first). An edit of a root is found before signing; of an anchor, by every verifier. */
export const BATCHES = defineSpace(12, "batches", scopeSeq, json<StoredBatch>());

/** End of the final batches of each scope, exclusive. Lower: work is looked at again. Higher: batches wait for ever. */
export const FINAL = defineSpace(13, "final", hexBytes, uint(5));

/** What happened, by cursor. An edit misleads subscribers, who can compare with the chain. */
export const EVENTS = defineSpace(14, "events", uint(8), json<StoredEvent>());

/** Transactions of the node's account by nonce, until final. An edit can make the node send again what it signed, or not at all; it cannot sign. */
export const OPEN_TRANSACTIONS = defineSpace(15, "open-transactions", uint(8), json<StoredTransaction>());

/** The caller's key → its newest transaction, kept for idempotence. An edit makes the node do a thing twice, or believe it done. */
export const OUTCOMES = defineSpace(16, "outcomes", textBytes, json<StoredOutcome>());

/** How far the chain was followed, and at which block what was just received was examined. An edit repeats or skips events from the chain. */
export const POSITION = defineSpace(17, "position", textBytes, json<StoredPosition>());

/** Recent block hashes by number, to find where a reorganisation began. As POSITION. */
export const RECENT_BLOCKS = defineSpace(18, "recent-blocks", uint(8), hexBytes);

/** Destructions that are not complete. An edit delays one; it cannot begin one, because the intent is checked again on chain and by signature. */
export const DESTRUCTIONS = defineSpace(19, "destructions", scopeSeq, json<StoredDestruction>());

/** What was destroyed. An edit hides that a payload is missing on purpose; the journal still says so. */
export const TOMBSTONES = defineSpace(20, "tombstones", scopeSeq, json<StoredTombstone>());

/** Numbers that hold a void record in place of a damaged one. An edit changes what the view says, not what is anchored. */
export const VOIDED = defineSpace(21, "voided", scopeSeq, json<StoredVoid>());

/** Changes of status already reported as an event, by the caller's key. An edit repeats an event. */
export const STATUS_CHANGES = defineSpace(22, "status-changes", textBytes, json<{ readonly transaction: Hex }>());

/** Record → the earlier numbers of its scope that it supersedes. As SUCCESSORS. */
export const PREDECESSORS = defineSpace(23, "predecessors", scopeSeq, json<readonly number[]>());

/** Wrapped keys of sealed texts, by the random name in the text. As DATA_KEYS. */
export const SEALED_KEYS = defineSpace(24, "sealed-keys", rawBytes, wrappedKeyBytes);

/** Webhooks for events and how far each was told. An edit repeats or withholds events; hosts that are not configured are refused all the same. */
export const WEBHOOKS = defineSpace(25, "webhooks", textBytes, json<StoredWebhook>());

/** What the last batches do to the indexes, until they have it, and the very last. An edit changes them, or keeps the store from being opened. */
export const REDO = defineSpace(26, "redo", uint(1), rawBytes);

// 100 … 199 belong to the features above records: agreements, deliveries, catalogue.

/** Nonces of signed requests, by expiry. A deletion lets a captured request be accepted again until it expires. */
export const NONCES = defineSpace(100, "nonces", textBytes, rawBytes);

/** Documents of the catalogue, by SHA-256 of their JCS. An edit no longer gives the digest and is refused on reading. */
export const DOCUMENTS = defineSpace(101, "documents", hexBytes, json<JsonObject>());

/** Resources that this node proposed, and what was in force when the chain was last read. An edit misleads intake until the chain is read again. */
export const RESOURCES = defineSpace(102, "resources", hexBytes, json<StoredResource>());

/** Application documents by record id, sealed. An edit no longer gives the record id that the chain names: refused on reading. */
export const APPLICATIONS = defineSpace(103, "applications", hexBytes, json<StoredApplication>());

/** Numbers served, by (agreement, k). An edit can make a number look unserved or unacknowledged; the consumer holds the signed terms. */
export const DELIVERIES = defineSpace(104, "deliveries", scopeSeq, json<StoredDelivery>());

/** Numbers used as the consumer, by (agreement, k). As DELIVERIES, the other way round. */
export const RECEPTIONS = defineSpace(105, "receptions", scopeSeq, json<StoredReception>());

/** Evidence received, sealed, by agreement, k and index. An edit fails to open. */
export const RECEIVED = defineSpace(106, "received", textBytes, textBytes);

/** Caller's idempotency key of an agreement → k. An edit asks again under another number. */
export const RECEPTION_KEYS = defineSpace(107, "reception-keys", textBytes, uint(4));

/** Work between departments that is not finished: documents to hand over, receipts to send, streams to settle. A deletion leaves it undone. */
export const OPEN_EXCHANGES = defineSpace(108, "open-exchanges", textBytes, json<{ readonly since: number }>());

/** What the provider wrote about its agreements, sealed, by agreement and digest. An edit fails to open, or no longer gives the digest on chain. */
export const NOTICES = defineSpace(109, "notices", textBytes, textBytes);

/** Record → its key in CERTIFICATES, so that the entry dies with the record. An edit leaves the entry behind. */
export const CERTIFICATE_KEYS = defineSpace(111, "certificate-keys", scopeSeq, rawBytes);

/** Requests for correction by the record id of the request, asked by us or of us; words and the other side's evidence sealed. An edit shows another state than the two journals do. */
export const CORRECTIONS = defineSpace(113, "corrections", hexBytes, json<StoredCorrection>());

// 130 … 139: lineage. The index can be made again from the records; parents and packages of what was destroyed cannot.

/** Parents with their salts, which outlive the payload. An edit no longer leads to the header's parentsRoot. */
export const LINEAGE_PARENTS = defineSpace(130, "lineage-parents", scopeSeq, rawBytes);

/** Where lineage goes on from a record beside its parents, in pieces. An edit withholds or invents a link; an invented one cannot be proven. */
export const LINEAGE_LINKS = defineSpace(131, "lineage-links", rawBytes, rawBytes);

/** What a delivery handed over, or a receipt received, in the order of the package. An edit no longer gives the package's digest. */
export const LINEAGE_PACKAGES = defineSpace(133, "lineage-packages", scopeSeq, json<readonly StoredPackageItem[]>());

/** The newest stage of a subject's life, by a digest of the subject. An edit lets a transition pass that the journal contradicts. */
export const LINEAGE_STAGES = defineSpace(134, "lineage-stages", hexBytes, json<StoredStage>());

/** Recalls sent, by number in the journal. An edit sends a notice again, or not. */
export const LINEAGE_RECALLS = defineSpace(135, "lineage-recalls", uint(5), json<StoredRecall>());

/** Recalls received, by record id of the notice. An edit answers a notice again, or hides one from the department itself. */
export const LINEAGE_NOTICES = defineSpace(136, "lineage-notices", hexBytes, json<StoredNotice>());

/** "index": the version of the index that is complete; marks of scopes that have links of a kind. An edit makes the node build it again, believe it whole, or leave links out of an answer. */
export const LINEAGE_STATE = defineSpace(137, "lineage-state", textBytes, textBytes);

/** Reports of assessments, by number of the activity in the journal that names their digest. An edit no longer gives that digest. */
export const LINEAGE_ASSESSMENTS = defineSpace(138, "lineage-assessments", uint(5), json<StoredAssessment>());

/** Agreement → the delivery number below which unknown numbers stay unused: a restored backup does not know what became of them. An edit lets a number be used twice, which the two signed packages show. */
export const DELIVERY_FLOORS = defineSpace(112, "delivery-floors", hexBytes, uint(5));

// 140 … 149: projects. All of it can be made again from the journal's records.

/** The board: projects by code. An edit changes what the list says; a project's page is derived from its records. */
export const PROJECTS = defineSpace(140, "projects", textBytes, json<StoredProject>());

/** Which numbers of the journal belong to a project, by a digest of its code. An edit hides a record from its page, or lists one that says otherwise. */
export const PROJECT_RECORDS = defineSpace(141, "project-records", scopeSeq, json<StoredProjectRecord>());

/** Digest of what a flag says → the number of its record. An edit lets a flag be recorded twice, or not. */
export const PROJECT_FLAGS = defineSpace(142, "project-flags", scopeDigest, uint(5));

/** Alerts by the number of the flag's record. An edit misleads subscribers, who can ask for the record. */
export const PROJECT_ALERTS = defineSpace(143, "project-alerts", uint(5), json<StoredAlert>());

/** Webhooks and how far each was told. An edit repeats or withholds alerts. */
export const PROJECT_SUBSCRIPTIONS = defineSpace(144, "project-subscriptions", textBytes, json<StoredSubscription>());

/** Compiled releases by ocid, for indicators over everything. An edit changes indicators until the process is imported again. */
export const PROJECT_COMPILED = defineSpace(145, "project-compiled", textBytes, json<JsonObject>());

// 150 … 159: the people who act for the department.

/** Accounts of operators. An edit gives whoever made it any role on this node; what they then do is signed by the department. */
export const OPERATORS = defineSpace(150, "operators", textBytes, json<StoredOperator>());

/** Sessions by the digest of their token. An edit opens a session for whoever knows a token to it; a copy opens none. */
export const SESSIONS = defineSpace(151, "sessions", hexBytes, json<StoredSession>());

/** Actions that wait for a second person, and what became of them, sealed. An edit fails to open. */
export const APPROVALS = defineSpace(152, "approvals", textBytes, textBytes);

/**
 * From here on: indexes, whose keys come in no order. They are in a database of their own (databases.ts), and their entries
 * are small.
 */
export const FIRST_INDEX = 200;

/** Keyed content digest → number. An edit lets one content be accepted twice, or hides a new one behind an old one. */
export const CONTENTS = defineSpace(200, "contents", scopeDigest, uint(5));

/** Keyed digest of an idempotency key → number and content. As CONTENTS. */
export const IDEMPOTENCY = defineSpace(201, "idempotency", scopeDigest, numberAndContent);

/** Keyed business key → the number of its active record. An edit lets a second record of a subject be accepted. */
export const SUBJECTS = defineSpace(202, "subjects", scopeDigest, uint(5));

/** Keyed digest of a certificate's identifier → the number of its newest record. An edit makes a successor or a penalty name another record, which its reader sees. */
export const CERTIFICATES = defineSpace(203, "certificates", scopeDigest, uint(5));

/** Record id → place, of own records and of received ones. An edit sends a question to another record, which says so. */
export const LINEAGE_RECORDS = defineSpace(204, "lineage-records", hexBytes, scopeSeq);

/** The number of the last batch that the indexes have. An edit keeps the store from being opened. */
export const APPLIED = defineSpace(249, "applied", uint(1), uint(8));

/** Where an index was up to format 2, and where it is, both as bytes. */
const moved = <K, V>(from: number, space: Space<K, V>) => ({
  from: defineSpace(from, `older-${space.name}`, rawBytes, rawBytes),
  to: { ...space, key: rawBytes, value: rawBytes },
});

export const MOVED_INDEXES: readonly { readonly from: RawSpace; readonly to: RawSpace }[] = [
  moved(8, CONTENTS),
  moved(9, IDEMPOTENCY),
  moved(10, SUBJECTS),
  moved(110, CERTIFICATES),
  moved(132, LINEAGE_RECORDS),
];

/** Number, name and version of every key space. */
export const KEY_SPACES: ReadonlyMap<number, Pick<Space<never, unknown>, "number" | "name" | "version">> = spaces;
