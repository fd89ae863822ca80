import { expect } from "chai";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { openKeystore } from "../../../sdk/client/keystore.ts";
import { getFamily } from "../../../sdk/families/registry.ts";
import { proposeResource } from "../../../sdk/client/routes/catalogue.ts";
import { run, runJson, withFolder } from "./support.ts";

const FAMILIES = {
  certificates: "ecertificate/1",
  penalties: "credit-penalty/1",
  licences: "credit-licence/1",
} as const;

describe("suyuan generate", () => {
  for (const [kind, family] of Object.entries(FAMILIES)) {
    it(`${kind} writes valid documents, the same for the same seed`, async () => {
      const args = ["generate", kind, "--count", "40", "--seed", "7"];
      const { code, out } = await run(args);
      expect(code).to.equal(EXIT.ok);
      const lines = out.trimEnd().split("\n");
      expect(lines).to.have.length(40);
      for (const line of lines) expect(getFamily(family).validate(JSON.parse(line))).to.deep.equal([]);
      expect((await run(args)).out).to.equal(out);
      expect((await run([...args.slice(0, -1), "8"])).out).not.to.equal(out);
    });

    it(`${kind} goes on from a number`, async () => {
      const of = async (...args: string[]) => (await run(["generate", kind, ...args])).out;
      const whole = await of("--count", "6");
      expect((await of("--count", "2")) + (await of("--count", "4", "--first", "2"))).to.equal(whole);
    });
  }

  it("stops with 0 when the reader has left", async () => {
    const { code, out } = await run(["generate", "licences", "--count", "10000000"], { readerTakes: 2 });
    expect([code, out.split("\n").length]).to.deep.equal([EXIT.ok, 3]);
  });

  it("is 64 without a usable count", async () => {
    for (const count of ["-1", "x", "1.5", "1e3", ""])
      expect((await runJson(["generate", "licences", "--count", count])).code).to.equal(EXIT.usage);
  });
});

describe("suyuan keys", function () {
  this.timeout(60_000);
  const password = "一个足够长的口令-2026";

  it("create writes a new keystore and shows its public half, which show repeats without a password", () =>
    withFolder(async (folder) => {
      const env = { SUYUAN_KEYSTORE_PASSWORD: password, INIT_CWD: folder };
      const created = await runJson(["keys", "create", "--out", "keystore.json"], { env });
      expect(created.code).to.equal(EXIT.ok);
      const path = join(folder, "keystore.json");
      expect((await stat(path)).mode & 0o777).to.equal(0o600);
      const keystore = await openKeystore({ path, password });
      expect(created.result).to.deep.equal({
        address: keystore.account.address,
        exchangeKey: keystore.exchange.publicKey,
      });
      expect(await readFile(path, "utf8")).not.to.include(keystore.account.privateKey.slice(2));
      const shown = await runJson(["keys", "show", "keystore.json"], { cwd: folder });
      expect([shown.code, shown.result]).to.deep.equal([EXIT.ok, created.result]);
    }));

  it("create never overwrites, takes its password from the environment only, and wants a long one", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "there"), "kept");
      const code = async (out: string, env: Record<string, string>) =>
        (await runJson(["keys", "create", "--out", out], { cwd: folder, env })).error?.code;
      expect(await code("there", { SUYUAN_KEYSTORE_PASSWORD: password })).to.equal("keystore.exists");
      expect(await readFile(join(folder, "there"), "utf8")).to.equal("kept");
      expect(await code("new", {})).to.equal("connection.password-missing");
      expect(await code("new", { SUYUAN_KEYSTORE_PASSWORD: "short" })).to.equal("keystore.password-short");
      expect(await code("new", { SUYUAN_KEYSTORE_PASSWORD_FILE: "nowhere" })).to.equal("input.missing");
      expect(await code("no/such/folder", { SUYUAN_KEYSTORE_PASSWORD: password })).to.equal("output.unwritable");
      expect((await runJson(["keys", "create", "--out", "new", "--password", password])).error?.code).to.equal(
        "usage.unknown-option",
      );
    }));

  it("show says what is wrong with a file", () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "other.json"), "{}");
      const code = async (path: string) => (await runJson(["keys", "show", path], { cwd: folder })).error?.code;
      expect(await code("other.json")).to.equal("keystore.format");
      expect(await code("nowhere.json")).to.equal("keystore.missing");
    }));
});

describe("suyuan resource draft", () => {
  for (const family of Object.values(FAMILIES))
    it(`makes a proposal for ${family} that lacks only the department's own words`, async () => {
      const { code, result } = await runJson(["resource", "draft", family]);
      expect(code).to.equal(EXIT.ok);
      const metadata = { ...(result?.["metadata"] as object), providerCode: "11990100990100026J" }; // A draft has it.
      expect(proposeResource.body.schema.safeParse({ ...result, metadata }).success).to.equal(true);
    });
});
