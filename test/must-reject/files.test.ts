import { expect } from "chai";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concat, utf8 } from "../../sdk/protocol/bytes.ts";
import { evidenceJson, MAXIMUM_EVIDENCE_BYTES } from "../../sdk/protocol/evidence.ts";
import type { Json } from "../../sdk/protocol/json.ts";
import type { Policy, Report } from "../../sdk/verify/report.ts";
import { trustJson } from "../../sdk/verify/trust.ts";
import { run, spawned } from "../sdk/cli/support.ts";
import { deliver, makeAgreement } from "../support/deliveries.ts";
import { licence, LICENCE_SCHEMA, parentOf } from "../support/records.ts";
import { changedAt, leafPaths, trustOf, type Step } from "../support/verifying.ts";
import { startWorld, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

const HUGE_BYTES = 200 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

describe("must reject: what is not exactly an evidence file", function () {
  this.timeout(60_000);
  countsCases("forgeries");

  let world: World;
  let folder: string;
  let file: Json;
  let text: string;
  let use: Policy;

  before(async () => {
    world = await startWorld();
    const { ledger } = world;
    const { provider, consumer } = ledger;
    const published = await ledger.publish({ provider, code: "licence", schema: LICENCE_SCHEMA });
    const parents = [parentOf(await world.one(), "derivedFrom")];
    const records = await world.anchor({ ...published, documents: [1, 2, 3].map(licence), parents });
    const { resource } = published;
    const agreement = await makeAgreement(ledger, { provider, consumer, resource, patterns: [["holder"], ["scopes"]] });
    file = evidenceJson(deliver(ledger, { agreement, records, parents: [0] })[1]!);
    text = JSON.stringify(file);
    use = { name: "use", as: consumer.uscc, purpose: agreement.purpose };
    folder = await mkdtemp(join(tmpdir(), "suyuan-files-"));
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await world.stop();
  });

  const refuses = (bytes: Uint8Array | string) =>
    world.refuses({
      file: typeof bytes === "string" ? utf8(bytes) : bytes,
      policy: use,
      check: "format",
      code: "format.invalid",
    });
  const rule = ({ checks }: Report) => checks.find(({ name }) => name === "format")?.values["rule"];

  it("and verify the file", () => world.verifies({ file: utf8(text), policy: use }));

  it("an uncovered property in any object of the file", async () => {
    const objects = new Map<string, readonly Step[]>();
    for (const path of leafPaths(file))
      for (let length = 0; length < path.length; length++) {
        const place = path.slice(0, length);
        // Of many alike the first stands for all; the inside of the schema is covered by its digest.
        if (place.some((step) => typeof step === "number" && step > 0) || place[0] === "schema") continue;
        objects.set(JSON.stringify(place), place);
      }
    let tried = 0;
    for (const place of objects.values()) {
      const grown = changedAt(file, place, (old) =>
        Array.isArray(old) ? old : { ...(old as Record<string, Json>), extra: 1 },
      );
      if (JSON.stringify(grown) === text) continue;
      tried++;
      await refuses(JSON.stringify(grown));
    }
    expect(tried).to.be.greaterThan(12);
  });

  it("an uncovered property in the schema", () =>
    world.refuses({
      file: utf8(JSON.stringify(changedAt(file, ["schema"], (old) => ({ ...(old as object), title: "x" })))),
      policy: use,
      check: "schema",
      code: "schema.digest",
    }));

  for (const name of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]) {
    it(`a property named ${name}`, async () => {
      await refuses(text.replace("{", `{"${name}":{"verdict":"verified"},`));
      await refuses(text.replace('"header":{', `"header":{"${name}":{"seq":0},`));
      await refuses(text.replace('"header":', `"${name}":`));
      expect(({} as Record<string, unknown>)["verdict"]).to.equal(undefined);
    });
  }

  it("a property twice, in the same and in another spelling", async () => {
    await refuses(text.replace('"header":', '"header":{},"header":'));
    await refuses(text.replace('"header":', '"\\u0068eader":{},"header":'));
    await refuses(text.replace('"seq":', '"seq":9,"seq":'));
  });

  it("trailing and leading bytes, a byte order mark, a file cut short, two files in one", async () => {
    for (const bytes of [`${text}x`, `${text}\u0000`, `x${text}`, `\ufeff${text}`, text.slice(0, -1), text + text, ""])
      await refuses(bytes);
  });

  it("a node with trailing bytes, too short, in capitals, or of 64 bytes", async () => {
    const node = (file as { inclusion: string[] }).inclusion[0]!; // What evidenceJson has just written.
    for (const other of [`${node}00`, node.slice(0, -2), node.toUpperCase(), node + node.slice(2), node.slice(2)])
      await refuses(text.replace(node, other));
  });

  it("bytes that are not UTF-8, half a surrogate pair, numbers that no double holds", async () => {
    await refuses(concat(utf8(text.slice(0, -1)), Uint8Array.of(0xc0, 0xaf)));
    await refuses(text.replace('"kind":"certificate"', '"kind":"\\ud83d"'));
    for (const number of ["9007199254740993", "-0", "1e400", "1".repeat(100_000)])
      await refuses(text.replace(/"seq":\d+/, `"seq":${number}`));
  });

  it("deep nesting, of any kind and depth", async () => {
    for (const depth of [65, 10_000, 1_000_000]) {
      await refuses("[".repeat(depth));
      await refuses('{"a":'.repeat(depth));
      await refuses(text.replace('"schema":{', `"schema":{"x":${"[".repeat(depth)}${"]".repeat(depth)},`));
    }
  });

  it("another format, another version, and no evidence at all", async () => {
    const version = { check: "format", code: "format.version", policy: use } as const;
    await world.refuses({ ...version, file: utf8(text.replace("suyuan/evidence/1", "suyuan/evidence/2")) });
    await world.refuses({ ...version, file: utf8(text.replace('"v":1', '"v":2')) });
    for (const other of ["null", "[]", "{}", '"evidence"', "1", JSON.stringify({ format: 1 })]) await refuses(other);
  });

  it("one byte more than the greatest file", async () => {
    const padded = text + " ".repeat(MAXIMUM_EVIDENCE_BYTES - utf8(text).length);
    await world.verifies({ file: utf8(padded), policy: use });
    await refuses(`${padded} `);
    const { sdk, cli } = await world.ask({ file: utf8(`${padded} `), policy: use });
    expect([rule(sdk), rule(cli)]).to.deep.equal(["json.size", "json.size"]);
  });

  describe("a file of 200 MB", () => {
    it("in memory, without looking at it", async () => {
      const bytes = new Uint8Array(HUGE_BYTES).fill(0x20);
      bytes.set(utf8(text));
      const started = process.cpuUsage().user;
      const { sdk } = await world.ask({ file: bytes, policy: use });
      expect(rule(sdk)).to.equal("json.size");
      expect(process.cpuUsage().user - started).to.be.lessThan(5_000_000);
    });

    it("on disk, of which no more than the limit is read", async () => {
      const path = join(folder, "huge.evidence.json");
      const handle = await open(path, "w");
      await handle.write(text);
      await handle.truncate(HUGE_BYTES);
      await handle.close();
      const args = ["verify", path, "--json", "--trust", join(folder, "trust.json")];
      const { code, out } = await run(args, { clock: () => world.ledger.now * 1000 });
      expect([code, rule(JSON.parse(out) as Report)]).to.deep.equal([1, "json.size"]); // What the command wrote.
      const alone = await spawned(args);
      expect(alone.code).to.equal(1);
    });

    it("on standard input, of which no more than the limit is taken", async () => {
      let taken = 0;
      const endless = (async function* () {
        for (let sent = 0; sent < HUGE_BYTES; sent += CHUNK_BYTES) {
          taken += CHUNK_BYTES;
          yield new Uint8Array(CHUNK_BYTES).fill(0x20);
        }
      })();
      const args = ["verify", "-", "--json", "--trust", join(folder, "trust.json")];
      const { code, out } = await run(args, { stdin: endless, clock: () => world.ledger.now * 1000 });
      expect([code, rule(JSON.parse(out) as Report)]).to.deep.equal([1, "json.size"]); // What the command wrote.
      expect(taken).to.be.at.most(MAXIMUM_EVIDENCE_BYTES + 2 * CHUNK_BYTES);
    });
  });

  it("as a program of its own: the exit codes of a good, a changed and an unreachable one", async () => {
    const trust = join(folder, "trust.json");
    const args = ["verify", "-", "--trust", trust, "--at", String(world.ledger.now)];
    const changed = text.replace('"L-2"', '"L-3"');
    // A machine whose clock is behind the test's chain cannot judge its head.
    const behind = Date.now() / 1000 < world.ledger.now - 300;
    expect((await spawned(args, { input: text })).code).to.equal(behind ? 2 : 0);
    expect((await spawned(args, { input: changed })).code).to.equal(1);
    expect((await spawned([...args, "--rpc", "http://127.0.0.1:1"], { input: text })).code).to.equal(2);
  });
});
