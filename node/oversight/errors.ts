import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** What a node says about projects. */
export const projectErrorTexts = {
  "project.unknown": text("没有这个项目", "There is no such project", "请核对项目代码。", "Check the project's code."),
  "project.record-unknown": text(
    "第 {seq} 号记录不属于该项目",
    "Record {seq} is not one of the project's",
    "请从项目页所列的记录中选择。",
    "Choose one that the project lists.",
  ),
  "project.invalid": text(
    "{path} 不符合 {standard}({code},共 {count} 处)",
    "{path} does not fit {standard} ({code}; {count} places in all)",
    "请用 suyuan project check 查看每一处。",
    "See every place with suyuan project check.",
  ),
  "project.too-large": text(
    "{path} 的一个发布超过 {limit} 字符",
    "A release at {path} has more than {limit} characters",
    "请拆分,或将附件改为引用。",
    "Split it, or refer to attachments.",
  ),
  "project.nothing-to-export": text(
    "该项目没有 {format} 数据",
    "The project has no data in the form {format}",
    "请另选格式。",
    "Choose another format.",
  ),
  "project.gate-closed": text(
    "不符合法定条件:{rule}({zh};{actual} / {limit})",
    "The law does not allow it: {rule} ({en}; {actual} / {limit})",
    "请先满足该条款的条件,再办理这一步。",
    "Meet the condition of that article first.",
  ),
  "project.not-release": text(
    "第 {seq} 号记录不是发布,不能撤下",
    "Record {seq} is no release and cannot be withdrawn",
    "请从 suyuan project show 所列的发布中选择。",
    "Choose one of the releases that suyuan project show lists.",
  ),
  "project.release-withdrawn": text(
    "第 {seq} 号发布已撤下(文件 #{filing})",
    "Release {seq} is withdrawn already (filing #{filing})",
    "无须再办。",
    "There is nothing left to do.",
  ),
  "project.evidence-unusable": text(
    "取得的存证未通过核验({code})",
    "The evidence obtained does not verify ({code})",
    "请与提供方核对;未经核验的信用记录不作依据。",
    "Ask the provider; a credit record that does not verify is no ground for anything.",
  ),
  "project.subscription-unknown": text(
    "没有这个订阅,或不是本部门登记的",
    "There is no such subscription of this department",
    "请用 suyuan project subscriptions 查看。",
    "See suyuan project subscriptions.",
  ),
  "project.subscriptions-full": text(
    "订阅已达 {limit} 个",
    "There are {limit} subscriptions already",
    "请先取消不用的订阅。",
    "End one that is not used.",
  ),
} as const satisfies Record<string, ErrorText>;

export type ProjectErrorCode = keyof typeof projectErrorTexts;
export class ProjectError extends errorClass<ProjectErrorCode>("ProjectError", projectErrorTexts) {}
