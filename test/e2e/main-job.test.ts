import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { Evaluation, ROOT } from "./evaluation.ts";
import { logsOf, secretsOf, shownOf } from "./secrets.ts";

const AS = demoDepartments.tradingCentre.uscc;
const PURPOSE = "bid-qualification-review";
const START_MS = 240_000;

/** Every place of a JSON value that holds a scalar, with a value of the same type that differs. */
function* mutations(
  value: Json,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; value: Json }> {
  if (Array.isArray(value)) for (const [i, item] of (value as Json[]).entries()) yield* mutations(item, [...path, i]);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value as JsonObject)) yield* mutations(item, [...path, key]);
  } else if (typeof value === "string") yield { path, value: flipped(value) };
  else if (typeof value === "number") yield { path, value: value + 1 };
  else if (typeof value === "boolean") yield { path, value: !value };
  else yield { path, value: "" };
}

function flipped(text: string): string {
  if (text === "") return "x";
  const last = text.at(-1) ?? "";
  return text.slice(0, -1) + (last === "1" ? "2" : "1");
}

function changed(document: Json, path: readonly (string | number)[], value: Json): Json {
  const copy = structuredClone(document) as never;
  let at: Record<string | number, Json> = copy;
  for (const part of path.slice(0, -1)) at = at[part] as never;
  at[path.at(-1) ?? ""] = value;
  return copy;
}

describe("npm start: the main job", function () {
  this.timeout(START_MS);
  let evaluation: Evaluation;
  let evidence: JsonObject;
  const file = (name: string, content: unknown): string => {
    const path = join(evaluation.home, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const verify = (path: string, ...more: string[]) => evaluation.suyuan("verify", path, ...more);
  const verifyUse = (path: string, ...more: string[]) => verify(path, "--as", AS, "--purpose", PURPOSE, ...more);

  before(async () => {
    evaluation = await Evaluation.create();
    await evaluation.start("Serving");
    evidence = evaluation.readJson("demo", "business-licence.evidence.json") as JsonObject;
  });
  after(async () => {
    await evaluation.stop();
    evaluation.remove();
  });

  describe("the kept evidence", () => {
    it("is verified for its audience and purpose, with the trust file found by default", () => {
      const { code, stdout } = verifyUse("data/demo/business-licence.evidence.json");
      expect(code, stdout).to.equal(0);
    });

    it("is verified with a second opinion", () => {
      expect(verifyUse("data/demo/business-licence.evidence.json", "--second-opinion").code).to.equal(0);
    });

    it("is confirmed by an independent script that uses only merkletreejs and ethers", () => {
      const directory = readFileSync(evaluation.path("directory"), "utf8").trim();
      const { code, stdout } = evaluation.node(
        join(ROOT, "scripts/independent-check.ts"),
        evaluation.path("demo/business-licence.evidence.json"),
        evaluation.rpcUrl,
        directory,
      );
      expect(code, stdout).to.equal(0);
    });

    it("is rejected for another department and for another purpose", () => {
      const path = evaluation.path("demo/business-licence.evidence.json");
      expect(verify(path, "--as", demoDepartments.ecology.uscc, "--purpose", PURPOSE).code).to.equal(1);
      expect(verify(path, "--as", AS, "--purpose", "marketing").code).to.equal(1);
    });

    it("is not verified with its delivery cut out, under either policy", () => {
      const { delivery, ...rest } = evidence;
      expect(delivery).to.be.an("object");
      const path = file("cut.json", rest);
      expect(verifyUse(path).code).to.equal(1);
      expect(verify(path).code).to.equal(1);
    });

    it("is not verified against another ledger's trust file", () => {
      const trust = evaluation.readJson("trust.json") as { ledger: JsonObject };
      const other = file("other-trust.json", {
        ...trust,
        ledger: { ...trust.ledger, directory: `0x${"11".repeat(20)}` },
      });
      expect(verifyUse(evaluation.path("demo/business-licence.evidence.json"), "--trust", other).code).to.be.oneOf([
        1, 2,
      ]);
    });

    it("is rejected with any single value changed", () => {
      const places = [...mutations(evidence)].filter(({ path }) => path[0] !== "schema");
      // One process a change is slow: every place is tried in-process by the verifier's own tests, a spread of them here.
      const step = Math.ceil(places.length / 12);
      for (const { path, value } of places.filter((_, i) => i % step === 0)) {
        expect(verifyUse(file("changed.json", changed(evidence, path, value))).code, path.join(".")).to.equal(1);
      }
    });
  });

  describe("the set-up", () => {
    it("shares the claims granted beside the required ones, and no other", () => {
      const { disclosed } = evidence.claims as { disclosed: { path: string[] }[] };
      const optional = disclosed.map(({ path }) => path.join(".")).filter((path) => path.startsWith("extendInfo"));
      expect(optional.sort()).to.deep.equal(
        ["businessScope", "establishedOn", "registeredCapitalFen"].map((name) => `extendInfo.businessLicence.${name}`),
      );
      expect(disclosed).to.have.length(13);
    });

    it("shows no secret in the list of processes, nor in what its programs print and log", async () => {
      const secrets = await secretsOf(evaluation);
      const processes = shownOf(evaluation);
      expect(processes.filter((line) => line.includes("node/main.ts")).length).to.be.greaterThan(2);
      const logs = logsOf(evaluation);
      expect(Object.keys(logs).length).to.be.greaterThan(2);
      for (const [place, text] of Object.entries({
        ...logs,
        processes: processes.join("\n"),
        output: evaluation.output,
      }))
        for (const secret of secrets) expect(text.includes(secret), place).to.equal(false);
    });

    it("is undetermined, never verified, with the chain stopped; and goes on where it stopped", async () => {
      await evaluation.stop();
      expect(verifyUse("data/demo/business-licence.evidence.json").code).to.equal(2);
      await evaluation.start("Serving");
      expect(evaluation.output).not.to.include("ingested");
      expect(verifyUse("data/demo/business-licence.evidence.json").code).to.equal(0);
    });

    it("leaves stores in which fsck finds nothing wrong", async () => {
      await evaluation.stop();
      const { code, stdout, stderr } = evaluation.suyuan("fsck", "--data", "data");
      expect(code, stdout + stderr).to.equal(0);
    });
  });
});
