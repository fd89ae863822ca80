import type { Command } from "commander";
import { listDepartments } from "../../client/routes/departments.ts";
import { resourceImpact } from "../../client/routes/lineage-recalls.ts";
import { RELATION_WORDS } from "../../lineage/texts.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { hashValue } from "../values.ts";
import { pairLines, timeOrDash } from "../views.ts";

/** `resource impact`: what would be touched if a resource were withdrawn or retired. */
export function registerImpact(group: Command, context: Context): void {
  const { say, output, language } = context;
  const command = group
    .command("impact")
    .description(
      say({
        zh: "停止共享或退役之前:有效的授权、收到过的部门、由它产生的记录、须保存到何时",
        en: "Before it is withdrawn or retired: agreements in force, who received of it, what was made from it, until when its records must be kept",
      }),
    )
    .argument("<id>", say({ zh: "资源 ID", en: "id of the resource" }), hashValue("id"));
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, options: ConnectionOptions) => {
      const client = await connect(options, context);
      const impact = await client.call(resourceImpact, { params: { id } });
      const { departments } = await client.call(listDepartments, {});
      const names = new Map(departments.map((one) => [one.id, one.name]));
      const nameOf = (uscc: string): string => `${names.get(uscc) ?? ""} ${uscc}`.trim();
      const { records, agreementsInForce, deliveries, recipients, dependants, truncated, keepUntil } = impact;
      output.result({
        lines: () => [
          ...pairLines([
            [say({ zh: "记录", en: "records" }), String(records)],
            [say({ zh: "须保存至", en: "to be kept until" }), timeOrDash(keepUntil)],
            [say({ zh: "有效的授权", en: "agreements in force" }), String(agreementsInForce.length)],
            [say({ zh: "交付", en: "deliveries" }), String(deliveries)],
            [say({ zh: "收到过的部门", en: "recipients" }), String(recipients.length)],
            [say({ zh: "由它产生的记录", en: "made from it" }), `${dependants.length}${truncated ? "+" : ""}`],
          ]),
          ...agreementsInForce.map(({ agreement, consumer }) =>
            say({
              zh: `! 授权 ${agreement} · ${nameOf(consumer)}`,
              en: `! agreement ${agreement} · ${nameOf(consumer)}`,
            }),
          ),
          ...recipients.map((uscc) => say({ zh: `  已交付 ${nameOf(uscc)}`, en: `  delivered to ${nameOf(uscc)}` })),
          ...dependants.map(
            ({ kind, record, relation }) => `  ${RELATION_WORDS[relation][language]} · ${kind} ${record}`,
          ),
        ],
        json: impact,
      });
      return agreementsInForce.length === 0 ? EXIT.ok : EXIT.negative;
    }),
  );
  teach(command, context, {
    examples: [
      {
        line: "resource impact 0x…",
        words: { zh: "撤销一个资源会影响谁:", en: "Whom withdrawing a resource would touch:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "没有有效的授权,可以退役", en: "no agreement is in force: it may be retired" }],
      [EXIT.negative, { zh: "有授权仍有效,须先终止", en: "agreements are in force and end first" }],
    ],
  });
}
