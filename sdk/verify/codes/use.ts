import { ASK_ORIGINAL, ASK_PROVIDER, bad, good, type FindingText } from "./text.ts";

/** Checks of the delivery: whether this department may use the record for this purpose. */
export const useCheckTexts = {
  "authorization.granted": good(
    "共享授权有效,披露范围在授权之内(第 {k} 次交付)",
    "The agreement was in force and grants everything disclosed (delivery {k})",
  ),
  "authorization.not-needed": good(
    "该资源无条件共享且不含个人信息,无须授权",
    "The resource is shared unconditionally and holds no personal data: no authorization is needed",
  ),
  "authorization.delivery-missing": bad(
    {
      zh: "缺少交付凭据:此类数据须凭共享授权使用",
      en: "No delivery: data of this kind may be used under an agreement only",
    },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.ledger": bad(
    { zh: "交付凭据属于另一个账本", en: "The delivery belongs to another ledger" },
    ASK_ORIGINAL,
    "holder",
  ),
  "authorization.agreement-unknown": bad(
    { zh: "链上没有这个共享授权", en: "The chain knows no such agreement" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.parties": bad(
    { zh: "共享授权的当事方或资源与文件不符", en: "The agreement is between other parties, or about another resource" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.not-in-force": bad(
    { zh: "交付时共享授权不在有效状态", en: "The agreement was not in force at the time of delivery" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.not-reserved": bad(
    { zh: "交付序号 {k} 未经预留(已预留 {reserved})", en: "Delivery number {k} was never reserved ({reserved} are)" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.unsettled": bad(
    { zh: "结算期已过,交付 {k} 仍未入账", en: "The settlement period is over and delivery {k} was never settled" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.time": bad(
    { zh: "交付时间不合理(早于锚定或在将来)", en: "The time of delivery is before the anchor or in the future" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.document": bad(
    { zh: "申请文书与链上的共享授权不符", en: "The application is not the one the agreement names" },
    ASK_ORIGINAL,
    "provider",
  ),
  "authorization.document-claims": bad(
    {
      zh: "申请文书的数据项被改动或不完整({rule})",
      en: "The application's claims were altered or are incomplete ({rule})",
    },
    ASK_ORIGINAL,
    "provider",
  ),
  "authorization.document-terms": bad(
    {
      zh: "申请文书所写的资源、使用方或用途与交付不同",
      en: "The application names another resource, consumer or purpose than the delivery",
    },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.beyond-grant": bad(
    { zh: "数据项 {at} 超出授权范围", en: "The claim {at} is beyond what was granted" },
    ASK_PROVIDER,
    "provider",
  ),
  "authorization.package": bad(
    { zh: "文件的披露内容与签名的交付包不符", en: "What is disclosed is not what the signed package holds" },
    ASK_ORIGINAL,
    "provider",
  ),
  "audience.match": good("使用方与用途与授权一致", "Department and purpose are those of the delivery"),
  "audience.not-asked": good("未指定使用方与用途", "No department and purpose were asked about"),
  "audience.no-delivery": bad(
    { zh: "没有交付凭据,无法确认使用方与用途", en: "Without a delivery there is no department or purpose to confirm" },
    ASK_PROVIDER,
    "provider",
  ),
  "audience.consumer": bad(
    { zh: "交付给了另一个部门,不是 {as}", en: "It was handed to another department, not to {as}" },
    { zh: "请勿使用;请以本部门名义申请共享。", en: "Do not use it; apply in your own department's name." },
    "consumer",
  ),
  "audience.purpose": bad(
    { zh: "授权用途与 {purpose} 不同", en: "It was handed over for another purpose than {purpose}" },
    { zh: "请勿用于此用途;请就该用途另行申请。", en: "Do not use it for this; apply for this purpose." },
    "consumer",
  ),
  "receipt.signed": good("提供方与使用方均已签名", "Both provider and consumer have signed"),
  "receipt.awaiting": good(
    "提供方已签名,等待本部门回签",
    "The provider has signed; this department's countersignature is awaited",
  ),
  "receipt.not-needed": good("没有交付,无须回执", "There was no delivery, so no receipt is needed"),
  "receipt.no-delivery": bad(
    { zh: "没有交付凭据,也就没有回执", en: "Without a delivery there is no receipt" },
    ASK_PROVIDER,
    "provider",
  ),
  "receipt.countersignature-missing": bad(
    { zh: "使用方尚未回签", en: "The consumer has not countersigned" },
    { zh: "请由使用方节点回签后再使用。", en: "Let the consumer's node countersign first." },
    "consumer",
  ),
  "receipt.key-party": bad(
    { zh: "{side}签名密钥不属于当事部门", en: "The {side} signature is by a key of another department" },
    ASK_PROVIDER,
    "provider",
  ),
  "receipt.key-untrusted": bad(
    {
      zh: "{side}签名密钥在交付时不可信",
      en: "The key of the {side} signature was not to be trusted at the time of delivery",
    },
    ASK_PROVIDER,
    "provider",
  ),
  "receipt.key-algorithm": bad(
    { zh: "{side}签名密钥不是 Ed25519", en: "The key of the {side} signature is not Ed25519" },
    ASK_PROVIDER,
    "provider",
  ),
  "receipt.signature": bad(
    { zh: "{side}签名不成立", en: "The {side} signature does not hold" },
    ASK_ORIGINAL,
    "provider",
  ),
  "receipt.unsupported": bad(
    { zh: "此环境不支持 Ed25519 签名验证", en: "Ed25519 signatures cannot be checked here" },
    { zh: "请改用命令行工具或新版浏览器。", en: "Use the command line or a newer browser." },
    "holder",
  ),
} as const satisfies Record<string, FindingText>;
