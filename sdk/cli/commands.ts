import { registerAgreement } from "./commands/agreement.ts";
import { registerAgreements } from "./commands/agreements.ts";
import { registerAnswer } from "./commands/answer.ts";
import { registerApply, registerSupplement } from "./commands/apply.ts";
import { registerCheckId } from "./commands/check-id.ts";
import { registerCorrection } from "./commands/correction.ts";
import { registerDeliver } from "./commands/deliver.ts";
import { registerDeliveries } from "./commands/deliveries.ts";
import { registerDepartment } from "./commands/department.ts";
import { registerDepartments } from "./commands/departments.ts";
import { registerDestroy } from "./commands/destroy.ts";
import { registerEvents } from "./commands/events.ts";
import { registerGenerate } from "./commands/generate.ts";
import { registerIngest } from "./commands/ingest.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerLineage } from "./commands/lineage.ts";
import { registerMerkle } from "./commands/merkle.ts";
import { registerMirror } from "./commands/mirror.ts";
import { registerNotices } from "./commands/notices.ts";
import { registerOperator } from "./commands/operator.ts";
import { registerProject } from "./commands/project.ts";
import { registerRecall } from "./commands/recall.ts";
import { registerRecord } from "./commands/record.ts";
import { registerReserve } from "./commands/reserve.ts";
import { registerResource } from "./commands/resource.ts";
import { registerResources } from "./commands/resources.ts";
import { registerStage } from "./commands/stage.ts";
import { registerStatus } from "./commands/status.ts";
import { registerTrace } from "./commands/trace.ts";
import { registerVerify } from "./commands/verify.ts";
import { registerWebhook } from "./commands/webhook.ts";
import type { Words } from "./language.ts";
import type { Register } from "./program.ts";

/** A heading of the help, for the commands that follow it. */
export const heading =
  (words: Words): Register =>
  (program, context) =>
    void program.commandsGroup(context.say(words));

/** The commands that need nothing but the SDK, in the order of the help. */
export const SDK_COMMANDS: readonly Register[] = [
  heading({ zh: "验证与核对(不需要账号):", en: "Verify (no account needed):" }),
  registerVerify,
  registerCheckId,
  registerMerkle,
  registerMirror,
  heading({ zh: "血缘与召回:", en: "Lineage and recalls:" }),
  registerTrace,
  registerRecall,
  registerStage,
  registerLineage,
  heading({ zh: "查看账本:", en: "Look at the ledger:" }),
  registerStatus,
  registerDepartments,
  registerResources,
  heading({ zh: "共享授权与交付:", en: "Agreements and deliveries:" }),
  registerAgreements,
  registerApply,
  registerSupplement,
  registerAnswer,
  registerNotices,
  registerAgreement,
  registerReserve,
  registerDeliver,
  registerDeliveries,
  registerCorrection,
  heading({ zh: "编目与记录(提供方):", en: "Catalogue and records (provider):" }),
  registerResource,
  registerIngest,
  registerRecord,
  registerEvents,
  registerWebhook,
  registerDestroy,
  registerOperator,
  heading({ zh: "数据主管部门:", en: "Authority:" }),
  registerDepartment,
  heading({ zh: "重大项目监督:", en: "Major projects under watch:" }),
  registerProject,
  heading({ zh: "工具:", en: "Tools:" }),
  registerKeys,
  registerGenerate,
];
