import type { Command } from "commander";
import { openAgreeingView } from "../../chain/connection.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { stateAt } from "../../verify/checks/status.ts";
import { connectTrusted } from "../../verify/trust.ts";
import { codeText } from "../code-words.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { addRecordName } from "../record-name.ts";
import { requireTrust } from "../trust.ts";
import { addTimeOptions, addTrustOptions, type TimeOptions, type TrustOptions } from "../trust-options.ts";
import { listLines, timeOrDash } from "../views.ts";

type StatusOptions = TrustOptions & TimeOptions;

/** `record status`: what the chain says of a record, asked without any node. */
export function registerRecordStatus(group: Command, context: Context): void {
  const { say } = context;
  const command = addRecordName(group.command("status"), context).description(
    say({
      zh: "链上的状态与全部变更,直接问链,不经节点",
      en: "Its state and every change on the chain, asked of the chain and no node",
    }),
  );
  addTrustOptions(addTimeOptions(command, context), context).action(
    context.action((scope: Hex, seq: number, options: StatusOptions) => show({ scope, seq, options }, context)),
  );
  teach(command, context, {
    examples: [
      { line: "record status 0x… 42", words: { zh: "现在的状态:", en: "Its state now:" } },
      {
        line: "record status 0x… 42 --at 2026-03-02",
        words: { zh: "3 月 2 日零时的状态:", en: "Its state as 2 March began:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "有效", en: "it is active" }],
      [EXIT.negative, { zh: "其他状态", en: "it is in another state" }],
      [EXIT.undetermined, { zh: "读不到链", en: "the chain cannot be read" }],
    ],
  });
}

interface Asked {
  readonly scope: Hex;
  readonly seq: number;
  readonly options: StatusOptions;
}

async function show({ scope, seq, options }: Asked, context: Context) {
  const { say, output } = context;
  const trust = await requireTrust(context, { trust: options.trust, command: "record status" });
  const view = await openAgreeingView(connectTrusted(trust, options.rpc));
  const { at = context.now(), knownAt = Number.MAX_SAFE_INTEGER } = options;
  const [batches, changes] = await Promise.all([view.batches(scope), view.statusHistory(scope, seq)]);
  await view.confirm();
  const batch = batches.find(({ first, count }) => first <= seq && seq < first + count);
  if (batch === undefined || batch.time > Math.min(at, knownAt)) throw new CliError("record.not-anchored", { seq });
  const history = changes.filter(({ recordedAt }) => recordedAt <= knownAt);
  const { state } = stateAt(history, { at, knownAt });
  const { number, time, hash } = view.block;
  output.result({
    lines: () => [
      `${state === "active" ? "✓" : "✗"} ${codeText("status", state, context)}  ${timeOrDash(at)}`,
      say({
        zh: `锚定于 ${timeOrDash(batch.time)} ${batch.transaction}`,
        en: `anchored ${timeOrDash(batch.time)} ${batch.transaction}`,
      }),
      say({ zh: `区块 ${number}(${timeOrDash(time)})${hash}`, en: `block ${number} (${timeOrDash(time)}) ${hash}` }),
      "",
      ...listLines({
        headings: [
          say({ zh: "状态", en: "state" }),
          say({ zh: "生效", en: "effective" }),
          say({ zh: "登记", en: "recorded" }),
          say({ zh: "理由", en: "reason" }),
          say({ zh: "部门", en: "department" }),
          say({ zh: "区块", en: "block" }),
        ],
        rows: history.map((change) => [
          codeText("status", change.state, context),
          timeOrDash(change.effectiveFrom),
          timeOrDash(change.recordedAt),
          String(change.reason),
          change.by,
          String(change.block),
        ]),
        none: say({ zh: "没有变更", en: "No changes" }),
      }),
    ],
    json: { scope, seq, state, at, anchoredAt: batch.time, block: { number, hash, time }, history },
  });
  return state === "active" ? EXIT.ok : EXIT.negative;
}
