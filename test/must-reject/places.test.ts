import { anchoredIn } from "../../sdk/chain/anchors.ts";
import { findReceipt, getNonce, sendRawTransaction } from "../../sdk/chain/blocks.ts";
import { eventTopic } from "../../sdk/chain/contracts.ts";
import { concat, fromHex, toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId, type RecordHeader } from "../../sdk/protocol/header.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import type { CommittedRecord } from "../../sdk/protocol/record.ts";
import { HASH_NUMBERS } from "../../sdk/protocol/hash.ts";
import { anchorRoot, evidenceOf, licence, LICENCE_SCHEMA, openJournal, treeOf } from "../support/records.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { someHash } from "../support/deliveries.ts";
import { startWorld, type World } from "./world.ts";
import { trustOf } from "../support/verifying.ts";
import { countsCases } from "../faults/tally.ts";

const [STOP, TIMESTAMP, MSTORE, PUSH32, LOG4] = [0x00, 0x42, 0x52, 0x7f, 0xa4] as const;

/** A header that an issuer wrote wrongly, but anchored. */
const saying =
  (change: Partial<RecordHeader>) =>
  (record: CommittedRecord): CommittedRecord => {
    const header = { ...record.header, ...change };
    return { ...record, header, id: recordId(header) };
  };

describe("must reject: a record in another place", function () {
  this.timeout(40_000);
  countsCases("forgeries");

  let world: World;
  let ledger: TestLedger;
  let good: Evidence;
  let strangers: { readonly resource: Hex; readonly scope: Hex };

  before(async () => {
    world = await startWorld();
    ledger = world.ledger;
    good = evidenceOf(await world.one());
    strangers = await ledger.publish({
      provider: ledger.stranger,
      code: "theirs",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
  });
  after(() => world.stop());

  it("and verify it in its own", () => world.verifies({ file: good }));

  it("an altered header that names another scope, ledger, department or hash function", async () => {
    const renamed = (change: Partial<RecordHeader>): Evidence => ({ ...good, header: { ...good.header, ...change } });
    await world.refuses({ file: renamed({ scope: strangers.scope }), check: "inclusion", code: "inclusion.mismatch" });
    await world.refuses({ file: renamed({ ledger: someHash(1) }), check: "ledger", code: "ledger.other" });
    await world.refuses({ file: renamed({ issuer: ledger.stranger.uscc }), check: "scope", code: "scope.issuer" });
    await world.refuses({ file: renamed({ hash: "sm3" }), check: "anchor", code: "anchor.event" });
  });

  it("a header that names one department, anchored in the scope of another", async () => {
    const record = await world.one({
      department: ledger.stranger,
      ...strangers,
      alter: saying({ issuer: ledger.provider.uscc }),
    });
    await world.refuses({ file: evidenceOf(record), check: "scope", code: "scope.issuer" });
    const claimed = evidenceOf(record);
    const lent = { ...claimed, anchor: { ...claimed.anchor, department: ledger.provider.uscc } };
    await world.refuses({ file: lent, check: "scope", code: "scope.issuer" });
    await world.refuses({ file: lent, check: "anchor", code: "anchor.event" });
  });

  it("a header that names the resource of another department, or none", async () => {
    const other = await world.one({ alter: saying({ resource: strangers.resource }) });
    await world.refuses({ file: evidenceOf(other), check: "scope", code: "scope.resource" });
    const bare = (record: CommittedRecord): CommittedRecord => {
      const { resource: _resource, ...header } = record.header;
      return { ...record, header, id: recordId(header) };
    };
    await world.refuses({ file: evidenceOf(await world.one({ alter: bare })), check: "scope", code: "scope.resource" });
  });

  it("a resource in the header of a record of a journal", async () => {
    const { provider: department } = ledger;
    const scope = await openJournal(ledger, department);
    const record = await world.one({
      scope,
      kind: "operation",
      schema: PROTOCOL_KINDS.operation,
      documents: [{ action: "x", subject: "1", key: `${department.uscc}/0` }],
    });
    await world.refuses({ file: evidenceOf(record), check: "scope", code: "scope.resource" });
  });

  it("a scope that nobody opened", async () => {
    const record = await world.one({ alter: saying({ scope: someHash(3) }) });
    await world.refuses({ file: evidenceOf(record), check: "scope", code: "scope.unknown" });
  });

  it("one record id in two scopes", async () => {
    const { header, inclusion } = good;
    const tree = treeOf([recordId(header)]);
    const anchor = await anchorRoot(ledger, {
      department: ledger.stranger,
      scope: strangers.scope,
      root: tree.root,
      count: 1,
    });
    await world.refuses({ file: { ...good, anchor, inclusion }, check: "anchor", code: "anchor.event" });
  });

  it("one record id under two numbers", async () => {
    const tree = treeOf([recordId(good.header)]);
    const { provider: department } = ledger;
    const anchor = await anchorRoot(ledger, { department, scope: world.open.scope, root: tree.root, count: 1 });
    await world.refuses({ file: { ...good, anchor }, check: "scope", code: "scope.number" });
    const moved = { ...good, anchor, header: { ...good.header, seq: anchor.first } };
    await world.refuses({ file: moved, check: "inclusion", code: "inclusion.mismatch" });
  });

  it("one record id on two ledgers", async () => {
    const other = await startLedger();
    try {
      const theirs = await other.publish({
        provider: other.provider,
        code: "open",
        schema: LICENCE_SCHEMA,
        shareClass: "unconditional",
      });
      const tree = treeOf([recordId(good.header)]);
      const anchor = await anchorRoot(other, {
        department: other.provider,
        scope: theirs.scope,
        root: tree.root,
        count: 1,
      });
      const file = { ...good, anchor, inclusion: [] };
      await world.refuses({ file, trust: trustOf(other), check: "ledger", code: "ledger.other" });
      await world.refuses({ file, check: "anchor", code: "anchor.transaction-unknown" });
    } finally {
      await other.stop();
    }
  });

  it("an endpoint of another chain", async () => {
    const other = await startLedger();
    try {
      await world.refuses({
        file: good,
        rpc: [other.rpcUrl],
        check: "ledger",
        code: "chain.directory-missing",
        verdict: "undetermined",
      });
    } finally {
      await other.stop();
    }
  });

  it("evidence that carries its own Directory", async () => {
    const json = evidenceJson(good);
    const directory = ledger.name.directory;
    for (const file of [
      { ...json, directory },
      { ...json, ledger: { ...ledger.name } },
      { ...json, anchor: { ...(json["anchor"] as object), directory } },
      { ...json, header: { ...(json["header"] as object), directory } },
    ])
      await world.refuses({ file: utf8(JSON.stringify(file)), check: "format", code: "format.invalid" });
  });

  it("another log address: an event of the right form that a stranger's contract wrote", async () => {
    const header = { ...good.header, seq: good.header.seq + 1_000 };
    const first = header.seq;
    const { root } = treeOf([recordId(header)]);
    const { transaction, block, time } = await announce(ledger, {
      scope: header.scope,
      department: header.issuer,
      first,
      root,
    });
    const anchor = { ...good.anchor, first, count: 1, root: toHex(root), transaction, block, time };
    await world.refuses({
      file: { ...good, header, anchor, inclusion: [] },
      check: "anchor",
      code: "anchor.event",
    });
  });

  it("another transaction or block of the same chain", async () => {
    const other = evidenceOf(await world.one({ documents: [licence(2)] }));
    const hinting = (anchor: Partial<Evidence["anchor"]>) => ({ ...good, anchor: { ...good.anchor, ...anchor } });
    const { transaction, block } = other.anchor;
    await world.refuses({ file: hinting({ transaction }), check: "anchor", code: "anchor.block" });
    await world.refuses({ file: hinting({ transaction, block }), check: "anchor", code: "anchor.event" });
    await world.refuses({ file: hinting({ block }), check: "anchor", code: "anchor.block" });
    await world.refuses({
      file: hinting({ transaction: someHash(5) }),
      check: "anchor",
      code: "anchor.transaction-unknown",
    });
    await world.refuses({ file: hinting({ time: good.anchor.time - 1 }), check: "anchor", code: "anchor.time" });
  });

  it("issuedAt after the anchor", async () => {
    await world.refuses({
      file: evidenceOf(await world.one({ issuedBefore: -1 })),
      check: "time",
      code: "time.after-anchor",
    });
  });
});

interface Announcement {
  readonly scope: Hex;
  readonly department: string;
  readonly first: number;
  readonly root: Uint8Array;
}

/** A contract whose constructor writes the very event of the AnchorLog, for one record at the block's time. */
async function announce(ledger: TestLedger, { scope, department, first, root }: Announcement) {
  const { wallet } = ledger.stranger;
  const { rpc } = ledger.connection;
  const word = (value: number): Uint8Array => fromHex(`0x${value.toString(16).padStart(64, "0")}`);
  const push = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(PUSH32), bytes);
  const store = (value: Uint8Array, at: number): Uint8Array => concat(value, push(word(at)), Uint8Array.of(MSTORE));
  const topics = [
    fromHex(eventTopic("AnchorLog", "Anchored")),
    fromHex(scope),
    word(first),
    concat(utf8(department), new Uint8Array(32 - department.length)),
  ];
  const code = concat(
    store(push(word(1)), 0),
    store(Uint8Array.of(TIMESTAMP), 32),
    store(push(word(HASH_NUMBERS.keccak256)), 64),
    store(push(root), 96),
    ...topics.reverse().map(push),
    push(word(128)),
    push(word(0)),
    Uint8Array.of(LOG4, STOP),
  );
  const nonce = await getNonce(rpc, wallet.address.toLowerCase() as Hex); // An address is hexadecimal.
  const { chainId } = ledger.name;
  const request = { type: 0, chainId, nonce, data: toHex(code), gasLimit: 1_000_000, gasPrice: 0 };
  const raw = (await wallet.signTransaction(request)) as Hex; // A serialized transaction is hexadecimal.
  const transaction = await sendRawTransaction(rpc, raw);
  for (;;) {
    const receipt = await findReceipt(rpc, transaction);
    if (receipt === undefined) continue;
    const [announced] = anchoredIn(receipt);
    if (announced === undefined) throw new Error("the contract announced nothing");
    return announced;
  }
}
