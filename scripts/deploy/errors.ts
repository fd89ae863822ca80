import { errorClass } from "../../sdk/protocol/errors.ts";

/** Why a ledger is not deployed, or a calendar not accepted. The codes are stable. */
export class DeployError extends errorClass("DeployError", {
  "deploy.calendar-invalid": {
    zh: "{year} 年的日历数据无效:{place}。",
    en: "The calendar of {year} is not valid: {place}.",
    remedy: {
      zh: "对照国务院办公厅的放假通知改正:日期属于该年且不重复,调休上班日必须是周末,放假日不能同时上班。",
      en: "Correct it against the notice: each date lies in the year and occurs once, a make-up workday is a Saturday or Sunday and not a holiday.",
    },
  },
  "deploy.directory-foreign": {
    zh: "目录合约 {directory} 不是由账户 {deployer} 部署的,不能由它继续。",
    en: "The Directory {directory} was not deployed by the account {deployer}, which therefore cannot continue it.",
    remedy: {
      zh: "用当初开始部署的账户继续,或不带目录地址重新部署一个账本。",
      en: "Continue with the account that began, or deploy another ledger without a Directory address.",
    },
  },
  "deploy.address-lost": {
    zh: "合约 {name} 应在地址 {address},但部署账户已用过那个序号。",
    en: "The contract {name} belongs at {address}, but the deploying account has used that nonce for something else.",
    remedy: {
      zh: "部署完成前不要用该账户发其他交易;用新账户重新部署。",
      en: "Deploy again with a new account, and send nothing else from it until the deployment is done.",
    },
  },
  "deploy.transaction-failed": {
    zh: "步骤 {step} 的交易失败。",
    en: "The transaction of the step {step} failed.",
    remedy: {
      zh: "确认该账户是 AccessManager 的管理员、链支持 Paris 及以上的 EVM 且允许零手续费,然后重新运行;已完成的步骤不会重做。",
      en: "Make sure the account is the AccessManager's admin and the chain runs EVM rules of Paris or later with zero fees, then run it again; finished steps are not repeated.",
    },
  },
  "deploy.no-provider": {
    zh: "部署账户没有连接到链。",
    en: "The deploying account is not connected to a chain.",
    remedy: { zh: "给签名者接上一个节点地址。", en: "Connect the signer to a provider." },
  },
}) {}
