import { expect } from "chai";
import { approvalJson, parseApproval } from "../../../sdk/cli/approval.ts";
import { ProtocolError } from "../../../sdk/protocol/protocol-error.ts";
import { intentBytes } from "../../../sdk/protocol/destruction.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}` as const;
const approval = {
  intent: {
    ledger: hash("1"),
    scope: hash("2"),
    seq: 7,
    record: hash("3"),
    reason: "retention-over",
    at: 1_772_413_200,
  },
  approvals: [{ key: "11990100990100018P/1", signature: "A".repeat(86) }],
};

describe("a decision to destroy", () => {
  it("is signed over its tag and canonical form", () => {
    expect(new TextDecoder().decode(intentBytes(approval.intent))).to.equal(
      `suyuan/destruction-intent/1{"at":1772413200,"ledger":"${hash("1")}","reason":"retention-over","record":"${hash("3")}","scope":"${hash("2")}","seq":7}`,
    );
  });

  it("is read as it was written", () => {
    expect(parseApproval(approvalJson(approval))).to.deep.equal(approval);
  });

  const changed: [string, object][] = [
    ["another format", { format: "suyuan/destruction-approval/2" }],
    ["a member nobody knows", { more: 1 }],
    ["no signatures member", { approvals: undefined }],
    ["an intent that is none", { intent: { ...approval.intent, seq: -1 } }],
    ["a member more in the intent", { intent: { ...approval.intent, force: true } }],
    ["a signature that is none", { approvals: [{ key: "x", signature: "y" }] }],
  ];
  for (const [what, change] of changed)
    it(`is refused with ${what}`, () => {
      const value = JSON.parse(JSON.stringify({ ...(approvalJson(approval) as object), ...change })) as never; // JSON of any form.
      expect(() => parseApproval(value)).to.throw(ProtocolError);
    });
});
