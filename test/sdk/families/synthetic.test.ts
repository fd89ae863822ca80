import { expect } from "chai";
import fc from "fast-check";
import { affectedCertificates, creditPenalty } from "../../../sdk/families/credit-penalty.ts";
import { creditLicence } from "../../../sdk/families/credit-licence.ts";
import { DEMO_REGION, demoDepartments } from "../../../sdk/families/demo-departments.ts";
import { ecertificate } from "../../../sdk/families/ecertificate.ts";
import { createPrng } from "../../../sdk/families/prng.ts";
import { SYNTHETIC_TODAY, addDays, lastDayOf, syntheticCompany } from "../../../sdk/families/synthetic-companies.ts";
import { generateCertificates, syntheticCertificate } from "../../../sdk/families/synthetic-certificates.ts";
import { generateCreditLicences, generateCreditPenalties } from "../../../sdk/families/synthetic.ts";
import { flatten } from "../../../sdk/protocol/claims.ts";
import { parseUscc } from "../../../sdk/protocol/identifiers/uscc.ts";

const COUNT = 1000;
const judged = { asOf: SYNTHETIC_TODAY };

describe("synthetic data", () => {
  const certificates = [...generateCertificates({ seed: 1, count: COUNT })];
  const licences = [...generateCreditLicences({ seed: 1, count: COUNT })];
  const penalties = [...generateCreditPenalties({ seed: 1, count: COUNT })];

  it("is valid, 1,000 of each", function () {
    this.timeout(20_000);
    const sets = [
      [ecertificate, certificates],
      [creditLicence, licences],
      [creditPenalty, penalties],
    ] as const;
    for (const [family, documents] of sets) {
      expect(documents).to.have.lengthOf(COUNT);
      for (const document of documents) expect(family.validate(document, judged)).to.deep.equal([]);
    }
  });

  it("has unique numbers", () => {
    expect(new Set(certificates.map((it) => it.certificateIdentifier))).to.have.lengthOf(COUNT);
    expect(new Set(certificates.map((it) => it.certificateNumber))).to.have.lengthOf(COUNT);
    expect(new Set(certificates.map((it) => it.holder.code))).to.have.lengthOf(COUNT);
    expect(new Set(certificates.map((it) => it.holder.name))).to.have.lengthOf(COUNT);
    expect(new Set(licences.map((it) => it.decisionNumber))).to.have.lengthOf(COUNT);
    expect(new Set(penalties.map((it) => it.decisionNumber))).to.have.lengthOf(COUNT);
  });

  it("is the same for the same seed and other for another", () => {
    expect([...generateCertificates({ seed: 1, count: 20 })]).to.deep.equal(certificates.slice(0, 20));
    expect([...generateCreditLicences({ seed: 1, count: 20 })]).to.deep.equal(licences.slice(0, 20));
    expect([...generateCreditPenalties({ seed: 1, count: 20 })]).to.deep.equal(penalties.slice(0, 20));
    const other = [...generateCertificates({ seed: 2, count: 20 })];
    for (const [index, it] of other.entries()) expect(it.holder).not.to.deep.equal(certificates[index]?.holder);
  });

  it("can begin anywhere", () => {
    expect([...generateCertificates({ seed: 1, count: 5, first: 995 })]).to.deep.equal(certificates.slice(995));
    expect([...generateCreditPenalties({ seed: 1, count: 5, first: 995 })]).to.deep.equal(penalties.slice(995));
    expect(syntheticCertificate({ seed: 1 }, 500)).to.deep.equal(certificates[500]);
  });

  it("is made one document at a time", () => {
    const endless = generateCertificates({ seed: 1, count: Number.MAX_SAFE_INTEGER });
    expect(endless.next().value).to.deep.equal(certificates[0]);
    endless.return();
  });

  it("names only what is marked as invented, in a region that does not exist", () => {
    for (const { holder, extendInfo } of certificates) {
      expect(holder.name).to.match(/^溯源市示例/u);
      expect(parseUscc(holder.code).division).to.equal(DEMO_REGION);
      expect(extendInfo?.businessLicence?.legalRepresentative).to.match(/^演示/u);
    }
    for (const { counterpartyName, legalRepresentative } of penalties) {
      expect(counterpartyName).to.match(/示例|^演示/u);
      if (legalRepresentative !== null) expect(legalRepresentative).to.match(/^演示/u);
    }
  });

  it("has about 25 claims in a certificate", () => {
    for (const certificate of certificates.slice(0, 50)) expect(flatten(certificate).length).to.be.within(25, 35);
  });

  it("refers to the same companies in all three sets", () => {
    const byCode = new Map(certificates.map(({ holder }) => [holder.code, holder.name]));
    for (const { counterpartyCode, counterpartyName } of licences) {
      expect(byCode.get(counterpartyCode ?? "")).to.equal(counterpartyName);
    }
    const companies = penalties.filter((it) => it.counterpartyCategory === "法人及非法人组织");
    for (const it of companies) expect(byCode.get(it.counterpartyCode ?? "")).to.equal(it.counterpartyName);
    expect(companies.length).to.be.within(750, 950);
  });

  it("has penalties of every category, and some that affect a certificate of their party", () => {
    expect(new Set(penalties.map((it) => it.counterpartyCategory))).to.have.lengthOf(3);
    const byIdentifier = new Map(certificates.map((it) => [it.certificateIdentifier, it]));
    const affecting = penalties.filter((it) => affectedCertificates(it).length > 0);
    expect(affecting.length).to.be.within(5, 50);
    for (const it of affecting) {
      const certificate = byIdentifier.get(affectedCertificates(it)[0] ?? "");
      expect(certificate?.holder.code).to.equal(it.counterpartyCode);
      expect(it.decisionDate >= (certificate?.issueDate ?? "9999")).to.equal(true);
    }
  });

  it("takes issuer, defining authority, deciding authority and day from the options", () => {
    const { ecology, tradingCentre } = demoDepartments;
    const options = { seed: 3, count: 20, asOf: "2024-06-30" };
    const certificateOptions = { issuer: ecology, definingAuthority: tradingCentre };
    for (const it of generateCertificates({ ...options, ...certificateOptions })) {
      expect(it.issuingAuthority.code).to.equal(ecology.uscc);
      expect(it.definingAuthority.code).to.equal(tradingCentre.uscc);
      expect(ecertificate.validate(it, { asOf: options.asOf })).to.deep.equal([]);
    }
    for (const it of generateCreditPenalties({ ...options, authority: ecology, certificates: certificateOptions })) {
      expect(it.authorityCode).to.equal(ecology.uscc);
      expect(it.decisionNumber.startsWith("溯环罚〔")).to.equal(true);
      expect(creditPenalty.validate(it, { asOf: options.asOf })).to.deep.equal([]);
    }
  });

  it("is valid for any seed and any index", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 800_000_000 }), (seed, index) => {
        expect(ecertificate.validate(syntheticCertificate({ seed }, index), judged)).to.deep.equal([]);
        const credit = { seed, count: 1, first: index };
        for (const it of generateCreditLicences(credit)) expect(creditLicence.validate(it, judged)).to.deep.equal([]);
        for (const it of generateCreditPenalties(credit)) expect(creditPenalty.validate(it, judged)).to.deep.equal([]);
      }),
      { numRuns: 100 },
    );
  });

  it("gives two companies neither the same code nor the same name", () => {
    const indices = [...Array(3000).keys(), 31 ** 6 - 1, 31 ** 5, 31 ** 3];
    const companies = indices.map((index) => syntheticCompany({ seed: 9, index }));
    expect(new Set(companies.map(({ uscc }) => uscc))).to.have.lengthOf(indices.length);
    expect(new Set(companies.map(({ name }) => name))).to.have.lengthOf(indices.length);
  });
});

describe("demo departments", () => {
  it("have valid, different codes of the demo region", () => {
    const departments = Object.values(demoDepartments);
    expect(new Set(departments.map(({ uscc }) => uscc))).to.have.lengthOf(4);
    for (const { uscc, region, level, nameZh, nameEn } of departments) {
      expect(parseUscc(uscc).division).to.equal(region);
      expect(region).to.equal(DEMO_REGION);
      expect(level).to.equal("city");
      expect(nameZh).to.match(/^溯源市/u);
      expect(nameEn).to.match(/^Suyuan City/);
    }
  });
});

describe("days", () => {
  it("move over months and leap years", () => {
    expect(addDays("2024-02-28", 1)).to.equal("2024-02-29");
    expect(addDays("2025-12-31", 1)).to.equal("2026-01-01");
    expect(lastDayOf("2024-03-01", 1)).to.equal("2025-02-28");
    expect(lastDayOf("2024-02-29", 1)).to.equal("2025-02-28");
    expect(lastDayOf("2024-01-01", 20)).to.equal("2043-12-31");
  });
});

describe("prng", () => {
  it("gives the same numbers for the same seed, stream and index only", () => {
    const first = (seed: number, stream: string, index: number) => {
      const prng = createPrng({ seed, stream, index });
      return [prng.uint32(), prng.uint32(), prng.uint32()];
    };
    expect(first(1, "a", 0)).to.deep.equal(first(1, "a", 0));
    const all = [first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1), first(1, "ab", 0)];
    expect(new Set(all.map((it) => it.join()))).to.have.lengthOf(all.length);
  });

  it("follows xoshiro128** from its state", () => {
    // The generator restated from its published definition, on 64-bit integers instead of 32-bit operators.
    const mask = 0xffff_ffffn;
    const rotate = (value: bigint, bits: bigint) => ((value << bits) | (value >> (32n - bits))) & mask;
    const mix = (counter: bigint) => {
      let value = (counter + 0x9e37_79b9n) & mask;
      value = ((value ^ (value >> 16n)) * 0x21f0_aaadn) & mask;
      value = ((value ^ (value >> 15n)) * 0x735a_2d97n) & mask;
      return value ^ (value >> 15n);
    };
    let mixed = mix(5n);
    for (const character of "s") mixed = mix(mixed ^ BigInt(character.codePointAt(0) ?? 0));
    mixed = mix(mixed ^ mix(2n));
    const state = [mix(mixed), mix((mixed + 1n) & mask), mix((mixed + 2n) & mask), mix((mixed + 3n) & mask) | 1n];
    const prng = createPrng({ seed: 5, stream: "s", index: 2 });
    for (let round = 0; round < 1000; round += 1) {
      let [a = 0n, b = 0n, c = 0n, d = 0n] = state;
      const expected = (rotate((b * 5n) & mask, 7n) * 9n) & mask;
      const shifted = (b << 9n) & mask;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotate(d, 11n);
      state.splice(0, 4, a, b, c, d);
      expect(prng.uint32()).to.equal(Number(expected));
    }
  });

  it("stays below the limit and reaches every value", () => {
    const prng = createPrng({ seed: 1, stream: "below", index: 0 });
    const seen = new Set(Array.from({ length: 500 }, () => prng.below(6)));
    expect([...seen].toSorted()).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(() => prng.pick([])).to.throw(TypeError);
  });
});
