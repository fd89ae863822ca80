import type { ErrorText, ErrorValues } from "../protocol/errors.ts";

interface Words {
  readonly zh: string;
  readonly en: string;
}

export interface MirrorText extends ErrorText {
  /** Somebody contradicts the chain, another, or itself. What is not grave may come of a delay. */
  readonly grave: boolean;
}

const grave = (what: Words, remedy: Words): MirrorText => ({ ...what, remedy, grave: true });
const note = (what: Words, remedy: Words): MirrorText => ({ ...what, remedy, grave: false });

const ASK_DEPARTMENT: Words = {
  zh: "请保存镜像文件夹并向该部门查询。",
  en: "Keep the mirror's folder and ask the department.",
};
const ASK_OPERATOR: Words = {
  zh: "请保存镜像文件夹,改用其他运营方的链节点核对,并报告数据主管部门。",
  en: "Keep the mirror's folder, compare with endpoints of other operators, and tell the authority.",
};
const ASK_BOTH: Words = {
  zh: "请保存镜像文件夹并分别向提供方和使用方查询。",
  en: "Keep the mirror's folder and ask both the provider and the consumer.",
};

/** Everything that a mirror records. Values hold identifiers of the ledger only, never what a record says about anybody. */
export const mirrorTexts = {
  "mirror.chain-replaced": grave(
    {
      zh: "链上第 {number} 号区块已不是镜像当时所见:历史被改写",
      en: "Block {number} is no longer the one that the mirror saw as final: history was rewritten",
    },
    ASK_OPERATOR,
  ),
  "mirror.numbers": grave(
    {
      zh: "范围 {scope} 的批次编号不连续:应从 {expected} 开始,实为 {found}",
      en: "The batches of {scope} are not dense: {expected} was due, {found} was found",
    },
    ASK_OPERATOR,
  ),
  "mirror.batch": grave(
    {
      zh: "范围 {scope} 自 {first} 起的批次与链上存储的摘要不符",
      en: "The batch of {scope} from {first} on is not the one whose digest the chain stores",
    },
    ASK_OPERATOR,
  ),
  "mirror.root": grave(
    {
      zh: "{department} 提供的范围 {scope} 自 {first} 起的记录头推不出所锚定的根",
      en: "What {department} serves of {scope} from {first} on does not lead to the anchored root",
    },
    ASK_DEPARTMENT,
  ),
  "mirror.header": grave(
    {
      zh: "{department} 锚定的范围 {scope} 第 {seq} 号的记录头与其位置不符({rule})",
      en: "The header that {department} anchored as number {seq} of {scope} does not fit its place ({rule})",
    },
    ASK_DEPARTMENT,
  ),
  "mirror.subject": grave(
    {
      zh: "{department} 的范围 {scope} 中同一主体有两条有效记录:第 {seq} 号与第 {other} 号",
      en: "Two records of one subject are active in {scope} of {department}: numbers {seq} and {other}",
    },
    ASK_DEPARTMENT,
  ),
  "mirror.stream": grave(
    {
      zh: "授权 {agreement} 第 {k} 次交付:提供方记为 {provided},使用方记为 {consumed}",
      en: "Delivery {k} of agreement {agreement}: the provider wrote {provided}, the consumer {consumed}",
    },
    ASK_BOTH,
  ),
  "mirror.package": grave(
    {
      zh: "授权 {agreement} 第 {k} 次交付:双方所记的数据包不同",
      en: "Delivery {k} of agreement {agreement}: the two sides name different packages",
    },
    ASK_BOTH,
  ),
  "mirror.unacknowledged": note(
    {
      zh: "授权 {agreement} 第 {k} 次交付:提供方未收到回执,而使用方记为已收到",
      en: "Delivery {k} of agreement {agreement}: the provider has no receipt, yet the consumer wrote that it received it",
    },
    ASK_BOTH,
  ),
  "mirror.stream-behind": grave(
    {
      zh: "授权 {agreement}:结清期已过,{department} 只结清到第 {next} 号,共预留 {reserved} 个",
      en: "Agreement {agreement}: the settlement period is over and {department} settled {next} of {reserved} numbers",
    },
    ASK_DEPARTMENT,
  ),
  "mirror.not-served": grave(
    {
      zh: "{department} 超过 24 小时未提供范围 {scope} 自 {first} 起 {count} 条记录头({reason})",
      en: "{department} has not served {count} headers of {scope} from {first} on for more than 24 hours ({reason})",
    },
    ASK_DEPARTMENT,
  ),
  "mirror.served-late": note(
    {
      zh: "{department} 迟于 24 小时才提供范围 {scope} 自 {first} 起的记录头",
      en: "{department} served the headers of {scope} from {first} on after more than 24 hours",
    },
    { zh: "无须处理,记录在案。", en: "Nothing to do; it is on record." },
  ),
} as const satisfies Record<string, MirrorText>;

export type MirrorCode = keyof typeof mirrorTexts;

export interface MirrorFinding {
  readonly code: MirrorCode;
  readonly values: ErrorValues;
  /** When the mirror saw it, seconds, and at which block. */
  readonly at: number;
  readonly block: number;
}

/** One thing is found once, however often it is looked at. */
export const findingKey = ({ code, values }: Pick<MirrorFinding, "code" | "values">): string => {
  const { reason: _reason, ...named } = values;
  return JSON.stringify([code, Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))]);
};
