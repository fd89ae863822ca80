import type { Command } from "commander";
import type { Context } from "../context.ts";
import { registerProjectCheck } from "./project-check.ts";
import { registerProjectFlags } from "./project-flags.ts";
import { registerProjectMerge } from "./project-merge.ts";

/** `project merge|check|flags`: documents of government investment projects (OCDS, OC4IDS). */
export function registerProject(program: Command, context: Context): void {
  const group = program.command("project").description(
    context.say({
      zh: "政府投资项目:合并发布、校验、红旗指标(OCDS、OC4IDS)",
      en: "Government investment projects: merge releases, check, red flags (OCDS, OC4IDS)",
    }),
  );
  registerProjectMerge(group, context);
  registerProjectCheck(group, context);
  registerProjectFlags(group, context);
}
