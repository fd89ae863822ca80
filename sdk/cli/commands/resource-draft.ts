import type { Command } from "commander";
import { families, findFamily } from "../../families/registry.ts";
import type { Family } from "../../families/family.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";

const KNOWN = families.map(({ id }) => id).join(" | ");

/** `resource draft <family>`: a proposal to fill in, its data items read off the family's schema. */
export function registerDraft(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("draft")
    .description(say({ zh: "生成一份待填写的提案(JSON)", en: "Make a proposal to fill in (JSON)" }))
    .argument("<family>", KNOWN)
    .action(
      context.action((id: string) => {
        const family = findFamily(id);
        if (family === undefined) throw new CliError("usage.value", { name: "family", expected: KNOWN });
        const draft = draftOf(family, new Date(context.world.clock()));
        context.output.result({ lines: () => [JSON.stringify(draft, undefined, 2)], json: draft });
        return EXIT.ok;
      }),
    );
  teach(command, context, {
    examples: [
      {
        line: "resource draft ecertificate/1 > proposal.json",
        words: { zh: "电子证照的提案:", en: "A proposal for e-certificates:" },
      },
    ],
  });
}

const LOCAL_OFFSET_MS = 8 * 3600 * 1000;

/** Texts in angle brackets wait for the department's words. */
function draftOf({ id, kind, title, schema }: Family, now: Date) {
  const items = Object.entries(schema.properties ?? {}).map(([path, { title: name, type }]) => ({
    name,
    path,
    type: typeof type === "string" ? type : type.join(" | "),
  }));
  return {
    code: kind,
    name: title.zh,
    family: id,
    shareClass: "conditional",
    level: 2,
    personal: true,
    metadata: {
      name: title.zh,
      code: `${kind}/1`,
      provider: "<提供方名称>",
      providerCode: "<提供方统一社会信用代码>",
      summary: `<${title.zh}>`,
      format: "JSON",
      items,
      shareClass: "conditional",
      shareCondition: "<共享条件>",
      shareMethod: "接口",
      openness: "不开放",
      updateCycle: "每日",
      publishedOn: new Date(now.getTime() + LOCAL_OFFSET_MS).toISOString().slice(0, 10),
    },
    updateCycleDays: 1,
    retentionDays: 3650,
  };
}
