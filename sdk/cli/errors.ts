import { ChainError } from "../chain/errors.ts";
import { ClientError } from "../client/errors.ts";
import { ProblemError } from "../client/problem-error.ts";
import { MirrorError } from "../mirror/errors.ts";
import { CodedError, errorClass, errorText as text, type ErrorText } from "../protocol/errors.ts";

/** What the exit code of every command says. */
export const EXIT = {
  /** Done; valid; verified. */
  ok: 0,
  /** A negative outcome: not valid, rejected, refused. */
  negative: 1,
  /** It could not be determined: unreachable, not ready, out of date. */
  undetermined: 2,
  /** Wrong arguments, or a file that cannot be used. */
  usage: 64,
  /** A fault of the program. */
  unexpected: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const HELP = ["请试 {try}。", "Try {try}."] as const;

/** What can be wrong with how a command was called. `try` is the nearest name, or the help to ask for. */
export const cliErrorTexts = {
  "usage.unknown-command": text("没有命令 {name}", "There is no command {name}", ...HELP),
  "usage.no-command": text("没有写明命令", "No command was named", ...HELP),
  "usage.unknown-option": text("没有选项 {name}", "There is no option {name}", ...HELP),
  "usage.argument-missing": text("缺少参数 {name}", "The argument {name} is missing", ...HELP),
  "usage.argument-excess": text("参数过多", "There are too many arguments", ...HELP),
  "usage.option-missing": text("缺少必需的选项 {name}", "The option {name} is required", ...HELP),
  "usage.option-value-missing": text("选项 {name} 缺少值", "The option {name} needs a value", ...HELP),
  "usage.option-conflict": text("选项 {name} 不能与 {other} 同时使用", "{name} cannot be used with {other}", ...HELP),
  "usage.value": text(
    "{name} 的值不可用",
    "The value of {name} cannot be used",
    "应为:{expected}。",
    "Expected: {expected}.",
  ),
  "usage.together": text("{name} 与 {other} 须同时使用", "{name} and {other} go together", ...HELP),
  "usage.either": text("{name} 与 {other} 须选其一", "Give {name} or {other}, one of them", ...HELP),
  "usage.other": text("用法不正确", "That is not how the command is used", ...HELP),
  "input.missing": text("找不到文件 {path}", "There is no file {path}", "请核对路径。", "Check the path."),
  "input.unreadable": text(
    "无法读取 {path}({reason})",
    "{path} cannot be read ({reason})",
    "请核对权限,并确认它是文件而不是目录。",
    "Check its permissions, and that it is a file and not a folder.",
  ),
  "input.too-large": text(
    "{path} 超过 {limit} 字节",
    "{path} is larger than {limit} bytes",
    "请确认文件无误,或分成几份。",
    "Check that it is the right file, or split it.",
  ),
  "input.line-too-long": text(
    "{path} 第 {line} 行超过 {limit} 字节",
    "Line {line} of {path} is longer than {limit} bytes",
    "请确认每行是一个 JSON 对象。",
    "Check that each line is one JSON object.",
  ),
  "project.bid-not-sealed": text(
    "该标段没有封存过这份投标({commitment})",
    "This bid was not sealed for that lot ({commitment})",
    "请核对密封文件;截止前须先递交。",
    "Check the file: it has to be handed in before the deadline.",
  ),
  "input.form": text(
    "{path} 不是{expectedZh}",
    "{path} is not {expectedEn}",
    "请核对文件内容。",
    "Check what the file holds.",
  ),
  "input.member": text(
    "{path} 的成员 {at} 不符合要求({rule})",
    "The member {at} of {path} does not fit ({rule})",
    "请按命令的用法说明改正该成员。",
    "Correct it as the command's help says.",
  ),
  "output.unwritable": text(
    "无法写入 {path}({reason})",
    "{path} cannot be written ({reason})",
    "请另选路径,或检查权限与磁盘空间。",
    "Choose another path, or check permissions and disk space.",
  ),
  "connection.node-missing": text(
    "没有指定节点",
    "No node was named",
    "请用 --node URL 或 SUYUAN_NODE 指定节点地址。",
    "Name the node with --node URL or SUYUAN_NODE.",
  ),
  "connection.keystore-missing": text(
    "没有指定密钥库",
    "No keystore was named",
    "请用 --keystore FILE 或 SUYUAN_KEYSTORE 指定;用 suyuan keys create 新建。",
    "Name it with --keystore FILE or SUYUAN_KEYSTORE; make one with suyuan keys create.",
  ),
  "connection.password-missing": text(
    "没有密钥库口令",
    "There is no password for the keystore",
    "请设置 SUYUAN_KEYSTORE_PASSWORD 或 SUYUAN_KEYSTORE_PASSWORD_FILE。",
    "Set SUYUAN_KEYSTORE_PASSWORD or SUYUAN_KEYSTORE_PASSWORD_FILE.",
  ),
  "connection.key-unknown": text(
    "该节点所属部门({department})没有登记此密钥库的交换密钥",
    "The node's department ({department}) has not registered this keystore's exchange key",
    "请核对 --node 与 --keystore 是否同属一个部门,或用 --key-id 指明密钥。",
    "Check that --node and --keystore belong to one department, or name the key with --key-id.",
  ),
  "approval.mismatch": text(
    "{path} 中的记录或账本与本部门节点所示不同",
    "{path} names another record or ledger than the department's node does",
    "请勿签署;请第一人重新提出。",
    "Do not sign it; let the first person propose it again.",
  ),
  "approval.same-key": text(
    "密钥 {key} 已经签署:须由第二人以另一把密钥签署",
    "The key {key} has signed already: a second person signs with another key",
    "请由第二人用自己的密钥库签署。",
    "Let the second person sign, with an own keystore.",
  ),
  "approval.too-few": text(
    "只有 {count} 个签名,需要 {needed} 个",
    "There are {count} signatures of {needed}",
    "请由第二人运行 suyuan destroy approve。",
    "Let the second person run suyuan destroy approve.",
  ),
  "record.not-anchored": text(
    "第 {seq} 号记录当时尚未锚定,或没有这条记录",
    "Record {seq} was not anchored then, or there is no such record",
    "请核对范围与编号;提供方可用 suyuan record show 查看进展。",
    "Check scope and number; the provider sees how far it is with suyuan record show.",
  ),
  "ingest.unanswered": text(
    "节点没有对每一行作出答复(第 {line} 行起)",
    "The node did not answer every line (from line {line} on)",
    "请重复运行:已接受的行会答复为已有,不会重复登记。",
    "Run it again: accepted lines are answered as duplicates and stored once.",
  ),
  "ingest.receipt-key": text(
    "回执由密钥 {key} 签名,手头没有可信的公钥可以核对",
    "The receipts are signed with the key {key}, and nothing trusted says what it is",
    "请用 --trust 指定信任文件 trust.json:公钥将从链上读取。记录已被节点接受,重复运行不会重复登记。",
    "Name a trust file with --trust: the key is then read from the chain. The records are accepted; running it again stores nothing twice.",
  ),
  "ingest.receipt-invalid": text(
    "第 {line} 行的回执签名不成立",
    "The signature of the receipt for line {line} does not hold",
    "节点的答复不可信:请与其运维方核对,勿以此回执为凭。",
    "The node's answer cannot be believed: ask its operators, and do not rely on this receipt.",
  ),
  "cli.unexpected": text(
    "程序内部错误({error})",
    "A fault of the program ({error})",
    "请设置 SUYUAN_DEBUG=1 重试,并报告输出的内容。",
    "Repeat it with SUYUAN_DEBUG=1 and report what it prints.",
  ),
} as const satisfies Record<string, ErrorText>;

export type CliErrorCode = keyof typeof cliErrorTexts;
export class CliError extends errorClass<CliErrorCode>("CliError", cliErrorTexts) {}

const UNDETERMINED_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const UNDETERMINED_CLIENT: ReadonlySet<string> = new Set([
  "client.unreachable",
  "client.timeout",
  "client.response-invalid",
  "client.response-too-large",
]);

const CLI_EXITS: ReadonlyMap<CliErrorCode, ExitCode> = new Map([
  ["cli.unexpected", EXIT.unexpected],
  ["ingest.unanswered", EXIT.undetermined],
  ["ingest.receipt-invalid", EXIT.negative],
  ["record.not-anchored", EXIT.negative],
]);

/** One table for every error: refused is negative, unreachable is undetermined, what the caller gave is usage. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return CLI_EXITS.get(error.code) ?? EXIT.usage;
  if (error instanceof ProblemError)
    return UNDETERMINED_STATUS.has(error.problem.status) ? EXIT.undetermined : EXIT.negative;
  if (error instanceof ClientError) {
    if (UNDETERMINED_CLIENT.has(error.code)) return EXIT.undetermined;
    return error.code.startsWith("keystore.") || error.code === "client.signer-missing" ? EXIT.usage : EXIT.negative;
  }
  if (error instanceof ChainError) return error.code === "chain.revert" ? EXIT.negative : EXIT.undetermined;
  if (error instanceof MirrorError) return error.code === "mirror.chain-behind" ? EXIT.undetermined : EXIT.usage;
  return isCoded(error) ? EXIT.negative : EXIT.unexpected;
}

export const isCoded = (error: unknown): error is CodedError => error instanceof CodedError;

/** A coded error in any case; of an unforeseen one only the name is told, since its message may quote a document. */
export function asCoded(error: unknown): CodedError {
  if (isCoded(error)) return error;
  return new CliError("cli.unexpected", { error: error instanceof Error ? error.name : typeof error }, error);
}
