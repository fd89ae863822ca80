import type { JsonObject } from "../../sdk/protocol/json.ts";

/** 项目代码 of the demonstration's project. Region 990100 is nobody's. */
export const MUNICIPAL_PROJECT = "2026-990100-48-01-000001";
const OCID = "ocds-suyuan-2026-000001";
const CONTRACTOR = { id: "CN-USCC-91990100MA0000015X", name: "溯源市政工程有限公司(虚构)" };
const OWNER = { id: "CN-USCC-11990100990100034D", name: "溯源市生态环境局" };

const cny = (million: number) => ({ amount: Math.round(million * 100) * 10_000, currency: "CNY" });
const contract = (million: number): JsonObject => ({
  id: "1",
  awardID: "1",
  title: "滨河路综合改造施工合同",
  status: "active",
  dateSigned: "2026-02-20T09:00:00+08:00",
  value: cny(million),
});

const release = (
  id: string,
  { date, tag, ...rest }: JsonObject & { readonly date: string; readonly tag: string },
): JsonObject => ({
  ocid: OCID,
  id,
  date: `${date}T09:00:00+08:00`,
  tag: [tag],
  initiationType: "tender",
  ...rest,
});

/**
 * A made-up municipal project that overruns: signed at 29.00 million, changed twice by a little less than a tenth, rewritten
 * once without a word, and paid beyond the contract.
 */
export const municipalReleases = (): JsonObject[] => [
  release("01-tender", {
    date: "2026-01-05",
    tag: "tender",
    parties: [{ ...OWNER, roles: ["buyer", "procuringEntity"] }],
    buyer: OWNER,
    tender: {
      id: "1",
      title: "滨河路综合改造工程",
      status: "active",
      procurementMethod: "open",
      value: cny(30),
      numberOfTenderers: 3,
      tenderPeriod: { startDate: "2026-01-05T09:00:00+08:00", endDate: "2026-01-26T09:00:00+08:00" },
    },
  }),
  release("02-award", {
    date: "2026-02-02",
    tag: "award",
    awards: [{ id: "1", status: "active", date: "2026-02-02T09:00:00+08:00", value: cny(29), suppliers: [CONTRACTOR] }],
  }),
  release("03-contract", { date: "2026-02-20", tag: "contract", contracts: [contract(29)] }),
  release("04-amendment", { date: "2026-04-10", tag: "contractAmendment", contracts: [contract(31.8)] }),
  release("05-amendment", { date: "2026-05-15", tag: "contractAmendment", contracts: [contract(34.5)] }),
  release("06-implementation", {
    date: "2026-06-30",
    tag: "implementation",
    contracts: [
      {
        ...contract(35.25),
        implementation: {
          transactions: [
            { id: "1", date: "2026-04-30T09:00:00+08:00", value: cny(20) },
            { id: "2", date: "2026-06-30T09:00:00+08:00", value: cny(16.5) },
          ],
        },
      },
    ],
  }),
];
