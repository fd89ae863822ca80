import type { Command } from "commander";
import { reserveDeliveries } from "../../client/routes/agreements.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, connect, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { teach } from "../help.ts";
import { hashValue, integerValue } from "../values.ts";
import { toldTransaction } from "../views.ts";

/** `reserve`: delivery numbers, which the provider's node serves only when the chain knows them as reserved. */
export function registerReserve(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("reserve")
    .description(say({ zh: "预留交付编号(使用方)", en: "Reserve delivery numbers (consumer)" }))
    .argument("<agreement>", say({ zh: "授权 ID", en: "id of the agreement" }), hashValue("agreement"))
    .requiredOption(
      "--count <N>",
      say({ zh: "几个编号", en: "how many" }),
      integerValue("--count", { minimum: 1, maximum: 100_000 }),
    );
  addConnectionOptions(command, context).action(
    context.action(async (id: Hex, { count, ...options }: ConnectionOptions & { readonly count: number }) => {
      const client = await connect(options, context);
      const answer = await client.call(reserveDeliveries, { params: { id }, body: { count } });
      return toldTransaction(
        { done: { zh: `已预留 ${count} 个编号`, en: `${count} numbers reserved` }, answer },
        context,
      );
    }),
  );
  teach(command, context, {
    examples: [{ line: "reserve 0x… --count 16", words: { zh: "预留十六个:", en: "Reserve sixteen:" } }],
    notes: [
      {
        zh: "每个预留的编号双方都须在链上结清,用不到的会作废登记。",
        en: "Both sides settle every reserved number on the chain; unused ones are recorded as void.",
      },
    ],
  });
}
