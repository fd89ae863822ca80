import { ASK_ISSUER, ASK_NEWER, ASK_ORIGINAL, bad, good, type FindingText } from "./text.ts";

/** Checks of what the file itself says. */
export const fileCheckTexts = {
  "verify.unexpected": bad(
    { zh: "验证工具遇到意外错误({error})", en: "The verifier met an unexpected error ({error})" },
    { zh: "请升级验证工具;若仍出现,请报告此问题。", en: "Use a newer verifier; if it stays, report it." },
    "holder",
  ),
  "verify.no-connection": bad(
    { zh: "没有可用的链节点,无法核对", en: "No chain endpoint was given, so this could not be checked" },
    { zh: "请用 --rpc 指定节点,或提供信任文件。", en: "Name an endpoint with --rpc, or give a trust file." },
    "holder",
  ),
  "verify.format-first": bad(
    { zh: "文件格式无效,未作检查", en: "Not checked: the file's format is invalid" },
    ASK_ORIGINAL,
    "holder",
  ),
  "format.valid": good("格式符合 suyuan/evidence/1", "The format is suyuan/evidence/1"),
  "format.invalid": bad(
    { zh: "不是有效的存证文件:{detail}", en: "Not a valid evidence file: {detail}" },
    ASK_ORIGINAL,
    "holder",
  ),
  "format.version": bad(
    { zh: "不支持此文件的格式版本", en: "This version of the format is not supported" },
    ASK_NEWER,
    "holder",
  ),
  "ledger.trusted": good("属于所信任的账本", "It belongs to the trusted ledger"),
  "ledger.other": bad(
    { zh: "属于另一个账本", en: "It belongs to another ledger" },
    {
      zh: "请勿当作本账本的存证使用;若确应信任那个账本,请使用它的信任文件。",
      en: "Do not use it as evidence of this ledger. If that ledger is to be trusted, verify with its trust file.",
    },
    "holder",
  ),
  "ledger.no-trust": bad(
    { zh: "没有信任文件,无法判断账本", en: "Without a trust file the ledger cannot be judged" },
    {
      zh: "请用 --trust 指定数据主管部门发布的信任文件。",
      en: "Give the trust file that the authority publishes, with --trust.",
    },
    "holder",
  ),
  "scope.holds": good("序号 {seq} 属于该范围,由出具部门持有", "Number {seq} lies in the scope, which the issuer holds"),
  "scope.number": bad(
    { zh: "序号 {seq} 不在所称批次内", en: "Number {seq} is not in the batch it names" },
    ASK_ORIGINAL,
    "holder",
  ),
  "scope.unknown": bad({ zh: "链上没有这个范围", en: "The chain knows no such scope" }, ASK_ISSUER, "issuer"),
  "scope.kind": bad(
    { zh: "此类记录({kind})不属于这种范围", en: "A record of kind {kind} does not belong in this scope" },
    ASK_ISSUER,
    "issuer",
  ),
  "scope.issuer": bad(
    { zh: "出具部门与持有该范围的部门不同", en: "The issuer is not the department that holds the scope" },
    ASK_ISSUER,
    "issuer",
  ),
  "scope.resource": bad(
    { zh: "所称资源与该范围不符", en: "The resource it names is not what the scope stands for" },
    ASK_ISSUER,
    "issuer",
  ),
  "scope.stream": bad(
    {
      zh: "交付或回执所写的授权或序号与其位置不符",
      en: "The delivery or receipt names another agreement or number than its place",
    },
    ASK_ISSUER,
    "issuer",
  ),
  "scope.not-anchored": bad(
    { zh: "该范围尚未锚定到此序号", en: "The scope has not been anchored up to this number" },
    ASK_ISSUER,
    "issuer",
  ),
  "record.valid": good(
    "记录编号由记录头算出,血缘披露 {disclosed} 项、保留 {withheld} 项",
    "The record id follows from the header; {disclosed} parents disclosed, {withheld} withheld",
  ),
  "record.parents": bad(
    { zh: "披露的血缘与记录头不符", en: "The disclosed parents do not match the header" },
    ASK_ORIGINAL,
    "holder",
  ),
  "claims.valid": good("{disclosed} 个数据项与记录头一致", "{disclosed} claims match the header"),
  "claims.schema-unreadable": bad(
    { zh: "模式无法读取,未检查数据项", en: "Not checked: the schema cannot be read" },
    ASK_ORIGINAL,
    "holder",
  ),
  "claims.order": bad({ zh: "数据项顺序无效", en: "The claims are out of order" }, ASK_ORIGINAL, "holder"),
  "claims.root": bad(
    { zh: "数据项被改动,或证明不完整", en: "A claim was altered, or the proof is incomplete" },
    ASK_ORIGINAL,
    "holder",
  ),
  "claims.path-repeated": bad({ zh: "同一数据项出现两次", en: "A claim occurs twice" }, ASK_ISSUER, "issuer"),
  "claims.path-conflict": bad(
    { zh: "数据项路径互相矛盾", en: "The paths of claims contradict one another" },
    ASK_ISSUER,
    "issuer",
  ),
  "claims.required-withheld": bad(
    { zh: "缺少必需数据项", en: "A required claim is withheld" },
    ASK_ORIGINAL,
    "provider",
  ),
  "claims.required-elsewhere": bad(
    { zh: "必需数据项不在规定位置", en: "A required claim is not at its position" },
    ASK_ISSUER,
    "issuer",
  ),
  "schema.published": good(
    "模式在锚定时已发布,数据项符合模式",
    "The schema was published at anchor time and the claims conform",
  ),
  "schema.protocol": good("符合协议规定的模式", "It conforms to the protocol's own schema"),
  "schema.unreadable": bad(
    { zh: "模式无法读取:{detail}", en: "The schema cannot be read: {detail}" },
    ASK_ORIGINAL,
    "holder",
  ),
  "schema.digest": bad(
    { zh: "模式与记录头所称不同", en: "The schema is not the one the header names" },
    ASK_ORIGINAL,
    "holder",
  ),
  "schema.not-published": bad(
    { zh: "该模式在锚定时未为此资源发布", en: "The schema was not published for this resource at anchor time" },
    ASK_ISSUER,
    "issuer",
  ),
  "schema.value": bad(
    { zh: "数据项 {at} 不符合模式", en: "The claim {at} does not conform to the schema" },
    ASK_ISSUER,
    "issuer",
  ),
  "schema.validity": bad(
    { zh: "记录头的有效期与数据项不一致", en: "The header's validity is not that of the claims" },
    ASK_ISSUER,
    "issuer",
  ),
  "inclusion.valid": good(
    "包含在批次中(位置 {index},从 0 起,共 {count} 条)",
    "Included in the batch (position {index} from 0, of {count})",
  ),
  "inclusion.mismatch": bad(
    {
      zh: "包含证明不成立:记录或证明被改动",
      en: "The inclusion proof does not hold: the record or the proof was altered",
    },
    ASK_ORIGINAL,
    "holder",
  ),
} as const satisfies Record<string, FindingText>;
