import { errorClass, errorText as text, type ErrorText } from "../protocol/errors.ts";

/** What can go wrong between a caller and a node, and with the caller's own keys. */
const clientErrorTexts = {
  "client.unreachable": text(
    "无法连接 {host}",
    "{host} cannot be reached",
    "请确认节点已启动、地址正确、网络可达,然后重试;写入请求可安全重发。",
    "Check that the node runs and the address is right, then repeat; a write may be sent again.",
  ),
  "client.timeout": text(
    "{host} 在 {limitMs} 毫秒内没有完成应答",
    "{host} did not finish answering within {limitMs} ms",
    "请稍后以同一幂等键重试。",
    "Repeat later with the same idempotency key.",
  ),
  "client.endpoint-refused": text(
    "不允许连接地址 {host}",
    "The address {host} may not be connected to",
    "节点地址须为 http(s) 且不是本机或链路本地地址;单机评估可显式放行回环地址。",
    "A node's endpoint is http(s) and not loopback or link-local; an evaluation on one machine can allow loopback.",
  ),
  "client.response-invalid": text(
    "{host} 的应答不符合接口定义({at})",
    "The answer of {host} does not fit the interface ({at})",
    "请核对双方版本;不要采信该应答。",
    "Compare the versions of both sides; do not rely on this answer.",
  ),
  "client.response-too-large": text(
    "{host} 的应答超过 {limit} 字节",
    "The answer of {host} is larger than {limit} bytes",
    "请缩小请求范围。",
    "Ask for less at once.",
  ),
  "client.problem": text(
    "{host} 拒绝了请求({status} {problem})",
    "{host} refused the request ({status} {problem})",
    "请按对方给出的说明处理。",
    "Follow the remedy that the node states.",
  ),
  "client.signer-missing": text(
    "该操作需要签名",
    "This operation needs a signature",
    "请提供密钥库(--keystore)及其口令。",
    "Give a keystore (--keystore) and its password.",
  ),
  "keystore.missing": text(
    "找不到密钥库文件 {path}",
    "There is no keystore file {path}",
    "请核对路径,或用 suyuan keys create 新建。",
    "Check the path, or make one with suyuan keys create.",
  ),
  "keystore.exists": text(
    "密钥库文件 {path} 已存在",
    "The keystore file {path} exists already",
    "请另选路径;密钥库从不被覆盖。",
    "Choose another path; a keystore is never overwritten.",
  ),
  "keystore.format": text(
    "{path} 不是 suyuan/keystore/1 密钥库",
    "{path} is not a suyuan/keystore/1 keystore",
    "请从备份恢复该文件。",
    "Restore the file from its backup.",
  ),
  "keystore.password": text(
    "密钥库口令不正确,或文件已被改动",
    "The keystore's password is wrong, or the file was altered",
    "请核对 SUYUAN_KEYSTORE_PASSWORD 或 SUYUAN_KEYSTORE_PASSWORD_FILE。",
    "Check SUYUAN_KEYSTORE_PASSWORD or SUYUAN_KEYSTORE_PASSWORD_FILE.",
  ),
  "keystore.password-short": text(
    "口令至少需要 {minimum} 个字符",
    "The password needs at least {minimum} characters",
    "请使用更长的口令。",
    "Use a longer password.",
  ),
} as const satisfies Record<string, ErrorText>;

export type ClientErrorCode = keyof typeof clientErrorTexts;
export class ClientError extends errorClass<ClientErrorCode>("ClientError", clientErrorTexts) {}
