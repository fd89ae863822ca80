import { errorText as text, type ErrorText } from "../protocol/errors.ts";

const schemaTexts = {
  "schema.required": text("缺少“{title}”", "“{titleEn}” is missing", "补填 {field}。", "Supply {field}."),
  "schema.additional-properties": text(
    "“{title}”中第 {ordinal} 个成员不在该类记录的数据项之列",
    "Member {ordinal} of “{titleEn}” is not a field of this kind of record",
    "删去该成员；名称最接近的数据项是 {nearest}。",
    "Remove it; the field with the nearest name is {nearest}.",
  ),
  "schema.type": text(
    "“{title}”的类型应为 {expected}",
    "“{titleEn}” must be of type {expected}",
    "按所示类型填写 {field}；编码一律用带引号的文本。",
    "Write {field} as that type; codes are always quoted text.",
  ),
  "schema.enum": text(
    "“{title}”不是允许的取值",
    "“{titleEn}” is not one of the allowed values",
    "{field} 可取：{expected}。",
    "{field} can be: {expected}.",
  ),
  "schema.const": text(
    "“{title}”只能是 {expected}",
    "“{titleEn}” can only be {expected}",
    "将 {field} 改为 {expected}。",
    "Set {field} to {expected}.",
  ),
  "schema.pattern": text(
    "“{title}”的格式不符",
    "“{titleEn}” does not have the required form",
    "{field} 应为：{expected}。",
    "{field} is: {expected}.",
  ),
  "schema.min-length": text(
    "“{title}”少于 {expected} 个字符",
    "“{titleEn}” has fewer than {expected} characters",
    "补全 {field}；没有内容时按该项说明填 null 或不填。",
    "Complete {field}; where there is nothing to state, use null or leave it out as the schema allows.",
  ),
  "schema.max-length": text(
    "“{title}”多于 {expected} 个字符",
    "“{titleEn}” has more than {expected} characters",
    "缩短 {field}，或将全文作为附件。",
    "Shorten {field}, or attach the full text.",
  ),
  "schema.minimum": text(
    "“{title}”小于 {expected}",
    "“{titleEn}” is less than {expected}",
    "核对 {field} 的数值和单位。",
    "Check the number and the unit of {field}.",
  ),
  "schema.maximum": text(
    "“{title}”大于 {expected}",
    "“{titleEn}” is greater than {expected}",
    "核对 {field} 的数值和单位。",
    "Check the number and the unit of {field}.",
  ),
  "schema.min-items": text(
    "“{title}”少于 {expected} 项",
    "“{titleEn}” has fewer than {expected} items",
    "补填 {field}，或整项不填。",
    "Add to {field}, or leave it out altogether.",
  ),
  "schema.max-items": text(
    "“{title}”多于 {expected} 项",
    "“{titleEn}” has more than {expected} items",
    "减少 {field} 的项数。",
    "Reduce the items of {field}.",
  ),
  "schema.format": text(
    "“{title}”不是有效的日期或时间",
    "“{titleEn}” is not a valid date or time",
    "{field} 用 {expected} 格式，且须是历法上存在的日期。",
    "Write {field} as {expected}, a day that exists in the calendar.",
  ),
} as const satisfies Record<string, ErrorText>;

const familyTexts = {
  "family.unknown": text(
    "没有这一记录类别",
    "There is no such record family",
    "可用的类别：{known}。",
    "The families are: {known}.",
  ),
  "family.business-key-missing": text(
    "没有业务主键（{field}）",
    "The business key ({field}) is missing",
    "先校验文档，再取业务主键。",
    "Validate the document before asking for its business key.",
  ),
  "family.period-reversed": text(
    "“{title}”早于“{earlier}”",
    "“{titleEn}” lies before “{earlierEn}”",
    "核对两个日期。",
    "Check the two dates.",
  ),
  "family.future-date": text(
    "“{title}”晚于核对日",
    "“{titleEn}” lies after the day of the check",
    "核对日期；尚未发生的事项不能登记。",
    "Check the date; what has not happened yet cannot be recorded.",
  ),
} as const satisfies Record<string, ErrorText>;

const certificateTexts = {
  "ecertificate.issuer-mismatch": text(
    "颁发机构代码与电子证照标识中的颁发机构代码不同",
    "The issuing authority's code differs from the one inside the certificate identifier",
    "以实际颁发机构为准改正其中之一。",
    "Correct the one that does not name the issuing authority.",
  ),
  "ecertificate.type-mismatch": text(
    "证照类型代码与电子证照标识中的证照类型代码不同",
    "The type code differs from the one inside the certificate identifier",
    "按证照类型目录核对。",
    "Check it against the list of certificate types.",
  ),
  "ecertificate.definer-mismatch": text(
    "定义机构代码不是证照类型代码的前 18 位",
    "The defining authority's code is not the first 18 characters of the type code",
    "按证照类型目录核对定义机构。",
    "Check the defining authority against the list of certificate types.",
  ),
  "ecertificate.version-mismatch": text(
    "版本号与电子证照标识中的版本号不同",
    "The version differs from the one inside the certificate identifier",
    "证照内容变更时版本号加一，并重新生成标识。",
    "A changed certificate takes the next version and a new identifier.",
  ),
  "ecertificate.status-operation": text(
    "证照状态与业务类型不相符",
    "The status does not follow from the operation",
    "该业务之后的状态应为：{expectedZh}。",
    "After this operation the status is: {expectedEn}.",
  ),
  "ecertificate.predecessor-operation": text(
    "只有延续或变更的证照才有前一版本",
    "Only a certificate that was renewed or changed has a predecessor",
    "业务类型改为 02 延续或 09 变更，或删去 predecessor。",
    "Set the operation to 02 (renewed) or 09 (changed), or remove predecessor.",
  ),
  "ecertificate.predecessor-series": text(
    "前一版本的证照类型、颁发机构或流水号与本证照不同",
    "The predecessor has another type, issuer or serial number",
    "前一版本与本证照只有版本号和校验位不同。",
    "A predecessor differs in version and check character only.",
  ),
  "ecertificate.predecessor-version": text(
    "前一版本的版本号应比本证照小 1",
    "The predecessor's version must be one less than this certificate's",
    "填紧邻的前一版本。",
    "Name the version immediately before this one.",
  ),
} as const satisfies Record<string, ErrorText>;

const creditTexts = {
  "credit.code-required": text(
    "行政相对人是组织，缺少统一社会信用代码",
    "The party is an organisation and its unified social credit code is missing",
    "补填统一社会信用代码；自然人须将类别填为“自然人”。",
    "Supply the code; if the party is a person, say so in the category.",
  ),
  "credit.code-forbidden": text(
    "行政相对人是自然人，不得填写代码",
    "The party is a natural person and must not have a code",
    "代码留空；自然人的身份号码不公示。",
    "Leave the code empty; identity numbers of persons are never published.",
  ),
  "credit.code-category": text(
    "统一社会信用代码与行政相对人类别不符",
    "The unified social credit code does not fit the party's category",
    "个体工商户的代码以 92 开头，其他组织的不是。",
    "Codes of individual businesses begin with 92, those of other organisations do not.",
  ),
  "credit.representative-required": text(
    "缺少法定代表人姓名",
    "The legal representative's name is missing",
    "组织填法定代表人或负责人，个体工商户填经营者。",
    "Name the legal representative, or the proprietor of an individual business.",
  ),
  "credit.representative-forbidden": text(
    "行政相对人是自然人，不得填写法定代表人",
    "The party is a natural person and has no legal representative",
    "法定代表人姓名留空。",
    "Leave the legal representative empty.",
  ),
  "credit.identity-number": text(
    "“{title}”中含有公民身份号码",
    "“{titleEn}” contains a citizen number",
    "删去身份号码：行政许可和行政处罚公示不得含有自然人身份号码。",
    "Remove it: published licences and penalties must not contain identity numbers.",
  ),
  "credit.penalty-category": text(
    "处罚类别的第 {ordinal} 项不是规定的种类",
    "Item {ordinal} of the penalty category is not a known kind",
    "可用：{expected}；其他种类写作“其他-名称”，多项用分号隔开。",
    "Known are: {expected}; write others as 其他-name, several separated by semicolons.",
  ),
  "credit.amount-required": text(
    "处罚类别要求填写“{title}”",
    "The penalty category requires “{titleEn}”",
    "补填金额，罚款须大于 0。",
    "Supply the amount; a fine is greater than 0.",
  ),
  "credit.amount-unexplained": text(
    "填有“{title}”，但处罚类别中没有相应种类",
    "“{titleEn}” is given but the penalty category has no such kind",
    "补全处罚类别，或将金额留空。",
    "Complete the penalty category, or leave the amount empty.",
  ),
  "credit.licence-unnamed": text(
    "处罚类别含暂扣或吊销，但未填证照名称及编号",
    "The penalty suspends or revokes a licence that is not named",
    "填写证照名称及编号；有电子证照标识的一并填写，以便关联该证照。",
    "Name the licence and its number, with the e-certificate identifier if it has one, so that it can be linked.",
  ),
} as const satisfies Record<string, ErrorText>;

const columnTexts = {
  "column.unknown": text(
    "第 {ordinal} 列不是该数据集的列",
    "Column {ordinal} does not belong to this data set",
    "删去该列，或改为最接近的列名：{nearest}。",
    "Remove it, or rename it to the nearest column: {nearest}.",
  ),
  "column.duplicate": text(
    "“{title}”一列重复出现",
    "Column “{title}” occurs twice",
    "全角和半角括号的列名是同一列，只保留一个。",
    "A name with full-width or with plain brackets is the same column; keep one.",
  ),
  "column.amount": text(
    "“{title}”不是以万元为单位的金额",
    "“{title}” is not an amount in units of 10,000 yuan",
    "用非负的十进制数，小数不超过 6 位，不用千分位和单位。",
    "Use a decimal number that is not negative, at most six decimals, no separators and no unit.",
  ),
  "column.date": text(
    "“{title}”不是日期",
    "“{title}” is not a date",
    "写作 2025/09/01 或 2025-09-01；截止日期为长期的写 2099/12/31。",
    "Write 2025/09/01 or 2025-09-01; an open end is 2099/12/31.",
  ),
  "column.timestamp": text(
    "“{title}”不是时间",
    "“{title}” is not a time",
    "写作 2025-09-01 08:30:00（北京时间），或带时区的 2025-09-01T08:30:00+08:00。",
    "Write 2025-09-01 08:30:00 (Beijing time) or 2025-09-01T08:30:00+08:00.",
  ),
} as const satisfies Record<string, ErrorText>;

/** Every code a document or a row can be found at fault for, beside those of the identifiers. */
export const findingTexts = {
  ...schemaTexts,
  ...familyTexts,
  ...certificateTexts,
  ...creditTexts,
  ...columnTexts,
} as const satisfies Record<string, ErrorText>;
