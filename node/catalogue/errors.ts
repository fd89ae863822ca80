import { errorClass, type ErrorText } from "../../sdk/protocol/errors.ts";

const text = (zh: string, en: string, remedyZh: string, remedyEn: string): ErrorText => ({
  zh,
  en,
  remedy: { zh: remedyZh, en: remedyEn },
});

export const catalogueErrorTexts = {
  "resource.unknown": text(
    "账本上没有这个资源",
    "The ledger has no such resource",
    "请在资源目录中核对标识。",
    "Compare the id with the catalogue.",
  ),
  "family.unknown": text(
    "本节点不认识记录类型 {family}",
    "This node knows no record family {family}",
    "可用的类型:{known}。",
    "Known families: {known}.",
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
  "metadata.legal-basis": text(
    "不予共享的资源必须附法律依据",
    "A resource that is not shared needs its legal basis",
    "请附上 legalBasis。",
    "Give legalBasis.",
  ),
} as const satisfies Record<string, ErrorText>;

export class CatalogueError extends errorClass<keyof typeof catalogueErrorTexts>(
  "CatalogueError",
  catalogueErrorTexts,
) {}
