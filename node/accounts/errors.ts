import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

const signIn = ["请登录。", "Sign in."] as const;
const askAdministrator = ["请联系本部门的系统管理员。", "Ask your department's administrator."] as const;

export const accountErrorTexts = {
  "session.expired": text("会话已结束", "The session has ended", ...signIn),
  "session.csrf": text(
    "请求不是由本门户的页面发出",
    "The request did not come from this portal's page",
    "请刷新页面后重试。",
    "Reload the page and try again.",
  ),
  "session.host": text(
    "请求的主机名不是本节点",
    "The request is for another host than this node",
    "请用登记的地址访问。",
    "Use the address under which the node is registered.",
  ),
  "operator.credentials": text(
    "账号或口令不对",
    "The name or the password is wrong",
    "请核对后重试;连续 {limit} 次错误将锁定 {minutes} 分钟。",
    "Try again; {limit} failures in a row lock the account for {minutes} minutes.",
  ),
  "operator.locked": text(
    "账号已锁定",
    "The account is locked",
    "请 {minutes} 分钟后重试,或请系统管理员解锁。",
    "Try again in {minutes} minutes, or ask an administrator to unlock it.",
  ),
  "operator.role": text(
    "您的角色不能执行此操作({operation})",
    "Your roles do not allow this ({operation})",
    ...askAdministrator,
  ),
  "operator.approval": text(
    "此操作须由另一人批准({operation})",
    "This needs a second person's approval ({operation})",
    "请提请审批。",
    "Ask for its approval.",
  ),
  "operator.exists": text(
    "账号 {name} 已存在",
    "The account {name} exists already",
    "请换一个账号名。",
    "Choose another name.",
  ),
  "operator.unknown": text("没有账号 {name}", "There is no account {name}", "请核对账号名。", "Check the name."),
  "operator.password-weak": text(
    "口令太弱",
    "The password is too weak",
    "请使用至少 {minimum} 个字符、不含账号名的口令。",
    "Use at least {minimum} characters, without the account's name.",
  ),
  "operator.last-administrator": text(
    "这是最后一个系统管理员",
    "This is the last administrator",
    "请先指定另一位系统管理员。",
    "Make somebody else an administrator first.",
  ),
  "approval.operation": text(
    "此操作不经审批({operation})",
    "This is not an action that is approved ({operation})",
    "请直接执行。",
    "Carry it out directly.",
  ),
  "approval.unknown": text("没有这项审批", "There is no such request for approval", "请刷新列表。", "Reload the list."),
  "approval.decided": text("该事项已有结论", "It has been decided already", "请刷新列表。", "Reload the list."),
  "approval.own": text(
    "不能批准自己提请的事项",
    "Nobody approves what they asked for themselves",
    "请由另一位审批人处理。",
    "Leave it to another approver.",
  ),
  "oidc.refused": text(
    "统一身份认证未通过",
    "The identity provider did not confirm the sign-in",
    "请重新登录;若仍不成功,请联系系统管理员。",
    "Sign in again; if it fails again, ask an administrator.",
  ),
  "oidc.no-account": text(
    "该身份没有对应的操作员账号",
    "No operator account belongs to this identity",
    ...askAdministrator,
  ),
  "oidc.unavailable": text(
    "统一身份认证现在不可用",
    "The identity provider cannot be reached",
    "请稍后重试,或用口令登录。",
    "Try again later, or sign in with a password.",
  ),
} as const satisfies Record<string, ErrorText>;

export class AccountError extends errorClass<keyof typeof accountErrorTexts>("AccountError", accountErrorTexts) {}
