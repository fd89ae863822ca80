/** A department of the fictional city 溯源市, for demonstrations and tests. */
export interface DemoDepartment {
  readonly nameZh: string;
  readonly nameEn: string;
  /** How its decision numbers begin. */
  readonly shortZh: string;
  readonly uscc: string;
  readonly region: string;
  readonly level: "city";
}

/** The region of 溯源市. GB/T 2260 assigns no province the digits 99, so no code made with it names a real body. */
export const DEMO_REGION = "990100";

const department = (nameZh: string, nameEn: string, shortZh: string, uscc: string): DemoDepartment =>
  Object.freeze({ nameZh, nameEn, shortZh, uscc, region: DEMO_REGION, level: "city" });

/** The parties of the demonstration: who admits, two providers and a consumer. */
export const demoDepartments = Object.freeze({
  authority: department("溯源市数据局", "Suyuan City Data Bureau", "溯数", "11990100990100018P"),
  marketRegulation: department(
    "溯源市市场监督管理局",
    "Suyuan City Administration for Market Regulation",
    "溯市监",
    "11990100990100026J",
  ),
  ecology: department(
    "溯源市生态环境局",
    "Suyuan City Bureau of Ecology and Environment",
    "溯环",
    "11990100990100034D",
  ),
  tradingCentre: department(
    "溯源市公共资源交易中心",
    "Suyuan City Public Resources Trading Centre",
    "溯公资",
    "129901009901000425",
  ),
});
