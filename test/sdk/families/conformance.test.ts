import { expect } from "chai";
import { creditPenalty } from "../../../sdk/families/credit-penalty.ts";
import { ecertificate } from "../../../sdk/families/ecertificate.ts";
import { findingTexts } from "../../../sdk/families/finding-texts.ts";
import { hintOf } from "../../../sdk/families/patterns.ts";
import { families } from "../../../sdk/families/registry.ts";
import { conformanceTo } from "../../../sdk/families/conformance.ts";
import { valueAt } from "../../../sdk/protocol/claims.ts";
import { findSubschema } from "../../../sdk/families/schema.ts";
import type { FamilySchema } from "../../../sdk/families/schema.ts";
import { parseSchema, validityOf } from "../../../sdk/protocol/schema.ts";
import { certificate, changedAll, found, licence, penalty } from "./documents.ts";

const KEYWORDS = [
  ..."type properties required additionalProperties items enum const pattern minLength maxLength minimum".split(" "),
  ..."maximum minItems maxItems format title description x-title-en x-personal".split(" "),
];

const documents = [certificate, licence, penalty];

function walk(schema: FamilySchema, visit: (schema: FamilySchema) => void): void {
  visit(schema);
  for (const member of Object.values(schema.properties ?? {})) walk(member, visit);
  if (schema.items) walk(schema.items, visit);
}

describe("family schemas", () => {
  for (const [index, family] of families.entries()) {
    describe(family.id, () => {
      it("keep to the profile of the protocol", () => {
        const parsed = parseSchema(family.schema);
        expect(parsed.required).to.deep.equal(family.schema["x-required-claims"]);
        walk(family.schema, (schema) => {
          const allowed = schema === family.schema ? [...KEYWORDS, "x-required-claims", "x-validity"] : KEYWORDS;
          expect(allowed).to.include.members(Object.keys(schema));
          expect(schema.title).to.match(/\p{Script=Han}/u);
          expect(schema["x-title-en"]).to.match(/^[A-Z][a-z]/);
          if (schema.type === "object") expect(schema.additionalProperties).to.equal(false);
        });
      });

      it("survive JSON", () => {
        expect(JSON.parse(JSON.stringify(family.schema))).to.deep.equal(family.schema);
      });

      it("require scalars that every document has", () => {
        for (const path of family.schema["x-required-claims"] ?? []) {
          const types = [findSubschema(family.schema, path)?.type].flat();
          expect(types).not.to.include.oneOf(["object", "array", undefined]);
          let parent: FamilySchema | undefined = family.schema;
          for (const segment of path) {
            expect(parent?.required).to.include(segment);
            parent = parent && findSubschema(parent, [segment]);
          }
          expect(valueAt(documents[index], path)).not.to.equal(undefined);
        }
      });

      it("give the header its validity", () => {
        const schema = parseSchema(family.schema);
        const read = (end: string | null | undefined) =>
          validityOf(schema, (path) => {
            const value = valueAt(documents[index], path);
            const claim = typeof value === "string" ? value : null;
            return end !== undefined && path.join(".") === schema.validityPaths.until?.join(".") ? end : claim;
          });
        expect(read(undefined).validFrom).to.equal(Date.parse("2025-03-01T00:00:00+08:00") / 1000);
        expect(read("2025-03-01").validUntil).to.equal(Date.parse("2025-03-02T00:00:00+08:00") / 1000);
        expect(read(null)).not.to.have.property("validUntil");
      });

      it("do not change by use", () => {
        const before = JSON.stringify(family.schema);
        family.validate(documents[index]);
        family.validate({});
        expect(JSON.stringify(family.schema)).to.equal(before);
        walk(family.schema, (schema) => expect(Object.getOwnPropertyNames(schema)).to.deep.equal(Object.keys(schema)));
      });

      it("refuse what is no object", () => {
        for (const wrong of [null, [], "text", 1, true]) expect(found(family, wrong)).to.include("schema.type ");
      });

      it("refuse a missing member, each by its path", () => {
        for (const name of family.schema.required ?? []) {
          expect(found(family, changedAll(documents[index], { [name]: undefined }))).to.include(
            `schema.required ${name}`,
          );
        }
      });
    });
  }

  it("mark personal data", () => {
    const personal = families.map(({ schema }) => {
      const paths: string[] = [];
      const search = (current: FamilySchema, path: string): void => {
        if (current["x-personal"]) paths.push(path);
        for (const [name, member] of Object.entries(current.properties ?? {})) search(member, `${path}/${name}`);
      };
      search(schema, "");
      return paths;
    });
    expect(personal).to.deep.equal([
      ["/holder/name", "/holder/code", "/extendInfo/businessLicence/legalRepresentative"],
      ["/counterpartyName"],
      ["/counterpartyName", "/legalRepresentative", "/violationFacts", "/remark"],
    ]);
  });
});

describe("conformance", () => {
  const only = (changes: Readonly<Record<string, unknown>>) => found(ecertificate, changedAll(certificate, changes));

  it("names the keyword and the path", () => {
    expect(only({ version: 2 })).to.include("schema.type version");
    expect(only({ status: "08" })).to.deep.equal(["schema.enum status"]);
    expect(only({ areaCode: "99010" })).to.deep.equal(["schema.pattern areaCode"]);
    expect(only({ certificateName: "" })).to.deep.equal(["schema.min-length certificateName"]);
    expect(only({ certificateName: "证".repeat(201) })).to.deep.equal(["schema.max-length certificateName"]);
    expect(only({ issueDate: "2025-02-29" })).to.include("schema.format issueDate");
    expect(only({ "attachments.0.size": -1 })).to.deep.equal(["schema.minimum attachments.0.size"]);
    expect(only({ "attachments.0.size": 2 ** 53 })).to.deep.equal(["schema.maximum attachments.0.size"]);
    expect(only({ "attachments.0.size": 1.5 })).to.deep.equal(["schema.type attachments.0.size"]);
    expect(only({ attachments: [] })).to.deep.equal(["schema.min-items attachments"]);
    const many = Array.from({ length: 65 }, () => certificate.attachments?.[0]);
    expect(only({ attachments: many })).to.deep.equal(["schema.max-items attachments"]);
    expect(only({ "holder.name": undefined })).to.deep.equal(["schema.required holder.name"]);
  });

  it("knows const", () => {
    const schema: FamilySchema = { type: "string", title: "常量", "x-title-en": "Constant", const: "a" };
    const findings = conformanceTo(schema)("b");
    expect(findings.map(({ code, values }) => [code, values["expected"]])).to.deep.equal([["schema.const", "a"]]);
    expect(conformanceTo(schema)("a")).to.deep.equal([]);
  });

  it("refuses spaces at either end and control characters in one line", () => {
    for (const wrong of [" 证", "证 ", "证\n照", "证\u0000", "\u3000证"]) {
      expect(only({ certificateName: wrong })).to.deep.equal(["schema.pattern certificateName"]);
    }
    expect(only({ "extendInfo.businessLicence.businessScope": "一\n二" })).to.deep.equal([]);
  });

  it("says in words what a pattern asks for", () => {
    for (const family of families) {
      walk(family.schema, ({ pattern }) => {
        if (pattern !== undefined) expect(hintOf(pattern)).to.match(/^\S.*\p{Script=Han}.*\)$/u);
      });
    }
    expect(hintOf("^a$")).to.equal("^a$");
  });

  it("names every missing member once", () => {
    const names = found(creditPenalty, {});
    expect(names).to.deep.equal((creditPenalty.schema.required ?? []).map((name) => `schema.required ${name}`));
  });

  it("gives an unknown member's place and the nearest name, not its own", () => {
    const findings = ecertificate.validate(changedAll(certificate, { "holder.codType": "001" }));
    expect(findings.map(({ code, path, values }) => ({ code, path, values }))).to.deep.equal([
      {
        code: "schema.additional-properties",
        path: ["holder"],
        values: { field: "holder", title: "持证主体", titleEn: "Holder", ordinal: 4, nearest: "codeType" },
      },
    ]);
  });

  it("is not misled by names of the language", () => {
    const hostile: unknown = JSON.parse(
      `{"__proto__": {"status": "01"}, "constructor": 1, "toString": "x", "\\ud800": 1}`,
    );
    const codes = found(ecertificate, hostile).filter((it) => it.startsWith("schema.additional"));
    expect(codes).to.have.lengthOf(4);
    expect(found(ecertificate, hostile)).to.include("schema.required status");
  });

  it("lets rules see only what the schema found sound", () => {
    expect(only({ "issuingAuthority.code": 5 })).to.deep.equal(["schema.type issuingAuthority.code"]);
    expect(only({ certificateIdentifier: null })).to.deep.equal(["schema.type certificateIdentifier"]);
    expect(only({ holder: "甲" })).to.deep.equal(["schema.type holder"]);
    expect(only({ "validity.start": "2045-02-30" })).to.deep.equal(["schema.format validity.start"]);
  });

  it("reports everything in one go", () => {
    const wrong = changedAll(certificate, { status: "02", version: "9", "holder.code": "1", "copy.cause": undefined });
    expect(found(ecertificate, wrong)).to.have.members([
      "schema.pattern version",
      "schema.required copy.cause",
      "uscc.length holder.code",
      "ecertificate.status-operation status",
    ]);
  });

  it("treats a wrong asOf as the caller's mistake", () => {
    expect(() => ecertificate.validate(certificate, { asOf: "2025-13-01" })).to.throw(TypeError);
  });
});

describe("findings", () => {
  const SECRET = "机密文字X";

  function poison(value: unknown, seen: (poisoned: unknown) => void, rebuild: (inner: unknown) => unknown): void {
    seen(rebuild(SECRET));
    if (typeof value !== "object" || value === null) return;
    seen(rebuild({ ...value, [SECRET]: 1 }));
    for (const [key, member] of Object.entries(value)) {
      poison(member, seen, (inner) => rebuild(Array.isArray(value) ? [inner] : { ...value, [key]: inner }));
    }
  }

  for (const [index, family] of families.entries()) {
    it(`of ${family.id} never hold text of the document`, () => {
      let checked = 0;
      const check = (document: unknown): void => {
        for (const finding of family.validate(document, { asOf: "2025-01-01" })) {
          const shown = [finding.message, finding.describe("zh"), finding.describe("en"), finding.remedy("zh")];
          const all = JSON.stringify([...shown, finding.remedy("en"), finding.path, finding.values, finding.stack]);
          expect(all).not.to.include(SECRET);
          expect(all).not.to.match(/\{[a-z]\w*\}/iu);
          checked += 1;
        }
      };
      poison(documents[index], check, (inner) => inner);
      expect(checked).to.be.greaterThan(20);
    });
  }

  it("have a text and a remedy in both languages for every code", () => {
    for (const { zh, en, remedy } of Object.values(findingTexts)) {
      for (const text of [zh, remedy.zh]) expect(text).to.match(/\p{Script=Han}/u);
      for (const text of [en, remedy.en]) expect(text).to.match(/^(?:[A-Z“{])/u);
    }
  });
});
