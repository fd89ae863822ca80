import { errorClass, errorText as text, type ErrorText } from "./errors.ts";

const askIssuer = [
  "请向出具方索取完整、未经改动的文件。",
  "Ask whoever gave you the file for a complete, unaltered copy.",
] as const;

/** Every way a value can break the protocol. SPEC.md names the rule behind each code. */
export const protocolErrorTexts = {
  "json.syntax": text(
    "第 {offset} 字符处不是合法 JSON",
    "Not valid JSON at character {offset}",
    "请检查该处的语法。",
    "Correct the syntax at that character.",
  ),
  "json.duplicate-key": text(
    "第 {offset} 字符处重复的键",
    "Duplicate key at character {offset}",
    "同一对象中每个键只能出现一次。",
    "Let each key occur once in its object.",
  ),
  "json.number": text(
    "第 {offset} 字符处的数值无法精确表示",
    "The number at character {offset} has no exact representation",
    "请改用字符串,或使用双精度可精确表示的数值。",
    "Write it as a string, or use a value that a double represents exactly.",
  ),
  "json.surrogate": text(
    "第 {offset} 字符处有不成对的代理码元",
    "Lone surrogate at character {offset}",
    "请修正该处的字符编码。",
    "Correct the character encoding there.",
  ),
  "json.encoding": text(
    "内容不是合法的 UTF-8",
    "The bytes are not valid UTF-8",
    "请以 UTF-8(无 BOM)保存。",
    "Save the content as UTF-8 without a byte order mark.",
  ),
  "json.depth": text(
    "嵌套超过 {limit} 层",
    "Nested deeper than {limit} levels",
    "请减少嵌套层数。",
    "Flatten the value.",
  ),
  "json.size": text(
    "内容超过 {limit} 字节",
    "Larger than {limit} bytes",
    "请拆分或精简内容。",
    "Split or shorten the content.",
  ),
  "json.value": text(
    "值不能写成 JSON",
    "The value has no JSON form",
    "只可使用对象、数组、字符串、有限数值、布尔值和空值。",
    "Use objects, arrays, strings, finite numbers, booleans and null only.",
  ),
  "shape.type": text("{at} 的类型应为 {expected}", "{at} must be {expected}", ...askIssuer),
  "shape.missing": text("缺少 {at}", "{at} is missing", ...askIssuer),
  "shape.unknown": text(
    "{at} 含有未定义的成员",
    "{at} has an undefined member",
    "未被任何摘要覆盖的内容不可信,请删除后重试或索取原件。",
    "Content that no digest covers cannot be believed; ask for the original.",
  ),
  "shape.format": text("{at} 的格式应为 {expected}", "{at} must look like {expected}", ...askIssuer),
  "version.unknown": text(
    "不支持的格式版本",
    "Unknown format version",
    "请升级验证工具。",
    "Use a verifier that knows this version.",
  ),
  "document.not-object": text(
    "载荷必须是 JSON 对象",
    "The payload must be a JSON object",
    "请把内容放入一个对象中。",
    "Wrap the content in an object.",
  ),
  "claims.too-many": text("数据项超过 {limit} 个", "More than {limit} claims", "请拆分记录。", "Split the record."),
  "claims.required-missing": text(
    "缺少必需数据项 {at}",
    "The required claim {at} is missing",
    "请补充模式要求的数据项。",
    "Supply every claim that the schema requires.",
  ),
  "claims.required-not-scalar": text(
    "必需数据项 {at} 必须是标量",
    "The required claim {at} must be a scalar",
    "请使用字符串、数值或布尔值。",
    "Use a string, a number or a boolean.",
  ),
  "schema.keyword": text(
    "模式在 {at} 使用了不支持的关键字 {keyword}",
    "The schema uses the unsupported keyword {keyword} at {at}",
    "请仅使用 SPEC.md 所列关键字。",
    "Use only the keywords listed in SPEC.md.",
  ),
  "schema.keyword-value": text(
    "模式在 {at} 的关键字 {keyword} 取值无效",
    "The keyword {keyword} at {at} of the schema has an invalid value",
    "请按 SPEC.md 所列形式书写该关键字的值。",
    "Give the keyword a value of the form listed in SPEC.md.",
  ),
  "schema.required-claims": text(
    "模式的必需数据项声明无效",
    "The schema's required claims are invalid",
    "x-required-claims 应为不重复的标量路径列表。",
    "Let x-required-claims list distinct scalar paths.",
  ),
  "schema.validity": text(
    "数据项 {at} 不是有效的日期",
    "The claim {at} is not a valid date",
    "日期写作 YYYY-MM-DD,时间写作 RFC 3339。",
    "Write dates as YYYY-MM-DD and times as RFC 3339.",
  ),
  "tree.empty": text(
    "空树不能锚定",
    "An empty tree has no root",
    "批次至少包含一条记录。",
    "A batch holds at least one record.",
  ),
  "tree.index": text(
    "位置 {index} 超出 {count}",
    "Position {index} is outside {count}",
    "请核对位置。",
    "Check the position.",
  ),
  "seed.length": text(
    "盐种子必须为 32 字节",
    "The salt seed must be 32 bytes",
    "请由数据密钥派生种子。",
    "Derive the seed from the data key.",
  ),
} as const satisfies Record<string, ErrorText>;

export type ProtocolErrorCode = keyof typeof protocolErrorTexts;
export class ProtocolError extends errorClass<ProtocolErrorCode>("ProtocolError", protocolErrorTexts) {}
