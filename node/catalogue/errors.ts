import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** What the catalogue refuses beside what its contract does. */
export const catalogueErrorTexts = {
  "resource.unknown": text(
    "账本上没有这个资源,或它不属于本部门",
    "The ledger has no such resource, or it is another department's",
    "请在资源目录中核对标识与提供部门。",
    "Compare the id and the provider with the catalogue.",
  ),
  "resource.not-published": text(
    "该资源现在不是已发布状态({state})",
    "The resource is not published now ({state})",
    "请先完成审核与发布;已停止共享的资源不再接收记录。",
    "Have it reviewed and publish it; a withdrawn resource takes no more records.",
  ),
  "resource.no-family": text(
    "本节点不认识该资源已发布的模式,不能接收记录",
    "This node does not know the schema that was published for the resource and takes no records",
    "请升级节点软件,或发布使用已知记录类型的新版本。",
    "Upgrade the node, or publish a version that uses a family it knows.",
  ),
  "resource.key-used": text(
    "同一幂等键已用于该资源的另一份提案",
    "The idempotency key was used for another proposal of this resource",
    "请为不同的提案使用新的幂等键。",
    "Use a new key for another proposal.",
  ),
  "family.unknown": text(
    "本节点不认识这个记录类型",
    "This node knows no such record family",
    "可用的类型:{known}。",
    "Use one of: {known}.",
  ),
  "document.unknown": text(
    "本节点没有摘要为此的文档",
    "This node has no document of this digest",
    "请向提供该资源的部门的节点索取。",
    "Ask the node of the department that provides the resource.",
  ),
  "document.damaged": text(
    "存储的文档与其摘要不符",
    "The stored document does not give its digest",
    "请运行 suyuan fsck 并从备份恢复。",
    "Run suyuan fsck and restore from a backup.",
  ),
  "metadata.mismatch": text(
    "元数据的 {member} 与所提资源不一致",
    "The metadata's {member} differs from the proposed resource",
    "请使两者一致后重新提交。",
    "Make both agree and propose again.",
  ),
  "metadata.item-unknown": text(
    "第 {number} 个数据项的路径不在记录类型的模式中",
    "The path of item {number} is not in the family's schema",
    "请写出模式中的数据项名称,层级之间用点号。",
    "Name a member of the schema, a dot between levels.",
  ),
} as const satisfies Record<string, ErrorText>;

export type CatalogueErrorCode = keyof typeof catalogueErrorTexts;
export class CatalogueError extends errorClass<CatalogueErrorCode>("CatalogueError", catalogueErrorTexts) {}
