import { fillText } from "../../protocol/errors.ts";
import type { Command } from "commander";
import { openAgreeingView, type LedgerConnection } from "../../chain/connection.ts";
import type { LedgerView } from "../../chain/view.ts";
import { guardedTransport } from "../../client/guarded-transport.ts";
import type { Keystore } from "../../client/keystore.ts";
import type { RequestSigner } from "../../client/signature.ts";
import type { Transport } from "../../client/transport.ts";
import { mirrorTexts, type MirrorFinding } from "../../mirror/findings.ts";
import { MirrorFolder } from "../../mirror/folder.ts";
import { NodeSource } from "../../mirror/node-source.ts";
import { isGrave, mirrorOnce, type PassResult } from "../../mirror/pass.ts";
import { connectTrusted, trustedLedger } from "../../verify/trust.ts";
import { addConnectionOptions, openGivenKeystore, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { asCoded, CliError, EXIT, exitCodeOf, type ExitCode } from "../errors.ts";
import { teach } from "../help.ts";
import { requireTrust } from "../trust.ts";
import { addTrustOptions, type TrustOptions } from "../trust-options.ts";
import { integerValue } from "../values.ts";
import { timeOrDash } from "../views.ts";

const DEFAULT_INTERVAL_SECONDS = 60;

interface MirrorOptions extends ConnectionOptions, TrustOptions {
  readonly state: string;
  readonly once?: boolean;
  readonly every: number;
  readonly chainOnly?: boolean;
}

/** `mirror --state DIR`: oversight's own copy of every header, compared with the chain as it grows. */
export function registerMirror(program: Command, context: Context): void {
  const { say } = context;
  const command = program
    .command("mirror")
    .description(
      say({
        zh: "监督镜像:跟随每个部门的每个范围,复制全部记录头,核对编号、根、主体与交付两流,并记住最后所见的区块。不含个人信息",
        en: "Oversight's mirror: follows every scope of every department, copies every header, compares numbers, roots, subjects and delivery streams, and remembers the last block it saw. It holds no personal data",
      }),
    )
    .requiredOption(
      "--state <DIR>",
      say({ zh: "镜像文件夹,可续用", en: "the mirror's folder, taken up where it was" }),
    );
  addOptions(command, context).action(context.action((options: MirrorOptions) => run(options, context)));
  teachMirror(command, context);
}

function addOptions(command: Command, context: Context): Command {
  const { say } = context;
  command
    .option("--once", say({ zh: "只核对一遍", en: "look once and end" }))
    .option(
      "--every <SECONDS>",
      say({ zh: "每隔多少秒核对一遍", en: "seconds between two looks" }),
      integerValue("--every", { minimum: 1, maximum: 86_400 }),
      DEFAULT_INTERVAL_SECONDS,
    )
    .option(
      "--chain-only",
      say({ zh: "只核对链,不向各部门节点索取记录头", en: "look at the chain only, and ask no department's node" }),
    );
  return addConnectionOptions(addTrustOptions(command, context), context);
}

const teachMirror = (command: Command, context: Context): Command =>
  teach(command, context, {
    examples: [
      {
        line: "mirror --state ./mirror --keystore oversight.json",
        words: { zh: "持续跟随:", en: "Follow from now on:" },
      },
      {
        line: "mirror --state ./mirror --keystore oversight.json --once --json",
        words: { zh: "由定时任务核对一遍:", en: "Once, from a scheduled job:" },
      },
    ],
    exit: [
      [EXIT.ok, { zh: "没有发现新的矛盾", en: "nothing new contradicts anything" }],
      [EXIT.negative, { zh: "发现新的矛盾,已写入 findings.ndjson", en: "something does; it is in findings.ndjson" }],
      [
        EXIT.undetermined,
        { zh: "有的链节点或部门节点连不上", en: "an endpoint or a department's node is out of reach" },
      ],
    ],
    notes: [
      {
        zh: "每项发现只报告一次,并永久记入文件夹中的 findings.ndjson。",
        en: "Each finding is told once, and stays in findings.ndjson of the folder.",
      },
      {
        zh: "部门登记的地址若指向本机、链路本地或云平台自身服务,一律拒连;只有信任文件写明为评估账本时才允许本机。",
        en: "An address in the registry that points to this machine, the link or a cloud's own services is refused; this machine is reached only if the trust file says that the ledger is for evaluation.",
      },
    ],
  });

async function run(options: MirrorOptions, context: Context): Promise<ExitCode> {
  const trust = await requireTrust(context, { trust: options.trust, command: "mirror" });
  const keystore = options.chainOnly === true ? undefined : await openGivenKeystore(options, context);
  const folder = await MirrorFolder.open(context.resolvePath(options.state), trustedLedger(trust));
  const connections = connectTrusted(trust, options.rpc);
  const transport = guardedTransport({ allowLoopback: trust.evaluation });
  const mirroring = { folder, connections, keystore, keyId: options.keyId, transport };
  if (options.once === true) {
    const result = await lookOnce(mirroring, context);
    context.output.progressEnd();
    context.output.result({ lines: () => resultLines(result, folder, context), json: jsonOf(result, folder) });
    return exitOf(result);
  }
  return follow(mirroring, options.every, context);
}

interface Mirroring {
  readonly folder: MirrorFolder;
  readonly connections: readonly LedgerConnection[];
  /** Undefined: no node is asked. */
  readonly keystore: Keystore | undefined;
  readonly keyId: string | undefined;
  readonly transport: Transport;
}

async function lookOnce(
  { folder, connections, keystore, keyId, transport }: Mirroring,
  context: Context,
): Promise<PassResult> {
  const { clock, random } = context.world;
  const view = await openAgreeingView(connections);
  const signer = keystore && (await signerOf(keystore, { keyId, view }));
  return mirrorOnce({
    folder,
    view,
    source: signer && new NodeSource(view, { signer, transport, clock, random }),
    now: context.now(),
    progress: (done, of) => context.output.progress(`${done}/${of}`),
  });
}

/** A look that fails is told and made again: what was seen is on disk. Ends when the reader of the output has gone. */
async function follow(mirroring: Mirroring, everySeconds: number, context: Context): Promise<ExitCode> {
  const { output, world } = context;
  let exit: ExitCode = EXIT.ok;
  for (;;) {
    let open = true;
    try {
      const result = await lookOnce(mirroring, context);
      const lines = context.json
        ? [JSON.stringify(jsonOf(result, mirroring.folder))]
        : resultLines(result, mirroring.folder, context);
      for (const line of lines) open = await output.stream(line);
      exit = exit === EXIT.negative ? exit : exitOf(result);
      if (!result.continued) return EXIT.negative;
    } catch (error) {
      const coded = asCoded(error);
      if (exitCodeOf(coded) !== EXIT.undetermined) throw error;
      output.error(coded);
    }
    if (!open) return exit;
    await world.sleep(everySeconds * 1000);
  }
}

/** The key of the keystore, found among those of the departments with the oversight role unless it is named. */
async function signerOf(
  keystore: Keystore,
  { keyId, view }: { readonly keyId: string | undefined; readonly view: LedgerView },
): Promise<RequestSigner> {
  const signer = (id: string): RequestSigner => ({ keyId: id, sign: (bytes) => keystore.exchange.sign(bytes) });
  if (keyId !== undefined) return signer(keyId);
  for (const { id, role } of await view.departments()) {
    if (role !== "oversight") continue;
    const index = (await view.keys(id)).findIndex(({ material }) => material === keystore.exchange.publicKey);
    if (index >= 0) return signer(`${id}/${index}`);
  }
  throw new CliError("connection.key-unknown", { department: "oversight" });
}

function exitOf({ found, unserved }: PassResult): ExitCode {
  if (found.some(isGrave)) return EXIT.negative;
  return Object.keys(unserved).length > 0 ? EXIT.undetermined : EXIT.ok;
}

const jsonOf = (result: PassResult, folder: MirrorFolder) => ({
  format: "suyuan/mirror-pass/1",
  ...result,
  recorded: folder.recorded,
});

function resultLines(result: PassResult, folder: MirrorFolder, context: Context): string[] {
  const { say } = context;
  const { block, scopes, anchored, copied, waiting, unserved, found } = result;
  const sign = found.some(isGrave) ? "✗" : Object.keys(unserved).length > 0 ? "?" : "✓";
  return [
    say({
      zh: `${sign} 区块 ${block.number} ${timeOrDash(block.time)}:${scopes} 个范围,链上 ${anchored} 条,已复制并核对 ${copied} 条,待取 ${waiting} 批;历次发现 ${folder.recorded} 项`,
      en: `${sign} Block ${block.number} ${timeOrDash(block.time)}: ${scopes} scopes, ${anchored} records on chain, ${copied} copied and proven, ${waiting} batches to fetch; ${folder.recorded} findings so far`,
    }),
    ...Object.entries(unserved).map(([department, reason]) =>
      say({ zh: `  ? ${department} 未提供:${reason}`, en: `  ? ${department} did not serve: ${reason}` }),
    ),
    ...found.flatMap((finding) => findingLines(finding, context)),
  ];
}

function findingLines(finding: MirrorFinding, { language }: Context): string[] {
  const text = mirrorTexts[finding.code];
  const what = fillText(text[language], finding.values);
  return [`  ${text.grave ? "✗" : "–"} ${finding.code}  ${what}`, `    → ${text.remedy[language]}`];
}
