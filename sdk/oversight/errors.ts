import { errorClass, errorText as text, type ErrorText } from "../protocol/errors.ts";

/** What can be wrong with project data. A path is a JSON pointer; no value of the document is repeated. */
export const oversightErrorTexts = {
  "ocds.no-release": text("没有任何发布", "There is no release", "请提供至少一个发布。", "Give at least one release."),
  "ocds.not-release": text(
    "{path} 不是发布对象",
    "{path} is not a release",
    "请提供发布对象的数组,或发布包、记录包。",
    "Give an array of releases, a release package or a record package.",
  ),
  "ocds.member": text(
    "{path} 缺失或不是字符串",
    "{path} is missing or not a string",
    "每个发布须有字符串的 ocid 与 date。",
    "Each release needs ocid and date as strings.",
  ),
  "ocds.several-processes": text(
    "含有 {count} 个采购过程(ocid)",
    "There are {count} contracting processes (ocid)",
    "请指明其中一个 ocid;每次只合并一个过程。",
    "Name one of the ocids: one process is merged at a time.",
  ),
  "ocds.ocid-unknown": text(
    "没有该 ocid 的发布",
    "There is no release with that ocid",
    "请核对 ocid。",
    "Check the ocid.",
  ),
  "ocds.kind-changed": text(
    "{path} 先后是不同种类的值(对象、对象数组、其他)",
    "{path} is an object, a list of objects and something else in different releases",
    "请改正其中一个发布:同一字段须始终是同一种类。已登记的(路径以 # 加记录编号开头)用 suyuan project withdraw 撤下。",
    "Correct one of the releases: a field keeps its kind. One that is recorded already (its number stands after #) is withdrawn with suyuan project withdraw.",
  ),
  "ocds.schema-unusable": text(
    "发布架构不可用({path})",
    "The release schema cannot be used ({path})",
    "请使用自包含、无循环引用的架构。",
    "Use a self-contained schema without circular references.",
  ),
  "settings.syntax": text(
    "设置文件第 {line} 行既不是节、属性也不是注释",
    "Line {line} of the settings is neither a section, a property nor a comment",
    "写作 [R024]、threshold = 0.05 或以 ; 开头的注释。",
    "Write [R024], threshold = 0.05, or a comment after ;.",
  ),
  "settings.unknown": text(
    "设置文件中没有 {name} 这样的节或属性",
    "There is no section or property {name} in the settings",
    "请核对名称;一切设置见指标说明。",
    "Check its name against the documentation of the indicator.",
  ),
  "settings.value": text(
    "设置 {name} 的值不可用",
    "The value of the setting {name} cannot be used",
    "天数、个数为整数,比例为小数。",
    "Days and counts are integers, ratios are decimals.",
  ),
} as const satisfies Record<string, ErrorText>;

export type OversightErrorCode = keyof typeof oversightErrorTexts;
export class OversightError extends errorClass<OversightErrorCode>("OversightError", oversightErrorTexts) {}
