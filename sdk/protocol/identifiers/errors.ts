import { errorClass, errorText as text, type ErrorText } from "../errors.ts";

const compareZh = "请与证照原件或登记信息逐位核对。";
const compareEn = "Compare it character by character with the original document or the register.";

/**
 * Why an identifier is not valid. `position` counts characters from 1 in the whole text that was checked; `part` names
 * the inner code when it is one of a certificate identifier. A citizen number's characters never appear in the values,
 * its expected check character included: with the other 17 it would complete the number.
 */
export const identifierTexts = {
  "identifier.unrecognised": text(
    "无法识别的标识：不是电子证照标识、统一社会信用代码、组织机构代码或公民身份号码",
    "Not recognised: neither an e-certificate identifier, a unified social credit code, an organisation code nor a citizen number",
    "检查是否漏抄、多抄字符，或夹有空格、小写字母、全角字符。",
    "Look for missing or extra characters, spaces, lower-case letters and full-width characters.",
  ),
  "uscc.length": text(
    "统一社会信用代码应为 18 位，实为 {length} 位（自第 {position} 位起）",
    "A unified social credit code has 18 characters, this has {length} (from position {position})",
    compareZh,
    compareEn,
  ),
  "uscc.character": text(
    "第 {position} 位不是统一社会信用代码可用的字符",
    "The character at position {position} cannot occur in a unified social credit code",
    "只用数字和大写字母，且不用 I、O、S、V、Z。",
    "Use digits and capital letters except I, O, S, V and Z.",
  ),
  "uscc.department": text(
    "第 {position} 位不是已启用的登记管理部门代码",
    "The character at position {position} is no registration department in use",
    "已启用的为 1–9、A、N、Y。" + compareZh,
    "In use are 1–9, A, N and Y. " + compareEn,
  ),
  "uscc.category": text(
    "第 {position} 位不是该登记管理部门的机构类别代码",
    "The character at position {position} is no category of this registration department",
    compareZh,
    compareEn,
  ),
  "uscc.division": text(
    "第 {position} 位应为数字（行政区划码）",
    "The character at position {position} must be a digit (administrative division)",
    compareZh,
    compareEn,
  ),
  "uscc.organisation-check": text(
    "第 {position} 位（组织机构代码校验码）应为 {expected}",
    "The organisation code's check character at position {position} should be {expected}",
    compareZh,
    compareEn,
  ),
  "uscc.check": text(
    "第 {position} 位（统一社会信用代码校验码）应为 {expected}",
    "The check character at position {position} should be {expected}",
    compareZh,
    compareEn,
  ),
  "organisation.length": text(
    "组织机构代码应为 9 位（8 位本体代码和 1 位校验码），实为 {length} 位",
    "An organisation code has 9 characters (8 and a check character), this has {length}",
    compareZh,
    compareEn,
  ),
  "organisation.character": text(
    "第 {position} 位不是组织机构代码可用的字符",
    "The character at position {position} cannot occur in an organisation code there",
    "本体代码用数字和大写字母，校验码用数字或 X，两者之间可有一个连字符。",
    "The body uses digits and capital letters, the check character is a digit or X; one hyphen may stand between them.",
  ),
  "organisation.check": text(
    "第 {position} 位（校验码）应为 {expected}",
    "The check character at position {position} should be {expected}",
    compareZh,
    compareEn,
  ),
  "citizen.length": text(
    "公民身份号码应为 18 位，实为 {length} 位",
    "A citizen number has 18 characters, this has {length}",
    "15 位旧号码须先换为 18 位号码。" + compareZh,
    "A 15-digit number must be replaced by its 18-digit successor first. " + compareEn,
  ),
  "citizen.character": text(
    "公民身份号码第 {position} 位不是可用的字符",
    "The character at position {position} cannot occur in a citizen number there",
    "前 17 位为数字，第 18 位为数字或大写 X。",
    "The first 17 are digits, the last is a digit or a capital X.",
  ),
  "citizen.region": text(
    "公民身份号码第 {position} 位不能为 0（地址码）",
    "A citizen number cannot have 0 at position {position} (region)",
    compareZh,
    compareEn,
  ),
  "citizen.birth-date": text(
    "公民身份号码第 7–14 位不是历法上存在的日期",
    "Positions 7–14 of the citizen number are no date of the calendar",
    compareZh,
    compareEn,
  ),
  "citizen.birth-date-future": text(
    "公民身份号码中的出生日期晚于核对日",
    "The date of birth in the citizen number lies after the day of the check",
    compareZh,
    compareEn,
  ),
  "citizen.check": text(
    "公民身份号码的校验码不符",
    "The citizen number's check character does not match",
    compareZh,
    compareEn,
  ),
  "certificate.prefix": text(
    "电子证照标识应以 1.2.156.3005.2. 开头",
    "An e-certificate identifier begins with 1.2.156.3005.2.",
    "按“根代码.证照类型代码.颁发机构代码.流水号.版本号.校验位”填写。",
    "Write it as root.type.issuer.serial.version.check.",
  ),
  "certificate.parts": text(
    "根代码之后应有 5 段，实有 {count} 段",
    "Five parts follow the root, here are {count}",
    "按“根代码.证照类型代码.颁发机构代码.流水号.版本号.校验位”填写。",
    "Write it as root.type.issuer.serial.version.check.",
  ),
  "certificate.type-length": text(
    "证照类型代码（自第 {position} 位起）应为 21 位，实为 {length} 位",
    "The type code (from position {position}) has 21 characters, this has {length}",
    "证照类型代码是定义机构的 18 位统一社会信用代码加 3 位顺序号。",
    "A type code is the defining authority's 18-character unified social credit code and a three-digit number.",
  ),
  "certificate.type-sequence": text(
    "第 {position} 位应为数字（证照类型顺序号）",
    "The character at position {position} must be a digit (number of the certificate type)",
    compareZh,
    compareEn,
  ),
  "certificate.issuer-region-code": text(
    "颁发机构代码（自第 {position} 位起）填的是行政区划代码，不是统一社会信用代码",
    "The issuer (from position {position}) is an administrative division, not a unified social credit code",
    "由颁发机构以本机构的统一社会信用代码重新赋码。",
    "The issuing authority must assign an identifier that carries its own unified social credit code.",
  ),
  "certificate.serial": text(
    "第 {position} 位不是流水号可用的字符，或流水号为空",
    "The serial number is empty or has a character that cannot occur at position {position}",
    "流水号只用数字和大写字母。",
    "A serial number uses digits and capital letters.",
  ),
  "certificate.version": text(
    "版本号（自第 {position} 位起）应为 3 位数字",
    "The version (from position {position}) has three digits",
    compareZh,
    compareEn,
  ),
  "certificate.check-length": text(
    "校验位（第 {position} 位）应为 1 位数字或大写字母",
    "The check part (position {position}) is one digit or capital letter",
    compareZh,
    compareEn,
  ),
  "certificate.check": text(
    "第 {position} 位（校验位）应为 {expected}",
    "The check character at position {position} should be {expected}",
    compareZh,
    compareEn,
  ),
} as const satisfies Record<string, ErrorText>;

export type IdentifierErrorCode = keyof typeof identifierTexts;

export class IdentifierError extends errorClass<IdentifierErrorCode>("IdentifierError", identifierTexts) {}
