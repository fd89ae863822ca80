import { expect } from "chai";
import { prefinancingFlags } from "../../../sdk/oversight/project/prefinancing-flags.ts";
import { noticeFlags, openingFlags, unreturnedFlags } from "../../../sdk/oversight/project/tender-flags.ts";

const rulesOf = (flags: readonly { readonly rule: string }[]) => flags.map(({ rule }) => rule);

describe("flags of tenders and of pre-financed works", () => {
  const opening = { lot: 1, openedAt: 1000, tender: { deadline: 0 }, notices: [] };

  it("an opening is flagged while an objection is open, not once it was answered", () => {
    const objection = { kind: "objection", givenAt: 500, about: 0 } as const;
    expect(openingFlags(opening)).to.deep.equal([]);
    expect(openingFlags({ ...opening, notices: [objection] })[0]).to.deep.include({
      rule: "opened-at-rest",
      subject: "1",
      inputs: [
        { path: "/openedAt", value: 1000 },
        { path: "/notices/1", value: 500 },
      ],
    });
    const answered = (givenAt: number) => [{ ...objection, about: 2 }, { kind: "answer", givenAt, about: 1 } as const];
    expect(openingFlags({ ...opening, notices: answered(1000) })).to.deep.equal([]);
    expect(openingFlags({ ...opening, notices: answered(1001) })).to.have.length(1);
    expect(openingFlags({ ...opening, notices: [{ ...objection, givenAt: 1001 }] })).to.deep.equal([]);
  });

  it("an opening before the postponed deadline is flagged, at it not", () => {
    expect(openingFlags({ ...opening, tender: { deadline: 1000 } })).to.deep.equal([]);
    expect(rulesOf(openingFlags({ ...opening, tender: { deadline: 1001 } }))).to.deep.equal(["opened-at-rest"]);
  });

  it("answers and returns of bonds are flagged above their days; other notices never", () => {
    const given = { lot: 2, number: 4, limit: 3 };
    expect(noticeFlags({ ...given, kind: "answer", actual: 3 })).to.deep.equal([]);
    expect(noticeFlags({ ...given, kind: "answer", actual: 4 })).to.deep.equal([
      {
        ...{ rule: "objection-answered-late", subject: "2", actual: 4, limit: 3 },
        inputs: [{ path: "/notices/4", value: 4 }],
      },
    ]);
    expect(rulesOf(noticeFlags({ ...given, kind: "bond-return", actual: 4 }))).to.deep.equal(["bonds-returned-late"]);
    for (const kind of ["clarification", "objection", "postponement"] as const)
      expect(noticeFlags({ ...given, kind, actual: 4 })).to.deep.equal([]);
  });

  it("bonds of which nobody spoke are flagged when their days are over", () => {
    const due = { lot: 1, limit: 5, tender: { bondsReturnedAt: 0 } };
    expect(unreturnedFlags({ ...due, actual: 5 })).to.deep.equal([]);
    expect(rulesOf(unreturnedFlags({ ...due, actual: 6 }))).to.deep.equal(["bonds-returned-late"]);
    expect(unreturnedFlags({ ...due, actual: 6, tender: { bondsReturnedAt: 1 } })).to.deep.equal([]);
  });

  it("works beyond what was planned are flagged, up to it not", () => {
    const lots = [
      { value: 1000n, progress: 5000 },
      { value: 200n, progress: 10_000 },
    ];
    const works = { number: 1, lots, before: 0, paid: 0n };
    expect(prefinancingFlags({ ...works, planned: 700n })).to.deep.equal([]);
    expect(prefinancingFlags({ ...works, planned: 699n })[0]).to.include({
      ...{ rule: "works-unfunded", subject: "", actual: 700, limit: 699 },
    });
  });

  it("what was reported before and is not paid is flagged from a fifth of the contract on", () => {
    const works = { number: 1, lots: [{ value: 1000n, progress: 9000 }], planned: 1000n, before: 5000 };
    expect(prefinancingFlags({ ...works, paid: 301n })).to.deep.equal([]);
    expect(prefinancingFlags({ ...works, paid: 300n })[0]).to.include({
      ...{ rule: "payment-behind", subject: "1", actual: 300, limit: 500 },
    });
    // The first report is not behind by itself: nobody can have paid for it yet.
    expect(prefinancingFlags({ ...works, before: 0, paid: 0n })).to.deep.equal([]);
  });
});
