import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupStatements } from "../../../sdk/client/accepted.ts";
import { createKeystore, type Keystore } from "../../../sdk/client/keystore.ts";
import { submitRecords, type AcceptedReceipt, type LineOutcome } from "../../../sdk/client/routes/records.ts";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { BYTES_A_REQUEST, LINES_A_REQUEST } from "../../../sdk/cli/ingest.ts";
import { MAXIMUM_LINE_BYTES } from "../../../sdk/cli/lines.ts";
import { fromUtf8, toBase64Url } from "../../../sdk/protocol/bytes.ts";
import { bind } from "../../../node/http/bind.ts";
import { HttpError } from "../../../node/http/errors.ts";
import { OWN, startHarness, trust, type Harness } from "../../node/http/harness.ts";
import { run, runJson, type RunOptions } from "./support.ts";

const PASSWORD = "correct horse battery staple";
const RESOURCE = `0x${"ab".repeat(32)}`;
const KEY_ID = `${OWN}/1`;
const ZERO = `0x${"00".repeat(32)}` as const;

const accepted = (line: number, duplicate: boolean): LineOutcome => ({
  line,
  outcome: "accepted",
  duplicate,
  receipt: {
    ...{ ledger: ZERO, scope: ZERO, seq: line, record: ZERO, at: 1 },
    group: { index: 0, count: 1, proof: [] },
    ...{ key: KEY_ID, signature: "A".repeat(86) },
  },
});

/** The real application and client; only what becomes of a body is the test's. */
describe("suyuan ingest over HTTP", function () {
  this.timeout(60_000);
  let node: Harness;
  let folder: string;
  /** The bodies that arrived, as lines. */
  let bodies: string[][];
  let answers: (lines: readonly string[]) => readonly LineOutcome[];
  let busy: number;
  let keystore: Keystore;
  let forge: (receipt: AcceptedReceipt) => AcceptedReceipt;

  /** The outcomes with receipts as a node makes them, then as `forge` leaves them. */
  const signed = (outcomes: readonly LineOutcome[]): readonly LineOutcome[] => {
    const statements = outcomes.flatMap((outcome) => (outcome.outcome === "accepted" ? [outcome.receipt] : []));
    if (statements.length === 0) return outcomes;
    const { bytes, places } = groupStatements(statements);
    const signature = toBase64Url(keystore.exchange.sign(bytes));
    let next = 0;
    return outcomes.map((outcome) => {
      if (outcome.outcome !== "accepted") return outcome;
      const group = places[next++];
      if (group === undefined) throw new Error("one place a statement");
      return { ...outcome, receipt: forge({ ...outcome.receipt, group, signature }) };
    });
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cli-ingest-"));
    keystore = await createKeystore({ path: join(folder, "keystore.json"), password: PASSWORD });
    const binding = bind(submitRecords, ({ body }) => {
      if (busy-- > 0) return Promise.reject(new HttpError("http.busy"));
      const lines = fromUtf8(body.bytes).trimEnd().split("\n");
      bodies.push(lines);
      const outcomes = signed(answers(lines));
      return Promise.resolve(
        (async function* () {
          yield await Promise.resolve(outcomes);
        })(),
      );
    });
    node = await startHarness({ bindings: [binding] });
    trust(node, {
      keyId: KEY_ID,
      publicKey: keystore.exchange.publicKey,
      sign: (bytes) => keystore.exchange.sign(bytes),
    });
  });
  after(async () => {
    await node.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    bodies = [];
    busy = 0;
    forge = (receipt) => receipt;
    answers = (lines) => lines.map((_, i) => accepted(i, false));
  });

  const options = (more: RunOptions = {}): RunOptions => ({
    ...more,
    clock: () => node.nowMs,
    env: {
      SUYUAN_NODE: node.url,
      SUYUAN_KEYSTORE: "keystore.json",
      SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
      SUYUAN_KEY_ID: KEY_ID,
      INIT_CWD: folder,
    },
  });
  const ingest = (stdin: string, args: readonly string[] = []) =>
    runJson(["ingest", "-", "--resource", RESOURCE, ...args], options({ stdin }));

  it("sends bounded bodies in order, by lines and by bytes, blank lines left out", async () => {
    const many = Array.from({ length: 2 * LINES_A_REQUEST + 1 }, (_, i) => `{"i":${i}}`);
    expect((await ingest(many.join("\n\n"))).result).to.deep.include({ lines: many.length, accepted: many.length });
    expect(bodies.map((lines) => lines.length)).to.deep.equal([LINES_A_REQUEST, LINES_A_REQUEST, 1]);
    expect(bodies.flat()).to.deep.equal(many);
    bodies = [];
    const large = Array.from({ length: 3 }, (_, i) => `{"i":"${String(i).repeat(BYTES_A_REQUEST * 0.6)}"}`);
    await ingest(large.join("\n"));
    expect(bodies).to.deep.equal(large.map((line) => [line]));
  });

  it("sends nothing for an empty input", async () => {
    const { code, result } = await ingest("\n \r\n");
    expect([code, result]).to.deep.equal([EXIT.ok, { lines: 0, accepted: 0, duplicates: 0, refusals: [], refused: 0 }]);
    expect(bodies).to.deep.equal([]);
  });

  it("numbers refused lines as an editor does, across requests", async () => {
    answers = (lines) =>
      lines.map((line, i) =>
        line === "bad"
          ? { line: i, outcome: "refused", code: "json.syntax", values: {}, title: "t", remedy: "r", findings: [] }
          : accepted(i, true),
      );
    const lines = Array.from({ length: LINES_A_REQUEST + 10 }, () => "{}");
    lines[3] = "bad";
    lines[5] = "";
    lines[LINES_A_REQUEST + 5] = "bad";
    const { code, result } = await ingest(lines.join("\n"));
    expect(code).to.equal(EXIT.negative);
    expect(result).to.deep.include({ accepted: 0, refused: 2 });
    expect((result?.["refusals"] as { line: number }[]).map(({ line }) => line)).to.deep.equal([
      4,
      LINES_A_REQUEST + 6,
    ]);
    const { out } = await run(
      ["ingest", "-", "--resource", RESOURCE, "--lang", "en"],
      options({ stdin: lines.join("\n") }),
    );
    expect(out).to.match(/^✗ line 4 {2}json\.syntax: t\n {4}→ r\n/);
  });

  it("waits while the node pushes back, and sends the same again", async () => {
    busy = 3;
    expect((await ingest("{}")).code).to.equal(EXIT.ok);
    expect(bodies).to.deep.equal([["{}"]]);
    busy = 1000;
    const { code, error } = await ingest("{}");
    expect([code, error?.code]).to.deep.equal([EXIT.undetermined, "http.busy"]);
  });

  it("is 2 when not every line was answered, and names the first", async () => {
    answers = (lines) => lines.slice(0, -2).map((_, i) => accepted(i, false));
    const { code, error } = await ingest("\n1\n2\n3\n4");
    expect([code, error?.code, error?.values]).to.deep.equal([EXIT.undetermined, "ingest.unanswered", { line: 4 }]);
  });

  it("keeps the receipts of every run", async () => {
    await writeFile(join(folder, "receipts.ndjson"), "earlier\n");
    await ingest("1\n2", ["--receipts", "receipts.ndjson"]);
    const lines = (await readFile(join(folder, "receipts.ndjson"), "utf8")).trimEnd().split("\n");
    expect(lines.slice(1).map((line) => (JSON.parse(line) as { seq: number }).seq)).to.deep.equal([0, 1]);
    expect(lines[0]).to.equal("earlier");
    const { code, error } = await ingest("1", ["--receipts", "no/such/file"]);
    expect([code, error?.code]).to.deep.equal([EXIT.usage, "output.unwritable"]);
  });

  it("keeps no receipt that does not hold, and names its line", async () => {
    forge = (receipt) => (receipt.seq === 1 ? { ...receipt, at: 2 } : receipt);
    const { code, error } = await ingest("1\n\n2\n3", ["--receipts", "forged.ndjson"]);
    expect([code, error?.code, error?.values]).to.deep.equal([EXIT.negative, "ingest.receipt-invalid", { line: 3 }]);
    expect(await readFile(join(folder, "forged.ndjson"), "utf8")).to.equal("");
  });

  it("takes nobody's word for a key that is neither its own nor on the chain", async () => {
    forge = (receipt) => ({ ...receipt, key: `${OWN}/7` });
    const { error } = await ingest("1");
    expect([error?.code, error?.values]).to.deep.equal(["ingest.receipt-key", { key: `${OWN}/7` }]);
  });

  it("refuses a line that is too long, with its number", async () => {
    const { code, error } = await ingest(`1\n${"x".repeat(MAXIMUM_LINE_BYTES + 1)}\n`);
    expect([code, error?.code, error?.values["line"]]).to.deep.equal([EXIT.usage, "input.line-too-long", 2]);
  });

  it("shows progress on a terminal only, and on standard error", async () => {
    const args = ["ingest", "-", "--resource", RESOURCE];
    const terminal = await run(args, options({ stdin: "1", isTerminal: true }));
    expect(terminal.err).to.include("\r");
    expect(terminal.out).not.to.include("\r");
    expect((await run(args, options({ stdin: "1" }))).err).to.equal("");
  });
});
