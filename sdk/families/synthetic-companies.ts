import { USCC_ALPHABET, composeUscc } from "../protocol/identifiers/uscc.ts";
import { DEMO_REGION } from "./demo-departments.ts";
import { createPrng } from "./prng.ts";
import type { Prng } from "./prng.ts";

/** The day on which synthetic data is made up, unless told otherwise: nothing in it is later. */
export const SYNTHETIC_TODAY = "2025-09-01";

export interface SyntheticCompany {
  readonly index: number;
  readonly name: string;
  readonly uscc: string;
  readonly legalRepresentative: string;
  readonly registeredCapitalFen: number;
  readonly industry: Industry;
  readonly domicile: string;
  readonly establishedOn: string;
}

export interface Industry {
  readonly zh: string;
  readonly scope: string;
  /** Whether part of the scope needs a further permit. */
  readonly permit: boolean;
}

const INDUSTRIES: readonly Industry[] = [
  { zh: "建筑工程", scope: "房屋建筑工程施工；市政公用工程施工；建筑劳务分包。", permit: true },
  { zh: "信息技术", scope: "软件开发；信息系统集成服务；数据处理和存储支持服务。", permit: false },
  { zh: "商贸", scope: "日用百货销售；五金产品批发；办公用品销售。", permit: false },
  { zh: "环保科技", scope: "环境保护专用设备销售；水污染治理；大气污染治理。", permit: false },
  { zh: "食品", scope: "预包装食品销售；食品生产；农副产品销售。", permit: true },
  { zh: "物流", scope: "道路货物运输；国内货物运输代理；普通货物仓储服务。", permit: true },
  { zh: "机械制造", scope: "通用设备制造；机械零部件加工；机械设备销售。", permit: false },
  { zh: "园林绿化", scope: "园林绿化工程施工；花卉种植；城市绿化管理。", permit: false },
  { zh: "医疗器械", scope: "第一类医疗器械销售；第二类医疗器械销售；第三类医疗器械经营。", permit: true },
  { zh: "工程咨询", scope: "工程管理服务；工程造价咨询业务；招投标代理服务。", permit: false },
  { zh: "物业服务", scope: "物业管理；停车场服务；建筑物清洁服务。", permit: false },
  { zh: "新能源", scope: "光伏设备及元器件销售；太阳能发电技术服务；储能技术服务。", permit: false },
];

const FIRST = "青云明泽瑞宏嘉恒润丰盛博远启新华晟安和景鼎卓维通";
const SECOND = "禾帆川岳林海源达成信诚泰隆昌兴业光辉石桥舟屿苑陌";
const STEMS = "甲乙丙丁戊己庚辛壬癸";
const BRANCHES = "子丑寅卯辰巳午未申酉戌亥";
const STREETS = ["演示大道", "示例路", "样本街", "溯源中路"] as const;

/** 演示 with a stem and a branch, such as 演示甲子: recognisably nobody. */
export const syntheticPerson = (prng: Prng): string =>
  `演示${prng.pick(Array.from(STEMS))}${prng.pick(Array.from(BRANCHES))}`;

/** The day `days` after a YYYY-MM-DD date. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** The last day of a period of whole years that begins on `day`. */
export function lastDayOf(day: string, years: number): string {
  const sameDay = `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
  return addDays(sameDay.replace(/-02-29$/, "-02-28"), sameDay.endsWith("-02-29") ? 0 : -1);
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** A uniform day from `from` to `to`, both inclusive. */
export const dayWithin = (prng: Prng, from: string, to: string): string =>
  addDays(from, prng.below(daysBetween(from, to) + 1));

export interface CompanyOptions {
  readonly seed: number;
  /** From 0; two indices never give the same code or name. */
  readonly index: number;
  readonly asOf?: string;
}

/** Multiplying by a number prime to `size` and adding an offset permutes 0 … size−1. */
const permuted = (index: number, factor: number, offset: number, size: number): number =>
  Number((BigInt(index) * BigInt(factor) + BigInt(offset)) % BigInt(size));

const BODY_SPACE = USCC_ALPHABET.length ** 6;

/** Organisation bodies begin with YY; the six characters after it are the permuted index in base 31. */
function organisationBody({ seed, index }: CompanyOptions): string {
  let rest = permuted(index, 524_287_001, createPrng({ seed, stream: "body", index: 0 }).uint32(), BODY_SPACE);
  let body = "";
  for (let place = 0; place < 6; place += 1) {
    body = USCC_ALPHABET.charAt(rest % USCC_ALPHABET.length) + body;
    rest = Math.floor(rest / USCC_ALPHABET.length);
  }
  return `YY${body}`;
}

const NAME_SPACE = FIRST.length * SECOND.length;

function companyName({ seed, index }: CompanyOptions, industry: Industry): string {
  const offset = createPrng({ seed, stream: "name", index: 0 }).uint32();
  const place = permuted(index, 355, offset, NAME_SPACE);
  const round = Math.floor(index / NAME_SPACE);
  const words = FIRST.charAt(place % FIRST.length) + SECOND.charAt(Math.floor(place / FIRST.length));
  return `溯源市示例${words}${industry.zh}有限公司${round === 0 ? "" : `（${round + 1}）`}`;
}

/** Company number `index` of a seed: invented, with a valid code in a region that does not exist. */
export function syntheticCompany(options: CompanyOptions): SyntheticCompany {
  const { seed, index, asOf = SYNTHETIC_TODAY } = options;
  const prng = createPrng({ seed, stream: "company", index });
  const industry = prng.pick(INDUSTRIES);
  return {
    index,
    name: companyName(options, industry),
    uscc: composeUscc({
      department: "9",
      category: "1",
      division: DEMO_REGION,
      organisationBody: organisationBody(options),
    }),
    legalRepresentative: syntheticPerson(prng),
    registeredCapitalFen: (prng.below(500) + 1) * 10 * 1_000_000,
    industry,
    domicile: `溯源市演示区${prng.pick(STREETS)}${prng.below(999) + 1}号`,
    establishedOn: dayWithin(prng, addDays(asOf, -7300), addDays(asOf, -30)),
  };
}
