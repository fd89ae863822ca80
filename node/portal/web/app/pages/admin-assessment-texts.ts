import type { Texts } from "../../shared/language.tsx";

export const ASSESSMENT_TEXTS = {
  title: { zh: "定期评估", en: "Assessments" },
  how: {
    zh: "本节点定期评估本部门的数据;报告留在本节点,其摘要写入部门日志并锚定,报告事后不能改动而不被发现。",
    en: "The node assesses the department's data regularly. The report stays here; its digest is written into the journal and anchored, so that it cannot be changed unseen.",
  },
  make: { zh: "立即评估并登记", en: "Assess now, and record it" },
  none: { zh: "还没有评估。", en: "There is no assessment yet." },
  at: { zh: "时间", en: "At" },
  digest: { zh: "报告摘要", en: "Digest of the report" },
  record: { zh: "日志记录", en: "Record in the journal" },
  save: { zh: "下载报告", en: "Save the report" },
  unread: { zh: "报告为另一种格式,请下载查看。", en: "The report has another form; save it to read it." },
  noResources: { zh: "本部门没有资源。", en: "The department has no resources." },
  resource: { zh: "资源", en: "Resource" },
  records: { zh: "记录", en: "Records" },
  uses: { zh: "被使用的记录 / 使用次数", en: "Records used / uses" },
  cold: { zh: "冷数据", en: "Cold records" },
  agreements: { zh: "有效授权", en: "Agreements in force" },
  stage: { zh: "阶段", en: "Stage" },
  retention: { zh: "保存期", en: "Retention" },
  over: { zh: "已满,应归档或销毁", en: "over: archive or destroy" },
  notOver: { zh: "未满", en: "not over" },
} as const satisfies Texts;
