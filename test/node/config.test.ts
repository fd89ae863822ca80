import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trustJson, type Trust } from "../../sdk/verify/trust.ts";
import { ConfigError, helpText, readConfig, type Environment } from "../../node/config.ts";

const USCC = "91330106MA2CC4T88W";
const TRUST: Trust = {
  ledger: { chainId: 4701, genesis: `0x${"11".repeat(32)}`, directory: `0x${"22".repeat(20)}` },
  rpc: ["http://127.0.0.1:4701/"],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" },
};

describe("configuration", () => {
  let folder: string;
  let good: Environment;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "suyuan-config-"));
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(TRUST)));
    await writeFile(join(folder, "password"), "secret words\n");
    good = {
      SUYUAN_DATA: folder,
      SUYUAN_TRUST: join(folder, "trust.json"),
      SUYUAN_DEPARTMENT: USCC,
      SUYUAN_KEYSTORE_PASSWORD: "secret words",
    };
  });
  after(() => rm(folder, { recursive: true }));

  const faultsOf = (environment: Environment): string[] => {
    try {
      readConfig(environment);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.faults.map(({ name }) => name);
    }
  };

  it("needs four things and supplies the rest", () => {
    const config = readConfig({ ...good, PATH: "/bin" });
    expect(config).to.deep.equal({
      dataDir: folder,
      host: "127.0.0.1",
      port: 4700,
      authorities: [],
      department: USCC,
      trust: TRUST,
      rpcUrl: "http://127.0.0.1:4701/",
      keystore: { path: join(folder, "keystore.json"), password: "secret words" },
      logLevel: "info",
      allowLoopbackPeers: false,
      stopWithParent: false,
      reserveWindow: 16,
      acknowledgeWithinMs: 3_600_000,
      assessmentDays: 7,
      requestsPerSecond: 50,
      webhookHosts: [],
      gasPrice: 0n,
    });
  });

  it("takes a folder of epoch keys that is elsewhere", () => {
    expect(readConfig({ ...good, SUYUAN_KEYS: join(folder, "apart") }).keyDir).to.equal(join(folder, "apart"));
    expect(faultsOf({ ...good, SUYUAN_KEYS: "" })).to.deep.equal(["SUYUAN_KEYS"]);
  });

  it("takes an OpenID provider whole or not at all, over plain HTTP on this machine only", () => {
    const oidc = {
      SUYUAN_OIDC_ISSUER: "https://id.example.gov.cn",
      SUYUAN_OIDC_CLIENT_ID: "suyuan",
      SUYUAN_OIDC_CLIENT_SECRET_FILE: join(folder, "password"),
    };
    const wanted = { issuer: oidc.SUYUAN_OIDC_ISSUER, clientId: "suyuan", clientSecret: "secret words" };
    expect(readConfig({ ...good, ...oidc }).oidc).to.deep.equal(wanted);
    expect(readConfig(good).oidc).to.equal(undefined);
    expect(faultsOf({ ...good, SUYUAN_OIDC_CLIENT_ID: "suyuan" })).to.have.members([
      "SUYUAN_OIDC_ISSUER",
      "SUYUAN_OIDC_CLIENT_SECRET_FILE",
    ]);
    expect(faultsOf({ ...good, ...oidc, SUYUAN_OIDC_ISSUER: "http://id.example.gov.cn" })).to.deep.equal([
      "SUYUAN_OIDC_ISSUER",
    ]);
    expect(readConfig({ ...good, ...oidc, SUYUAN_OIDC_ISSUER: "http://127.0.0.1:9000" }).oidc?.issuer).to.equal(
      "http://127.0.0.1:9000",
    );
  });

  it("takes the password from a file, without its line end", () => {
    const { SUYUAN_KEYSTORE_PASSWORD: _password, ...rest } = good;
    expect(readConfig({ ...rest, SUYUAN_KEYSTORE_PASSWORD_FILE: join(folder, "password") }).keystore.password).to.equal(
      "secret words",
    );
    expect(faultsOf({ ...rest, SUYUAN_KEYSTORE_PASSWORD_FILE: join(folder, "none") })).to.deep.equal([
      "SUYUAN_KEYSTORE_PASSWORD_FILE",
    ]);
    expect(faultsOf(rest)).to.deep.equal(["SUYUAN_KEYSTORE_PASSWORD"]);
    expect(faultsOf({ ...good, SUYUAN_KEYSTORE_PASSWORD_FILE: join(folder, "password") })).to.deep.equal([
      "SUYUAN_KEYSTORE_PASSWORD",
    ]);
  });

  it("lists every bad variable in one error, without its value", () => {
    const bad = {
      SUYUAN_TRUST: join(folder, "password"),
      SUYUAN_DEPARTMENT: "91330106MA2CC4T88X",
      SUYUAN_PORT: "70000",
      SUYUAN_LOG_LEVEL: "loud",
      SUYUAN_RPC_URL: "ftp://user:hunter2@host",
      SUYUAN_ALLOW_LOOPBACK: "yes",
      SUYUAN_PROT: "4700",
      SUYUAN_KEYSTORE_PASSWORD: "secret words",
    };
    expect(faultsOf(bad).sort()).to.deep.equal(
      [
        "SUYUAN_DATA",
        "SUYUAN_TRUST",
        "SUYUAN_DEPARTMENT",
        "SUYUAN_PORT",
        "SUYUAN_LOG_LEVEL",
        "SUYUAN_RPC_URL",
        "SUYUAN_ALLOW_LOOPBACK",
        "SUYUAN_PROT",
      ].sort(),
    );
    try {
      readConfig(bad);
    } catch (error) {
      for (const language of ["zh", "en"] as const) {
        const message = (error as ConfigError).describe(language);
        for (const name of faultsOf(bad)) expect(message).to.include(name);
        expect(message).not.to.match(/hunter2|secret words|loud/);
      }
    }
  });

  it("needs an endpoint from somewhere", async () => {
    const file = join(folder, "no-rpc.json");
    await writeFile(file, JSON.stringify(trustJson({ ...TRUST, rpc: [] })));
    expect(faultsOf({ ...good, SUYUAN_TRUST: file })).to.deep.equal(["SUYUAN_RPC_URL"]);
    expect(readConfig({ ...good, SUYUAN_TRUST: file, SUYUAN_RPC_URL: "http://chain:8545" }).rpcUrl).to.equal(
      "http://chain:8545",
    );
  });

  it("is explained by --help in both languages", () => {
    for (const name of [...Object.keys(good), "SUYUAN_RPC_URL", "SUYUAN_PORT"]) expect(helpText()).to.include(name);
    expect(helpText()).to.include("数据目录").and.to.include("Data folder");
  });
});
