import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { CERTIFICATE_OPERATIONS, CERTIFICATE_STATES } from "../../../sdk/families/certificate-codes.ts";
import { licenceColumns } from "../../../sdk/families/credit-licence.ts";
import { penaltyColumns } from "../../../sdk/families/credit-penalty-schema.ts";
import { creditLicence } from "../../../sdk/families/credit-licence.ts";
import { creditPenalty } from "../../../sdk/families/credit-penalty.ts";

const shared = new URL("../../../../shared/data/", import.meta.url);

interface Columns {
  readonly penalty: readonly string[];
  readonly license: readonly string[];
}

interface Codes {
  readonly certState: Readonly<Record<string, string>>;
  readonly operateType: Readonly<Record<string, string>>;
}

describe("published lists", () => {
  // The shared files document these shapes; a different one fails the assertions.
  const columns = (): Columns =>
    JSON.parse(readFileSync(new URL("credit/penalty_license_fields.json", shared), "utf8")) as Columns;
  const codes = (): Codes => JSON.parse(readFileSync(new URL("ecert/identifiers.json", shared), "utf8")) as Codes;

  before(function () {
    if (existsSync(shared)) return;
    console.log("      skipped: the published lists are not beside the project");
    this.skip();
  });

  it("of columns are both covered exactly", () => {
    expect(penaltyColumns.map(({ column }) => column)).to.deep.equal(columns().penalty);
    expect(licenceColumns.map(({ column }) => column)).to.deep.equal(columns().license);
  });

  it("of states and operations are covered exactly", () => {
    const names = (table: Readonly<Record<string, { readonly zh: string }>>) =>
      Object.fromEntries(Object.entries(table).map(([code, { zh }]) => [code, zh]));
    expect(names(CERTIFICATE_STATES)).to.deep.equal(codes().certState);
    expect(names(CERTIFICATE_OPERATIONS)).to.deep.equal(codes().operateType);
  });
});

describe("columns", () => {
  it("are the properties of the schema, one each", () => {
    for (const [columns, { schema }] of [
      [licenceColumns, creditLicence],
      [penaltyColumns, creditPenalty],
    ] as const) {
      const properties = columns.map(({ property }) => property);
      expect(new Set(properties)).to.have.lengthOf(columns.length);
      expect(properties).to.have.members(Object.keys(schema.properties ?? {}));
    }
  });
});
