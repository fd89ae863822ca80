import { expect } from "chai";
import { CERTIFICATE_OPERATIONS, CERTIFICATE_STATES } from "../../../sdk/families/certificate-codes.ts";
import { ecertificate } from "../../../sdk/families/ecertificate.ts";
import { composeCertificateIdentifier } from "../../../sdk/protocol/identifiers/certificate-identifier.ts";
import {
  AUTHORITY,
  certificate,
  changedAll,
  COMPANY,
  found,
  IDENTIFIER,
  ISSUER,
  OTHER_ISSUER,
  PERSON,
  PREDECESSOR,
} from "./documents.ts";

type Changes = Readonly<Record<string, unknown>>;

const expectFound = (changes: Changes, expected: readonly string[], options = {}) =>
  expect(found(ecertificate, changedAll(certificate, changes), options)).to.deep.equal(expected);

const sibling = (serial: string, version: string, other: { issuer?: string; typeCode?: string } = {}) =>
  composeCertificateIdentifier({ typeCode: `${AUTHORITY}001`, issuer: ISSUER, ...other, serial, version });

describe("ecertificate", () => {
  it("accepts a full document, judged on a day or not", () => {
    expectFound({}, []);
    expectFound({}, [], { asOf: "2025-04-01" });
  });

  it("accepts a document with the required members only", () => {
    const optional = { predecessor: undefined, relatedItem: undefined, copy: undefined, attachments: undefined };
    expectFound({ ...optional, extendInfo: undefined }, []);
    expectFound({ extendInfo: {} }, []);
  });

  it("names itself by the certificate number", () => {
    expect(ecertificate.businessKey(certificate)).to.equal("990100000000001");
    expect(() => ecertificate.businessKey({}))
      .to.throw()
      .with.property("code", "family.business-key-missing");
  });

  describe("identifier", () => {
    it("that is wrong is reported with the identifier's own codes", () => {
      expectFound({ certificateIdentifier: `${IDENTIFIER.slice(0, -1)}E` }, [
        "certificate.check certificateIdentifier",
      ]);
    });

    it("with a region as issuer is told apart", () => {
      const regional = IDENTIFIER.replace(ISSUER, "990100");
      expectFound({ certificateIdentifier: regional }, [
        "certificate.issuer-region-code certificateIdentifier",
        "certificate.check certificateIdentifier",
      ]);
    });

    it("must carry the issuing authority's code", () => {
      expectFound({ "issuingAuthority.code": OTHER_ISSUER }, ["ecertificate.issuer-mismatch issuingAuthority.code"]);
    });

    it("must carry the type code", () => {
      expectFound({ "certificateType.code": `${AUTHORITY}002` }, ["ecertificate.type-mismatch certificateType.code"]);
    });

    it("must carry the version", () => {
      expectFound({ version: "003" }, ["ecertificate.version-mismatch version"]);
    });

    it("must begin its type with the defining authority", () => {
      expectFound({ "definingAuthority.code": OTHER_ISSUER }, ["ecertificate.definer-mismatch definingAuthority.code"]);
    });
  });

  describe("codes of authorities", () => {
    it("must be valid", () => {
      expectFound({ "issuingAuthority.code": "11990100990100027J" }, [
        "uscc.organisation-check issuingAuthority.code",
        "uscc.check issuingAuthority.code",
        "ecertificate.issuer-mismatch issuingAuthority.code",
      ]);
      expectFound({ "definingAuthority.code": "11990100990100018Q" }, [
        "uscc.check definingAuthority.code",
        "ecertificate.definer-mismatch definingAuthority.code",
      ]);
    });
  });

  describe("holder", () => {
    it("of type 001 has a valid unified social credit code", () => {
      expectFound({ "holder.code": COMPANY.replace("P", "Q") }, ["uscc.check holder.code"]);
    });

    it("of type 111 has a valid citizen number", () => {
      const person = { "holder.codeType": "111", "holder.code": PERSON };
      expectFound(person, []);
      expectFound({ ...person, "holder.code": "990100200001010019" }, ["citizen.check holder.code"]);
    });

    it("of type 111 is born by the day of the check", () => {
      const person = { "holder.codeType": "111", "holder.code": PERSON };
      const before = found(ecertificate, changedAll(certificate, person), { asOf: "1999-12-31" });
      expect(before).to.include("citizen.birth-date-future holder.code");
    });

    it("of another type is not checked", () => {
      expectFound({ "holder.codeType": "414", "holder.code": "G12345678" }, []);
    });

    it("of type 001 must not be a person", () => {
      expectFound({ "holder.code": PERSON }, [
        "uscc.category holder.code",
        "uscc.organisation-check holder.code",
        "uscc.check holder.code",
      ]);
    });
  });

  describe("dates", () => {
    it("of validity are in order, an open end included", () => {
      expectFound({ "validity.start": "2045-02-28" }, []);
      expectFound({ "validity.start": "2045-03-01" }, ["family.period-reversed validity.end"]);
      expectFound({ "validity.start": "2045-03-01", "validity.end": null }, []);
    });

    it("of issue lie before the end of validity", () => {
      expectFound({ issueDate: "2045-03-01", copy: undefined }, ["family.period-reversed validity.end"]);
    });

    it("of the copy lie after issue, by the day in UTC+8", () => {
      expectFound({ "copy.createdAt": "2025-02-28T16:30:00Z" }, []);
      expectFound({ "copy.createdAt": "2025-02-28T15:30:00Z" }, ["family.period-reversed copy.createdAt"]);
    });

    it("of the copy are in order", () => {
      expectFound({ "copy.expiresAt": "2025-04-01T09:00:00+08:00" }, []);
      expectFound({ "copy.expiresAt": "2025-04-01T08:59:59+08:00" }, ["family.period-reversed copy.expiresAt"]);
    });

    it("of establishment lie before issue", () => {
      const path = "extendInfo.businessLicence.establishedOn";
      expectFound({ [path]: "2025-03-01" }, []);
      expectFound({ [path]: "2025-03-02" }, ["family.period-reversed issueDate"]);
    });

    it("do not lie after the day of the check", () => {
      expectFound({ copy: undefined }, [], { asOf: "2025-03-01" });
      expectFound({ copy: undefined }, ["family.future-date issueDate"], { asOf: "2025-02-28" });
      expectFound({}, ["family.future-date copy.createdAt"], { asOf: "2025-03-31" });
    });
  });

  describe("status and operation", () => {
    for (const [operation, { states }] of Object.entries(CERTIFICATE_OPERATIONS)) {
      const allowed: readonly string[] = states;
      for (const status of Object.keys(CERTIFICATE_STATES)) {
        const fits = allowed.includes(status);
        it(`${operation} ${fits ? "allows" : "excludes"} ${status}`, () => {
          const changes = { operation, status, predecessor: undefined };
          expectFound(changes, fits ? [] : ["ecertificate.status-operation status"]);
        });
      }
    }

    it("follow the published table", () => {
      const states = Object.entries(CERTIFICATE_OPERATIONS).map(([code, it]) => [code, ...it.states].join(" "));
      const any = "07 01 02 03 04 05 06 07 99";
      expect(states.toSorted()).to.deep.equal(
        ["01 01", "02 01", "03 02", "04 05", "05 03 04 06 07", "06 01", any, "08 01", "09 01", "10 01"].toSorted(),
      );
    });
  });

  describe("predecessor", () => {
    it("belongs to a renewed or changed certificate", () => {
      expectFound({ operation: "02" }, []);
      expectFound({ operation: "01" }, ["ecertificate.predecessor-operation predecessor"]);
      expectFound({ operation: "01", predecessor: undefined }, []);
    });

    it("is a valid identifier", () => {
      expectFound({ predecessor: `${PREDECESSOR.slice(0, -1)}E` }, ["certificate.check predecessor"]);
    });

    it("is of the same type, issuer and serial number", () => {
      expectFound({ predecessor: sibling("2025000002", "001") }, ["ecertificate.predecessor-series predecessor"]);
      for (const other of [{ issuer: OTHER_ISSUER }, { typeCode: `${AUTHORITY}002` }]) {
        expectFound({ predecessor: sibling("2025000001", "001", other) }, [
          "ecertificate.predecessor-series predecessor",
        ]);
      }
    });

    it("is the version immediately before", () => {
      expectFound({ predecessor: IDENTIFIER }, ["ecertificate.predecessor-version predecessor"]);
      expectFound({ predecessor: sibling("2025000001", "000") }, ["ecertificate.predecessor-version predecessor"]);
    });
  });
});
