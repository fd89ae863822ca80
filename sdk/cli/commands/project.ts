import type { Command } from "commander";
import type { Context } from "../context.ts";
import { registerProjectAlerts } from "./project-alerts.ts";
import { registerProjectBid } from "./project-bid.ts";
import { registerProjectCheck } from "./project-check.ts";
import { registerProjectCredit } from "./project-credit.ts";
import { registerProjectEntitle } from "./project-entitle.ts";
import { registerProjectFlags } from "./project-flags.ts";
import { registerProjectImport } from "./project-import.ts";
import { registerProjectIssue } from "./project-issue.ts";
import { registerProjectMerge } from "./project-merge.ts";
import { registerProjectNotices } from "./project-notices.ts";
import { registerProjectShow } from "./project-show.ts";
import { registerProjectStep } from "./project-step.ts";
import { registerProjectUpkeep } from "./project-upkeep.ts";

/** `project …`: government investment projects and their documents (OCDS, OC4IDS). */
export function registerProject(program: Command, context: Context): void {
  const group = program.command("project").description(
    context.say({
      zh: "政府投资项目:导入、查看、办理、导出;合并发布、校验、红旗指标(OCDS、OC4IDS)",
      en: "Government investment projects: import, look, act, export; merge releases, check, red flags (OCDS, OC4IDS)",
    }),
  );
  registerProjectImport(group, context);
  registerProjectShow(group, context);
  registerProjectEntitle(group, context);
  registerProjectStep(group, context);
  registerProjectNotices(group, context);
  registerProjectBid(group, context);
  registerProjectCredit(group, context);
  registerProjectIssue(group, context);
  registerProjectAlerts(group, context);
  registerProjectUpkeep(group, context);
  registerProjectMerge(group, context);
  registerProjectCheck(group, context);
  registerProjectFlags(group, context);
}
