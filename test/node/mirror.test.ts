import { expect } from "chai";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Wallet } from "ethers";
import { createKeystore } from "../../sdk/client/keystore.ts";
import { listHeaders } from "../../sdk/client/routes/headers.ts";
import { EXIT } from "../../sdk/cli/errors.ts";
import { completeAgreement } from "../../sdk/client/routes/agreements.ts";
import { deliveriesScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { trustJson } from "../../sdk/verify/trust.ts";
import { makeDepartment, type TestDepartment } from "../support/ledger.ts";
import { run, runJson, type RunOptions } from "../sdk/cli/support.ts";
import { addCertificates, agree, obtain, settle, startPair, type Pair } from "./deliveries/fixture.ts";
import { codeOf, trustOf } from "./support/nodes.ts";
import { removeFolder, temporaryFolder } from "./support/core.ts";

const PASSWORD = "a password of tests";

describe("suyuan mirror over real nodes", function () {
  this.timeout(120_000);
  let pair: Pair;
  let folder: string;
  let oversight: TestDepartment;
  let agreement: Hex;

  before(async () => {
    pair = await startPair();
    folder = await temporaryFolder();
    const keystore = await createKeystore({ path: join(folder, "oversight.json"), password: PASSWORD });
    oversight = {
      ...makeDepartment(31, "审计局"),
      wallet: new Wallet(keystore.account.privateKey),
      exchangePublic: keystore.exchange.publicKey,
    };
    await pair.ledger.admit(oversight, "oversight");
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(pair.ledger))));
    await addCertificates(pair, ["A-1", "A-2", "A-3"]);
    agreement = await agree(pair);
    await obtain(pair, agreement, ["A-1"]);
    await pair.consumer.client().call(completeAgreement, { params: { id: agreement }, body: {} });
    await settle(pair, agreement);
  });
  after(async () => {
    await removeFolder(folder);
    await pair.stop();
  });

  const options = (): RunOptions => ({
    env: { SUYUAN_KEYSTORE_PASSWORD: PASSWORD, INIT_CWD: folder, LANG: "en_GB.UTF-8" },
    clock: () => pair.ledger.now * 1000,
  });
  const args = (...more: string[]): string[] => [
    "mirror",
    "--state",
    "mirror",
    "--trust",
    "trust.json",
    "--keystore",
    "oversight.json",
    ...more,
  ];

  it("copies and proves what every department anchored, streams included, and keeps no personal data", async () => {
    const { code, result } = await runJson(args("--once"), options());
    expect([code, result?.["found"], result?.["waiting"], result?.["unserved"]]).to.deep.equal([EXIT.ok, [], 0, {}]);
    expect(result?.["copied"]).to.equal(result?.["anchored"]);
    expect(result?.["copied"]).to.be.at.least(5);
    const files = await readdir(join(folder, "mirror", "headers"));
    expect(files).to.include(`${deliveriesScope(agreement)}.ndjson`);
    const texts = await Promise.all(files.map((name) => readFile(join(folder, "mirror", "headers", name), "utf8")));
    for (const secret of ["企业A-", "内部备注", "事项", "A-1"]) expect(texts.join()).not.to.include(secret);
    expect(texts.join()).to.include('"delivered"');
  });

  it("tells people in a line, and goes on where it was", async () => {
    const again = await run(args("--once"), options());
    expect(again.code).to.equal(EXIT.ok);
    expect(again.out.trim().split("\n")).to.have.length(1);
    await addCertificates(pair, ["A-4"]);
    const more = await runJson(args("--once"), options());
    expect([more.code, more.result?.["waiting"]]).to.deep.equal([EXIT.ok, 0]);
  });

  it("asks no address inwards that somebody wrote into the registry, unless the ledger is for evaluation", async () => {
    await writeFile(
      join(folder, "real.json"),
      JSON.stringify(trustJson({ ...trustOf(pair.ledger), evaluation: false })),
    );
    const { code, result } = await runJson(
      ["mirror", "--state", "m1", "--trust", "real.json", "--keystore", "oversight.json", "--once"],
      options(),
    );
    const { provider, consumer } = pair.ledger;
    expect([code, result?.["copied"], result?.["unserved"]]).to.deep.equal([
      EXIT.undetermined,
      0,
      { [provider.uscc]: "client.endpoint-refused", [consumer.uscc]: "client.endpoint-refused" },
    ]);
  });

  it("exits 2 while a node is out of reach, 1 once it has been for a day, and follows until its reader leaves", async () => {
    await addCertificates(pair, ["A-5"]);
    await pair.provider.node.stop();
    const soon = await runJson(args("--once"), options());
    expect([soon.code, soon.result?.["unserved"]]).to.deep.equal([
      EXIT.undetermined,
      { [pair.ledger.provider.uscc]: "client.unreachable" },
    ]);
    pair.ledger.advance(86_401);
    const followed = await run(args("--json"), { ...options(), readerTakes: 1 });
    const [line = ""] = followed.out.split("\n");
    expect(followed.code).to.equal(EXIT.negative);
    expect((JSON.parse(line) as { found: { code: string }[] }).found.map(({ code }) => code)).to.deep.equal([
      "mirror.not-served",
    ]);
    await pair.provider.restart();
  });

  it("needs oversight's own key, and a ledger to trust", async () => {
    const { resource: _resource, scope } = pair;
    const asked = (as: TestDepartment) =>
      pair.consumer.client(as).call(listHeaders, { params: { scope }, query: { from: 0 } });
    expect(await codeOf(asked(pair.ledger.stranger))).to.equal("caller.not-oversight");
    await createKeystore({ path: join(folder, "stranger.json"), password: PASSWORD });
    const strange = await runJson(
      ["mirror", "--state", "m2", "--trust", "trust.json", "--keystore", "stranger.json", "--once"],
      options(),
    );
    expect([strange.code, strange.error?.code]).to.deep.equal([EXIT.usage, "connection.key-unknown"]);
    const bare = await runJson(["mirror", "--state", "m3", "--chain-only", "--once"], options());
    expect([bare.code, bare.error?.code]).to.deep.equal([EXIT.usage, "usage.option-missing"]);
    const chain = await runJson(
      ["mirror", "--state", "m4", "--trust", "trust.json", "--chain-only", "--once"],
      options(),
    );
    expect(chain.code).to.equal(EXIT.ok);
  });
});
