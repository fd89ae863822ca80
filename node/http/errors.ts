import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

const signAgain = [
  "请用当前时间、新的 nonce 重新签名后再发。",
  "Sign again with the current time and a new nonce, and repeat.",
] as const;
const readTheRules = [
  "签名须覆盖 @method @authority @path @query content-digest,参数须有 created expires nonce keyid alg tag。",
  "Cover @method @authority @path @query content-digest; give created expires nonce keyid alg tag.",
] as const;
const asDocumented = ["请对照 /docs 中该接口的定义。", "Compare with the definition of the route in /docs."] as const;

/** What a node refuses before any feature is asked. */
export const httpErrorTexts = {
  internal: text(
    "节点内部错误",
    "The node failed",
    "请稍后重试;若再次出现,请把请求编号告知节点运维人员。",
    "Try again later; if it happens again, give the request id to the node's operator.",
  ),
  "http.not-found": text("没有这个地址", "There is nothing at this address", ...asDocumented),
  "http.method": text("该地址不接受 {method}", "This address does not take {method}", ...asDocumented),
  "http.target": text(
    "请求地址不是规范形式",
    "The request target is not in its normal form",
    "请去掉 . 与 .. 路径段及多余的编码。",
    "Leave out dot segments and needless escapes.",
  ),
  "http.request-invalid": text(
    "请求的{part}不符合接口定义",
    "The {part} of the request does not fit the route's definition",
    "请按 faults 所列位置修正。",
    "Correct the places listed in faults.",
  ),
  "http.content-type": text(
    "请求体的类型应为 {expected}",
    "The body must be {expected}",
    "请设置正确的 Content-Type 并重发。",
    "Set the right Content-Type and repeat.",
  ),
  "http.content-encoding": text(
    "不接受压缩的请求体",
    "A compressed body is not taken",
    "请不加 Content-Encoding 发送。",
    "Send it without Content-Encoding.",
  ),
  "http.body-too-large": text(
    "请求体超过 {limit} 字节",
    "The body is larger than {limit} bytes",
    "请拆成多个请求。",
    "Split it into several requests.",
  ),
  "http.body-incomplete": text(
    "请求体没有完整到达",
    "The body did not arrive completely",
    "请重发。",
    "Send it again.",
  ),
  "http.line-too-large": text(
    "该行超过 {limit} 字节",
    "The line is larger than {limit} bytes",
    "请拆分该记录。",
    "Split the record.",
  ),
  "http.too-many-lines": text(
    "一次最多提交 {limit} 行",
    "A request holds at most {limit} lines",
    "请拆成多个请求。",
    "Split it into several requests.",
  ),
  "http.rate-limited": text(
    "部门 {department} 的请求过于频繁",
    "The department {department} sends too many requests",
    "请在 {seconds} 秒后重试,并降低请求频率。",
    "Try again in {seconds} seconds, and ask less often.",
  ),
  "http.busy": text("节点正忙", "The node is busy", "请稍后重试。", "Try again in a moment."),
  "http.idempotency-key": text(
    "幂等键格式无效",
    "The idempotency key is malformed",
    "请使用 1 至 128 个可见 ASCII 字符。",
    "Use 1 to 128 visible ASCII characters.",
  ),
  "signature.missing": text("该请求需要签名", "This request needs a signature", ...readTheRules),
  "signature.malformed": text("签名头格式无效", "The signature headers are malformed", ...readTheRules),
  "signature.components": text("签名没有覆盖 {missing}", "The signature does not cover {missing}", ...readTheRules),
  "signature.parameters": text(
    "签名参数 {parameter} 缺失或无效",
    "The signature parameter {parameter} is missing or wrong",
    ...readTheRules,
  ),
  "signature.authority": text(
    "签名针对的不是本节点",
    "The signature is for another host than this node",
    "请使用登记在册的节点地址签名。",
    "Sign for the address under which the node is registered.",
  ),
  "signature.lifetime": text(
    "签名有效期超过 {limit} 秒",
    "The signature lives longer than {limit} seconds",
    ...signAgain,
  ),
  "signature.early": text(
    "签名时间晚于节点时钟",
    "The signature was created after the node's present",
    "请校准时钟。",
    "Set your clock right.",
  ),
  "signature.expired": text("签名已过期", "The signature has expired", ...signAgain),
  "signature.key-unknown": text(
    "登记簿中没有密钥 {key}",
    "The registry has no key {key}",
    "请核对 keyid(统一社会信用代码/序号)。",
    "Check the keyid (USCC/index).",
  ),
  "signature.key-not-trusted": text(
    "密钥 {key} 现在不被信任",
    "The key {key} is not trusted now",
    "请使用在有效期内、未被声明不可信的密钥。",
    "Use a key inside its validity that nobody declared distrusted.",
  ),
  "signature.invalid": text("签名与请求不符", "The signature does not fit the request", ...signAgain),
  "signature.replayed": text("该请求已处理过", "This request was seen before", ...signAgain),
  "digest.malformed": text(
    "Content-Digest 缺失或格式无效",
    "Content-Digest is missing or malformed",
    "请附 sha-256 的 Content-Digest(RFC 9530),且只附这一种。",
    "Send a Content-Digest with sha-256 (RFC 9530) and nothing else.",
  ),
  "digest.mismatch": text(
    "请求体与 Content-Digest 不符",
    "The body does not fit its Content-Digest",
    "请重发。",
    "Send it again.",
  ),
  "caller.not-active": text(
    "部门 {department} 现在不是有效状态",
    "The department {department} is not active now",
    "请联系数据主管部门。",
    "Ask the authority.",
  ),
  "caller.not-own": text(
    "该操作只供本节点所属部门使用",
    "This operation is for the node's own department",
    "请向本部门的节点发送该请求。",
    "Send it to your own department's node.",
  ),
  "caller.not-oversight": text(
    "该操作只供监督部门使用",
    "This operation is for oversight",
    "请使用监督部门的密钥。",
    "Use a key of a department with the oversight role.",
  ),
  "session.missing": text("尚未登录", "Nobody is signed in", "请登录。", "Sign in."),
  "chain.unavailable": text(
    "现在无法读取链",
    "The chain cannot be read now",
    "请稍后重试;在读到链上状态之前不会交付任何数据。",
    "Try again later; nothing is handed out while the ledger cannot be read.",
  ),
  "peer.unreachable": text(
    "无法连接部门 {department} 的节点",
    "The node of {department} cannot be reached",
    "请稍后重试;可安全重发。",
    "Try again later; repeating is safe.",
  ),
  "peer.busy": text(
    "部门 {department} 的节点正忙:{code}",
    "The node of {department} is busy: {code}",
    "请稍后重试;可安全重发。",
    "Try again later; repeating is safe.",
  ),
  "peer.refused": text(
    "部门 {department} 的节点拒绝了请求:{code}",
    "The node of {department} refused: {code}",
    "请按该错误码的说明处理(见 /problems)。",
    "Follow what /problems says of that code.",
  ),
  "peer.invalid": text(
    "部门 {department} 的节点应答无效",
    "The node of {department} gave no valid answer",
    "请联系对方运维人员。",
    "Tell its operator.",
  ),
} as const satisfies Record<string, ErrorText>;

export type HttpErrorCode = keyof typeof httpErrorTexts;

export interface RequestFault {
  /** A JSON pointer into the part of the request. */
  readonly at: string;
  readonly rule: string;
}

export class HttpError extends errorClass<HttpErrorCode>("HttpError", httpErrorTexts) {
  faults: readonly RequestFault[] = [];

  /** Carries the places where a request breaks its schema: names and rules, never content. */
  withFaults(faults: readonly RequestFault[]): this {
    this.faults = faults;
    return this;
  }
}
