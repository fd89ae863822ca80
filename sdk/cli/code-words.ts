import type { AgreementState } from "../chain/agreements.ts";
import type { ResourceState, ShareClass } from "../chain/catalogue.ts";
import type { DepartmentRole, DepartmentStatus } from "../chain/departments.ts";
import type { RecordState } from "../chain/statuses.ts";
import type { Context } from "./context.ts";

const AGREEMENT: Readonly<Record<AgreementState, string>> = {
  none: "无",
  applied: "已申请",
  incomplete: "待补充",
  agreed: "已同意",
  refused: "不同意",
  suspended: "已暂停",
  revoked: "已撤回",
  expired: "已期满",
  completed: "已办结",
};
const RESOURCE: Readonly<Record<ResourceState, string>> = {
  none: "未发布",
  proposed: "待审核",
  approved: "已批准",
  rejected: "未通过",
  published: "已发布",
  withdrawn: "已停止共享",
};
const SHARE_CLASS: Readonly<Record<ShareClass, string>> = {
  none: "无",
  unconditional: "无条件共享",
  conditional: "有条件共享",
  "not-shared": "不予共享",
};
const DEPARTMENT: Readonly<Record<DepartmentStatus, string>> = {
  none: "未接入",
  active: "有效",
  suspended: "已暂停",
  dissolved: "已撤并",
};
const ROLE: Readonly<Record<DepartmentRole, string>> = {
  none: "无",
  department: "部门",
  authority: "数据主管部门",
  oversight: "监督",
};
const STATUS: Readonly<Record<RecordState, string>> = {
  active: "有效",
  suspended: "暂扣",
  revoked: "撤销",
  cancelled: "注销",
  lapsed: "失效",
  transferred: "办理转出",
  withdrawn: "吊销",
  superseded: "已被取代",
  other: "其他",
};
/** Of a record on its way to the chain, of a delivery, of a destruction: what a node says. */
const PROGRESS: Readonly<Record<string, string>> = {
  accepted: "已接收",
  sealed: "已封存",
  submitted: "已提交",
  anchored: "已锚定",
  final: "已确定",
  refused: "已拒绝",
  destroyed: "已销毁",
  unused: "未使用",
  asked: "已索取",
  served: "已交付",
  acknowledged: "已会签",
  received: "已收到",
  disputed: "有异议",
  free: "未使用",
  delivered: "已交付",
  unacknowledged: "未回执",
  void: "作废",
  "nothing-received": "未收到",
  intended: "已决定",
  deleted: "已删除",
  swept: "已清扫",
  complete: "已完成",
  verified: "核验通过",
  rejected: "不予采信",
  undetermined: "无法判定",
};

export const CODE_WORDS = {
  agreement: AGREEMENT,
  resource: RESOURCE,
  shareClass: SHARE_CLASS,
  department: DEPARTMENT,
  role: ROLE,
  status: STATUS,
  progress: PROGRESS,
} as const;

/** A code as people read it. In Chinese with its word before it; the code stays, since options take it. */
export function codeText(kind: keyof typeof CODE_WORDS, code: string, { language }: Context): string {
  const words: Readonly<Record<string, string>> = CODE_WORDS[kind];
  return language === "zh" && Object.hasOwn(words, code) ? `${words[code]} ${code}` : code;
}
