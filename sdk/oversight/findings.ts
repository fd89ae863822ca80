import { errorClass, errorText as text, type ErrorText, type ErrorValues } from "../protocol/errors.ts";

/** What can be wrong with a document of a standard. `{path}` is a JSON pointer; `{expected}` comes from the schema. */
export const standardFindingTexts = {
  "standard.missing": text("缺少 {path}", "{path} is missing", "请补充该成员。", "Add the member."),
  "standard.type": text(
    "{path} 的类型应为 {expected}",
    "{path} is not of type {expected}",
    "请改正该成员的类型。",
    "Correct its type.",
  ),
  "standard.code": text(
    "{path} 不在代码表中({expected})",
    "{path} is not in the code list ({expected})",
    "请使用代码表中的代码。",
    "Use a code of the list.",
  ),
  "standard.format": text(
    "{path} 的格式不符({expected})",
    "{path} is not in the form {expected}",
    "请按标准规定的格式填写。",
    "Write it in the form that the standard names.",
  ),
  "standard.repeated": text(
    "{path} 中有重复的项",
    "{path} holds an item twice",
    "请删除重复的项。",
    "Remove the repeated item.",
  ),
  "standard.empty": text(
    "{path} 为空",
    "{path} is empty",
    "不使用的成员请整个删除。",
    "Leave a member that is not used out altogether.",
  ),
  "standard.range": text("{path} 超出范围", "{path} is out of range", "请改正数值。", "Correct the number."),
  "standard.rule": text(
    "{path} 不符合标准的架构({expected})",
    "{path} does not fit the schema of the standard ({expected})",
    "请对照标准改正。",
    "Correct it against the standard.",
  ),
  "standard.currency-missing": text(
    "{path} 有金额而无币种",
    "{path} has an amount and no currency",
    "请写明币种。",
    "Name the currency.",
  ),
  "standard.blank": text("{path} 为空白", "{path} is blank", "不使用的成员请整个删除。", "Leave it out altogether."),
  "standard.party-unknown": text(
    "{path} 所指的组织不在该项目的 parties 中",
    "{path} refers to an organization that is not among the project's parties",
    "请在 parties 中登记该组织,或改正编号。",
    "Enter it in parties, or correct the id.",
  ),
  "standard.id-prefix": text(
    "{path} 不以登记的前缀 oc4ids- 开头",
    "{path} does not begin with a registered prefix oc4ids-",
    "请使用登记的前缀加本地编号。",
    "Use a registered prefix and the local id.",
  ),
  "standard.id-repeated": text(
    "{path} 与同一包中另一项目的编号相同",
    "{path} is the id of another project of the package too",
    "同一包中各项目编号须不同。",
    "Each project of a package has its own id.",
  ),
} as const satisfies Record<string, ErrorText>;

export type StandardFindingCode = keyof typeof standardFindingTexts;
const CodedFinding = errorClass<StandardFindingCode>("StandardFinding", standardFindingTexts);

/** One thing wrong with a document, and where. */
export class StandardFinding extends CodedFinding {
  readonly path: string;

  constructor(code: StandardFindingCode, path: string, values: ErrorValues = {}) {
    super(code, { ...values, path: path === "" ? "/" : path });
    this.path = path === "" ? "/" : path;
  }
}
