import { expect } from "chai";
import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeAddress } from "ethers";
import { fromHex, utf8 } from "../../../sdk/protocol/bytes.ts";
import { createKeystore, openKeystore, readPublicKeys } from "../../../sdk/client/keystore.ts";

const PASSWORD = "一个足够长的口令 long enough";

describe("keystore", function () {
  this.timeout(20_000); // Each opening costs half a second by design.
  let folder: string;
  let path: string;
  const codeOf = (action: Promise<unknown>) => action.then(() => "ok").catch((error: { code: string }) => error.code);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "suyuan-keystore-"));
    path = join(folder, "keys.json");
  });
  after(() => rm(folder, { recursive: true }));

  it("gives back the same keys, whose halves belong together", async () => {
    const made = await createKeystore({ path, password: PASSWORD });
    const opened = await openKeystore({ path, password: PASSWORD });
    expect(opened.account).to.deep.equal(made.account);
    expect(opened.root).to.deep.equal(made.root);
    expect(opened.root).to.have.length(32);
    expect(computeAddress(made.account.privateKey).toLowerCase()).to.equal(made.account.address);
    const spki = Buffer.concat([fromHex("0x302a300506032b6570032100"), fromHex(made.exchange.publicKey)]);
    const key = createPublicKey({ key: spki, format: "der", type: "spki" });
    expect(verify(null, utf8("x"), key, opened.exchange.sign(utf8("x")))).to.equal(true);
    expect(await readPublicKeys(path)).to.deep.equal({
      address: made.account.address,
      exchangeKey: made.exchange.publicKey,
    });
  });

  it("is readable by its owner only, leaves nothing beside it, and shows no secret", async () => {
    const { account } = await openKeystore({ path, password: PASSWORD });
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(folder)).to.deep.equal(["keys.json"]);
    expect(await readFile(path, "utf8")).not.to.include(account.privateKey.slice(2));
  });

  it("never overwrites", async () => {
    const before = await readFile(path, "utf8");
    expect(await codeOf(createKeystore({ path, password: PASSWORD }))).to.equal("keystore.exists");
    expect(await readFile(path, "utf8")).to.equal(before);
    expect(await readdir(folder)).to.deep.equal(["keys.json"]);
  });

  it("refuses a wrong password, a short one, and anything altered, public half included", async () => {
    expect(await codeOf(openKeystore({ path, password: `${PASSWORD}x` }))).to.equal("keystore.password");
    expect(await codeOf(createKeystore({ path: join(folder, "b"), password: "short" }))).to.equal(
      "keystore.password-short",
    );
    const file = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const altered = join(folder, "altered.json");
    await writeFile(altered, JSON.stringify({ ...file, address: `0x${"0".repeat(40)}` }));
    expect(await codeOf(openKeystore({ path: altered, password: PASSWORD }))).to.equal("keystore.password");
    for (const broken of [
      { ...file, format: "suyuan/keystore/2" },
      { ...file, more: 1 },
      { ...file, scrypt: { N: 1, r: 8, p: 1, salt: "AA" } },
    ]) {
      await writeFile(altered, JSON.stringify(broken));
      expect(await codeOf(openKeystore({ path: altered, password: PASSWORD }))).to.equal("keystore.format");
    }
    await writeFile(altered, "{");
    expect(await codeOf(openKeystore({ path: altered, password: PASSWORD }))).to.equal("keystore.format");
    expect(await codeOf(openKeystore({ path: join(folder, "none"), password: PASSWORD }))).to.equal("keystore.missing");
  });
});
