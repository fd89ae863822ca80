import { expect } from "chai";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import { ProtocolError } from "../../../sdk/protocol/protocol-error.ts";
import { parseTrust, parseTrustBytes, trustJson } from "../../../sdk/verify/trust.ts";

const GOOD = {
  format: "suyuan/trust/1",
  ledger: { chainId: 4701, genesis: `0x${"ab".repeat(32)}`, directory: `0x${"cd".repeat(20)}` },
  rpc: ["http://127.0.0.1:4701"],
  maximumLagSeconds: null,
  evaluation: true,
  finality: { tag: "latest" },
} as const;

const codeOf = (value: Json): string => {
  try {
    parseTrust(value);
    return "";
  } catch (error) {
    return error instanceof ProtocolError ? error.code : "other";
  }
};

describe("parseTrust", () => {
  it("reads what trustJson writes", () => {
    const trust = parseTrust(GOOD);
    expect(trust.ledger).to.deep.equal(GOOD.ledger);
    expect(trust.maximumLagSeconds).to.equal(null);
    expect(parseTrust(trustJson(trust))).to.deep.equal(trust);
    expect(parseTrust({ ...GOOD, maximumLagSeconds: 30 }).maximumLagSeconds).to.equal(30);
  });

  it("refuses another format, an unknown member, a missing one, and a wrong form", () => {
    expect(codeOf({ ...GOOD, format: "suyuan/trust/2" })).to.equal("version.unknown");
    expect(codeOf({ ...GOOD, extra: 1 })).to.equal("shape.unknown");
    expect(codeOf({ ...GOOD, ledger: { ...GOOD.ledger, extra: 1 } })).to.equal("shape.unknown");
    expect(codeOf({ ...GOOD, finality: { tag: "pending" } })).to.equal("shape.format");
    expect(codeOf({ ...GOOD, maximumLagSeconds: 0 })).to.equal("shape.type");
    expect(codeOf({ ...GOOD, evaluation: "yes" })).to.equal("shape.type");
    expect(codeOf({ ...GOOD, rpc: ["file:///etc/passwd"] })).to.equal("shape.format");
    expect(codeOf({ ...GOOD, rpc: ["nonsense"] })).to.equal("shape.format");
    expect(codeOf({ ...GOOD, ledger: { ...GOOD.ledger, directory: GOOD.ledger.genesis } })).to.equal("shape.format");
    for (const member of Object.keys(GOOD)) {
      const { [member as keyof typeof GOOD]: _removed, ...rest } = GOOD;
      expect(codeOf(rest), member).to.equal("shape.missing");
    }
  });

  it("refuses bytes that are no strict JSON", () => {
    expect(() => parseTrustBytes(utf8('{"format":1,"format":2}'))).to.throw(ProtocolError);
  });
});
