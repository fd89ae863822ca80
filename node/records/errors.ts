import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

const readTheFindings = [
  "请按所列问题逐项修正后重新提交。",
  "Correct each of the listed findings and submit again.",
] as const;
const restoreTheStore = [
  "请运行 suyuan fsck,并从备份恢复该记录。",
  "Run suyuan fsck and restore the record from a backup.",
] as const;

/** Everything that the records feature refuses. */
export const recordErrorTexts = {
  "record.unknown": text(
    "范围中没有编号 {seq} 的记录",
    "The scope has no record number {seq}",
    "请核对编号。",
    "Check the number.",
  ),
  "record.destroyed": text(
    "编号 {seq} 的记录已依法销毁",
    "Record number {seq} has been destroyed",
    "载荷已不可恢复;销毁记录见部门日志。",
    "Its payload cannot be recovered; the department's journal holds the destruction record.",
  ),
  "record.destruction-pending": text(
    "编号 {seq} 的记录已决定销毁",
    "Record number {seq} is to be destroyed",
    "不再对外提供其内容。",
    "Its content is no longer handed out.",
  ),
  "record.not-final": text(
    "编号 {seq} 的记录尚未最终确认({state})",
    "Record number {seq} is not final yet ({state})",
    "请稍后重试,或等待其状态变为 final。",
    "Try again later, or wait for its state to become final.",
  ),
  "record.damaged": text(
    "编号 {seq} 的记录已损坏:{part}",
    "Record number {seq} is damaged: {part}",
    ...restoreTheStore,
  ),
  "record.not-voidable": text(
    "编号 {seq} 的记录不能作废({state})",
    "Record number {seq} cannot be made void ({state})",
    "只有尚未签名锚定的受损记录可以作废。",
    "Only a damaged record that no signed transaction covers can be made void.",
  ),
  "record.schema": text(
    "内容不符合资源的模式",
    "The content does not conform to the resource's schema",
    ...readTheFindings,
  ),
  "record.findings": text("内容不符合业务规则", "The content breaks rules of its family", ...readTheFindings),
  "record.protocol": text(
    "内容不能写成记录:{code}",
    "The content cannot be committed: {code}",
    "请按错误码修正内容。",
    "Correct the content as the code says.",
  ),
  "record.kind": text(
    "该范围不接受 {kind} 类记录",
    "The scope takes no records of kind {kind}",
    "请使用该范围允许的类型。",
    "Use a kind that belongs to the scope.",
  ),
  "record.stream-number": text(
    "数据项 k 应为 {seq}",
    "The claim k must be {seq}",
    "流中的编号须与记录编号一致,请按顺序提交。",
    "Numbers of a stream follow the records': submit them in order.",
  ),
  "record.idempotency-key": text(
    "幂等键格式无效",
    "The idempotency key is malformed",
    "请使用 1 至 128 个可见 ASCII 字符。",
    "Use 1 to 128 visible ASCII characters.",
  ),
  "record.idempotency-conflict": text(
    "同一幂等键已用于编号 {seq} 的不同内容",
    "The idempotency key was used for other content, number {seq}",
    "请为不同内容使用新的幂等键。",
    "Use a new key for other content.",
  ),
  "record.timeout": text(
    "等待编号 {seq} 变为 {state} 超时",
    "Record number {seq} did not become {state} in time",
    "请稍后查询其状态。",
    "Ask for its state later.",
  ),
  "subject.active": text(
    "同一业务编号已有有效记录 {seq}",
    "The business key has the active record {seq}",
    "请以 supersedes 关系引用该记录,或先改变其状态。",
    "Name that record as a supersedes parent, or change its status first.",
  ),
  "subject.superseded": text(
    "编号 {seq} 的记录已被编号 {by} 取代",
    "Record {seq} is superseded by {by} already",
    "请引用最新的有效记录。",
    "Name the newest active record.",
  ),
  "subject.missing": text(
    "内容没有业务编号",
    "The content has no business key",
    "请填写证照编号或文书号。",
    "Supply the certificate or decision number.",
  ),
  "record.unknown-key": text(
    "没有该业务编号的有效记录",
    "No active record has this business key",
    "请核对证照编号或文书号。",
    "Check the certificate or decision number.",
  ),
  "parent.unknown": text(
    "上游记录 {seq} 在本节点不存在或编号不符",
    "The parent {seq} is not a record of this node, or has another id",
    "请核对上游记录的范围、编号和记录标识。",
    "Check the parent's scope, number and record id.",
  ),
  "parent.predecessor-unknown": text(
    "本资源中没有前一版本的证照",
    "The resource has no record of the certificate's predecessor",
    "请核对 predecessor,并先提交前一版本。",
    "Check predecessor, and submit the earlier version first.",
  ),
  "parent.destroyed": text(
    "上游记录 {seq} 已销毁",
    "The parent {seq} has been destroyed",
    "不能取代已销毁的记录。",
    "A destroyed record cannot be superseded.",
  ),
  "scope.unknown": text(
    "本节点未登记该范围",
    "The scope is not registered with this node",
    "请先登记资源或授权。",
    "Register the resource or agreement first.",
  ),
  "scope.conflict": text(
    "该范围已以不同的设置登记",
    "The scope is registered with other settings",
    "种类、资源、授权和哈希算法不可更改。若设置并未改动,请停止节点并运行 suyuan fsck。",
    "Kind, resource, agreement and hash cannot change. If nobody changed them, stop the node and run suyuan fsck.",
  ),
  "scope.schema-missing": text(
    "资源范围缺少模式",
    "The scope of a resource needs a schema",
    "请提供目录中发布的模式。",
    "Supply the schema that the catalogue published.",
  ),
  "scope.schema-unsupported": text(
    "模式不能编译",
    "The schema cannot be compiled",
    "请核对模式中的关键字与格式。",
    "Check its keywords and formats.",
  ),
  "scope.not-open": text(
    "该范围尚未在链上开启",
    "The scope is not open on chain",
    "请先发布资源、同意授权或开启日志。",
    "Publish the resource, agree to the agreement or open the journal first.",
  ),
  "scope.not-held": text(
    "该范围属于另一部门",
    "The scope belongs to another department",
    "请核对密钥与部门。",
    "Check the node's key and department.",
  ),
  "scope.damaged": text(
    "该范围的编号计数与其记录不符(编号 {seq})",
    "The counter of the scope does not fit its records (number {seq})",
    "请停止节点,运行 suyuan fsck 并从备份恢复。",
    "Stop the node, run suyuan fsck and restore from a backup.",
  ),
  "scope.behind": text(
    "链上已有 {chain} 条记录,本地只有 {local} 条",
    "The chain has {chain} records of this scope, the store {local}",
    "数据可能丢失或来自旧备份;请恢复最新数据。",
    "The store lost data or is an old backup; restore the newest one.",
  ),
  "intake.busy": text(
    "等待写入的记录过多({waiting})",
    "Too many records are waiting ({waiting})",
    "请稍后重试。",
    "Try again in a moment.",
  ),
  "intake.closed": text(
    "节点正在停止",
    "The node is stopping",
    "请在节点重新启动后重试。",
    "Try again when the node is back.",
  ),
  "events.cursor": text(
    "事件流中没有游标 {cursor}(现有 {oldest} 至 {newest})",
    "The feed does not hold cursor {cursor} (it has {oldest} to {newest})",
    "请重新读取所需记录的状态,再从现有游标继续。",
    "Read the state of the records you need again, and go on from a cursor that is there.",
  ),
  "webhook.host": text(
    "不允许向 {host} 送达事件",
    "Events must not be sent to {host}",
    "请由节点管理员把该 主机:端口 列入 SUYUAN_WEBHOOK_HOSTS 后重启节点。",
    "Whoever runs the node adds this host:port to SUYUAN_WEBHOOK_HOSTS and starts it again.",
  ),
  "webhook.full": text(
    "回调地址已达上限({limit})",
    "There are {limit} webhooks already",
    "请先用 suyuan webhook end 取消不再使用的。",
    "End one that is not used any more: suyuan webhook end.",
  ),
  "webhook.unknown": text(
    "没有这个回调地址",
    "There is no such webhook",
    "请用 suyuan webhook list 查看现有的。",
    "See those that exist with suyuan webhook list.",
  ),
  "batch.damaged": text(
    "批次 {first} 的根与存储内容不符",
    "The stored records do not give the root of batch {first}",
    ...restoreTheStore,
  ),
} as const satisfies Record<string, ErrorText>;

export type RecordErrorCode = keyof typeof recordErrorTexts;
export class RecordError extends errorClass<RecordErrorCode>("RecordError", recordErrorTexts) {}
