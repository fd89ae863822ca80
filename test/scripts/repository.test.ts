import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { countsCases } from "../faults/tally.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Forms in which secrets are written, each with what would be found. Put together here, so that this file is none. */
const SECRETS: Readonly<Record<string, { readonly form: RegExp; readonly sample: string }>> = {
  "a private key in PEM": {
    form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
    sample: `-----BEGIN EC ${"PRIVATE"} KEY-----`,
  },
  "a private key as a JSON Web Key": {
    form: /"d"\s*:\s*"[A-Za-z0-9_-]{43,}"/,
    sample: `"${"d"}": "${"A".repeat(43)}"`,
  },
  "a token of GitHub": { form: /\bgh[pousr]_[A-Za-z0-9]{36}/, sample: `ghp${"_"}${"a".repeat(36)}` },
  "a token of GitLab": { form: /\bglpat-[A-Za-z0-9_-]{20}/, sample: `glpat${"-"}${"a".repeat(20)}` },
  "a token of npm": { form: /\bnpm_[A-Za-z0-9]{36}/, sample: `npm${"_"}${"a".repeat(36)}` },
  "a key of a cloud": {
    form: /\b(?:AKIA|ASIA|LTAI)[A-Z0-9]{16}\b|\bLTAI[A-Za-z0-9]{20}\b/,
    sample: `AKI${"A"}${"A".repeat(16)}`,
  },
  "a password of the registry": { form: /_authToken\s*=|_password\s*=/, sample: `_auth${"Token"}=x` },
  "a keystore": { form: /"format"\s*:\s*"suyuan\/keystore\/1"/, sample: `"format": "suyuan/${"keystore"}/1"` },
};
/** Files that hold secrets, the memory of a process or a profile of it, whatever is in them. */
const NAMES =
  /(?:^|\/)(?:core(?:\.\d+)?|\.env(?:\..*)?|\.netrc|id_(?:rsa|ed25519)|keystore(?:-password)?(?:\.json)?|operators\.txt|isolate-.*\.log|.*\.(?:pem|key|p12|pfx|jks|heapsnapshot|heapdump|cpuprofile))$/;

/** What is in version control; undefined where there is none (a package, an archive). */
function committed(): readonly string[] | undefined {
  const { status, stdout } = spawnSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 });
  return status === 0 ? stdout.split("\0").filter((name) => name !== "") : undefined;
}

describe("the repository", function () {
  this.timeout(60_000);
  countsCases("surface");

  it("holds no secret, and no file that would", function () {
    const files = committed();
    if (files === undefined) {
      console.log("      skipped: not a working copy of the repository");
      return this.skip();
    }
    expect(files.length).to.be.greaterThan(100);
    expect(files.filter((name) => NAMES.test(name))).to.deep.equal([]);
    const found: string[] = [];
    for (const name of files) {
      const text = readFileSync(join(ROOT, name), "latin1");
      for (const [what, { form }] of Object.entries(SECRETS)) if (form.test(text)) found.push(`${name}: ${what}`);
    }
    expect(found).to.deep.equal([]);
  });

  it("would be found to hold one", () => {
    for (const [what, { form, sample }] of Object.entries(SECRETS)) expect(sample, what).to.match(form);
    for (const name of [
      "core",
      "a/core.123",
      ".env",
      "x/.env.local",
      "data/keystore.json",
      "a/b.pem",
      "isolate-0x1d44f000-1-v8.log",
    ])
      expect(name).to.match(NAMES);
    for (const name of ["node/core.ts", "test/node/core/life.test.ts", "sdk/client/keystore.ts"])
      expect(name).to.not.match(NAMES);
  });
});
