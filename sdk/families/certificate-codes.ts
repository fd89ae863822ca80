/** 证照状态: code, names and the state a record takes on the ledger. */
export const CERTIFICATE_STATES = {
  "01": { zh: "有效", en: "valid", recordState: "active" },
  "02": { zh: "暂扣", en: "suspended", recordState: "suspended" },
  "03": { zh: "撤销", en: "revoked", recordState: "revoked" },
  "04": { zh: "注销", en: "cancelled", recordState: "cancelled" },
  "05": { zh: "失效", en: "lapsed", recordState: "lapsed" },
  "06": { zh: "办理转出", en: "transferred out", recordState: "transferred" },
  "07": { zh: "吊销", en: "withdrawn", recordState: "withdrawn" },
  "99": { zh: "其他", en: "other", recordState: "other" },
} as const;

export type CertificateState = keyof typeof CERTIFICATE_STATES;

interface Operation {
  readonly zh: string;
  readonly en: string;
  /** The states a certificate can have after it. */
  readonly states: readonly CertificateState[];
}

/** 业务类型: code, names and the states that can follow. */
export const CERTIFICATE_OPERATIONS = {
  "01": { zh: "新发", en: "issued", states: ["01"] },
  "02": { zh: "延续", en: "renewed", states: ["01"] },
  "03": { zh: "暂扣", en: "suspended", states: ["02"] },
  "04": { zh: "过期失效", en: "lapsed", states: ["05"] },
  "05": { zh: "注销(撤销、吊销、办理转出)", en: "ended", states: ["03", "04", "06", "07"] },
  "06": { zh: "暂扣发还", en: "returned after suspension", states: ["01"] },
  "07": { zh: "其他业务", en: "other", states: ["01", "02", "03", "04", "05", "06", "07", "99"] },
  "08": { zh: "转入", en: "transferred in", states: ["01"] },
  "09": { zh: "变更", en: "changed", states: ["01"] },
  "10": { zh: "取消转出", en: "transfer cancelled", states: ["01"] },
} as const satisfies Record<string, Operation>;

export type CertificateOperation = keyof typeof CERTIFICATE_OPERATIONS;

/** 持证主体代码类型 of GB/T 36903 whose codes can be checked; other three-digit types are accepted unchecked. */
export const HOLDER_CODE_TYPES = { uscc: "001", citizenNumber: "111" } as const;

export const isCertificateOperation = (code: string): code is CertificateOperation =>
  Object.hasOwn(CERTIFICATE_OPERATIONS, code);
