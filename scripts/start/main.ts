/** `npm start`: the embedded chain, an authority and three departments on this machine, and the main job played once. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { connectLedger } from "../../sdk/chain/connection.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import { Rpc } from "../../sdk/chain/rpc.ts";
import { CodedError } from "../../sdk/protocol/errors.ts";
import { parseTrust } from "../../sdk/verify/trust.ts";
import { startEmbeddedChain, type EmbeddedChainProcess } from "../chain/spawn.ts";
import { isPortalFresh } from "../portal/build.ts";
import { admitAuthority, prepareLedger } from "./ledger.ts";
import { startNode, StartError, type RunningNode } from "./nodes.ts";
import { addOperators, OPERATORS_FILE } from "./operators.ts";
import { buildPortal } from "./portal.ts";
import { openParties, PARTY_NAMES, type Party, type PartyName } from "./parties.ts";
import { bringProjects } from "./projects.ts";
import { createTeller, type Teller } from "./say.ts";
import { PartEndedError, Running } from "./running.ts";
import { clientOf, EVIDENCE_FILE, OutcomeError, PURPOSE, Scenario } from "./scenario.ts";
import { StateFile, writeDurablySync } from "./state.ts";
import { DemoVerifier } from "./verifier.ts";

const USAGE = `用法 Usage: npm start [-- options]

在本机启动评估环境:嵌入式链、一个数据主管部门和三个部门的节点;首次运行时演示全过程。
Starts an evaluation on this machine: the embedded chain, an authority, three departments' nodes; plays the main job on the first run.

  --once          在临时目录完成全过程后退出;每步结果都符合预期才返回 0
                  plays everything in a temporary folder and exits 0 only if each outcome is the expected one
  --data DIR      数据目录(默认 ./data)· where everything is kept (./data unless told)
  --port N        数据主管部门节点的端口(默认 4700);链用 N+1,其余节点用 N+10、N+20、N+30
                  the authority's port; the chain takes N+1, the other nodes N+10, N+20, N+30
  --no-scenario   只启动,不演示 · start without playing the main job
  --help          本说明 · this text

停止 stop: Ctrl-C.  再次运行会从停下的地方继续 running it again goes on where it stopped.
SUYUAN_RPC_URL  改用此地址的链,不启动嵌入式链;该链须允许零手续费 the chain to use instead of the embedded one; it must take transactions without fees

评估账本仅供一台机器试用 an evaluation ledger is for one machine and for trying out only.
`;

interface Ports {
  readonly chain: number;
  readonly nodes: Readonly<Record<PartyName, number>>;
}

const now = (): number => Date.now();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function portsFrom(base: number | undefined): Promise<Ports> {
  const [authority, chain, marketRegulation, ecology, tradingCentre] =
    base === undefined
      ? await Promise.all(Array.from({ length: 5 }, freePort))
      : [base, base + 1, base + 10, base + 20, base + 30];
  return {
    chain: chain ?? 0,
    nodes: {
      authority: authority ?? 0,
      marketRegulation: marketRegulation ?? 0,
      ecology: ecology ?? 0,
      tradingCentre: tradingCentre ?? 0,
    },
  };
}

interface Settings {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly play: boolean;
}

async function bringUp(
  { dataDir, ports, play }: Settings,
  { teller, running }: { teller: Teller; running: Running },
): Promise<Record<PartyName, Party>> {
  await mkdir(join(dataDir, "demo"), { recursive: true, mode: 0o700 });
  if (!isPortalFresh())
    await teller.step("构建门户网页(约半分钟)", "portal built (about half a minute)", () => buildPortal());
  const given = process.env.SUYUAN_RPC_URL ?? "";
  const { rpcUrl, chainId } =
    given === "" ? await startChain({ dataDir, ports }, { teller, running }) : await findChain(given, teller);
  const parties = await teller.step("打开各部门密钥", "departments' keys opened", () =>
    openParties(dataDir, ports.nodes),
  );
  const { authority } = parties;
  const ledger = await teller.step("部署合约与工作日历", "contracts and calendars deployed", async (progress) => {
    const prepared = await prepareLedger({ rpcUrl, chainId, dataDir, authority, today: new Date(now()) }, progress);
    const { genesisHash: genesis, directory } = prepared;
    await admitAuthority({ rpcUrl, ledger: { chainId, genesis, directory }, authority });
    progress.result(prepared.directory);
    return prepared;
  });
  for (const year of ledger.provisionalYears) {
    teller.note(
      `${year} 年尚无公布的放假安排:本评估账本暂以周末为休息日。`,
      `No official calendar for ${year} is known: this evaluation ledger takes weekends only.`,
    );
  }
  const name = { chainId: ledger.chainId, genesis: ledger.genesisHash, directory: ledger.directory };
  const trustPath = join(dataDir, "trust.json");
  const trust = {
    format: "suyuan/trust/1",
    ledger: name,
    rpc: [rpcUrl],
    maximumLagSeconds: null,
    evaluation: true,
    finality: { tag: "latest" },
  };
  writeDurablySync(trustPath, `${JSON.stringify(trust, undefined, 2)}\n`);

  const start = (party: Party): Promise<RunningNode> =>
    startNode({ party, rpcUrl, trustPath, onSpawn: (stop) => running.addStop(stop) });
  const connection = connectLedger({ rpcUrl, ledger: name, finality: { tag: "latest" } });
  const verifier = new DemoVerifier({ trust: parseTrust(trust), connection }, { now });
  const state = StateFile.open(join(dataDir, "demo", "scenario.json"));
  const scenario = new Scenario({ parties, folder: join(dataDir, "demo") }, { teller, state, verifier, now });
  await teller.step("启动数据主管部门节点", "authority's node started", async () => {
    addNode(await start(authority), { teller, running });
  });
  await scenario.admit();
  await teller.step("启动三个部门的节点", "three departments' nodes started", async () => {
    const others = PARTY_NAMES.filter((party) => party !== "authority");
    for (const node of await Promise.all(others.map((party) => start(parties[party]))))
      addNode(node, { teller, running });
  });
  await teller.step("门户账号", "accounts for the portal", async (progress) => {
    const added = await addOperators({ folder: join(dataDir, "demo"), parties, clientOf });
    progress.result(added === 0 ? "" : `${added} 个新增 new`);
  });
  if (play && state.value.done !== true) await scenario.play();
  const { decision } = state.value;
  if (decision !== undefined) writeDurablySync(join(dataDir, "demo", "decision"), `${decision}\n`);
  if (play) await bringProjects(parties, teller);
  return parties;
}

const addNode = (node: RunningNode, { teller, running }: { teller: Teller; running: Running }): void => {
  const { nameZh, nameEn } = node.party.department;
  const name = { zh: `${nameZh}的节点`, en: `The node of ${nameEn}` };
  const onStopped = () =>
    teller.note(
      `${name.zh}(进程 ${node.pid})已停止,其余继续运行;重新运行 npm start 即恢复。`,
      `${name.en} (process ${node.pid}) was stopped; the others go on. npm start brings it back.`,
    );
  running.add(node, name, { logPath: join(node.party.folder, "node.log"), onStopped });
};

const startChain = (
  { dataDir, ports }: Pick<Settings, "dataDir" | "ports">,
  { teller, running }: { teller: Teller; running: Running },
): Promise<EmbeddedChainProcess> =>
  teller.step("启动嵌入式链", "embedded chain started", async (progress) => {
    // Browsers verify against the chain itself: the pages of these nodes may ask it.
    const allowOrigins = Object.values(ports.nodes).flatMap((port) => [
      `http://127.0.0.1:${port}`,
      `http://localhost:${port}`,
    ]);
    const chain = await startEmbeddedChain({ dataDir: join(dataDir, "chain"), port: ports.chain, allowOrigins });
    running.add(chain, { zh: "嵌入式链", en: "The embedded chain" });
    progress.result(
      `${chain.rpcUrl}, ${chain.height} 块 blocks, 重放 replayed ${chain.replayedBlocks} in ${(chain.replayMs / 1000).toFixed(1)} s`,
    );
    return chain;
  });

const findChain = (rpcUrl: string, teller: Teller): Promise<{ readonly rpcUrl: string; readonly chainId: number }> =>
  teller.step("连接 SUYUAN_RPC_URL 的链", "chain of SUYUAN_RPC_URL found", async (progress) => {
    const chainId = Number(await new Rpc({ url: rpcUrl }).request("eth_chainId", []));
    if (!Number.isSafeInteger(chainId)) throw new ChainError("chain.response-invalid", { method: "eth_chainId" });
    progress.result(`chain id ${chainId}`);
    return { rpcUrl, chainId };
  });

function tellWhere(teller: Teller, dataDir: string, parties: Record<PartyName, Party>): void {
  const { uscc } = parties.tradingCentre.department;
  teller.line();
  for (const name of PARTY_NAMES) {
    const { department, endpoint } = parties[name];
    teller.line(`    ${endpoint}  ${department.nameZh} · ${department.nameEn} · ${department.uscc}`);
  }
  teller.line(`    门户账号 portal accounts ${join(dataDir, "demo", OPERATORS_FILE)}`);
  const evidence = join(dataDir, "demo", EVIDENCE_FILE);
  teller.line(`    信任文件 trust file   ${join(dataDir, "trust.json")}`);
  if (!existsSync(evidence)) return;
  teller.line(`    存证 evidence         ${evidence}`);
  teller.line();
  teller.note("验证它(使用方、用途如下):", "Verify it, as this audience and for this purpose:");
  teller.line(`    npm run --silent suyuan -- verify ${evidence} --as ${uscc} --purpose ${PURPOSE}`);
  const { decision } = StateFile.open(join(dataDir, "demo", "scenario.json")).value;
  if (decision === undefined) return;
  const { endpoint, keystorePath, passwordPath } = parties.tradingCentre;
  teller.note("在浏览器中追溯该决定(用交易中心的账号登录):", "Trace the decision in a browser (sign in there):");
  teller.line(`    ${endpoint}/app/lineage?record=${decision}`);
  teller.note("追溯投标资格审查决定的依据:", "Trace what the bid qualification rests on:");
  teller.line(
    `    SUYUAN_KEYSTORE_PASSWORD_FILE=${passwordPath} npm run --silent suyuan -- trace ${decision} --node ${endpoint} --keystore ${keystorePath}`,
  );
}

function explain(error: unknown): void {
  if (error instanceof CodedError) {
    console.error(
      `\n${error.code}\n  ${error.describe("zh")} ${error.remedy("zh")}\n  ${error.describe("en")} ${error.remedy("en")}`,
    );
  } else if (error instanceof OutcomeError || error instanceof StartError || error instanceof PartEndedError)
    console.error(`\n${error.message}`);
  else console.error(error);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      data: { type: "string" },
      port: { type: "string" },
      "no-scenario": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const temporary = values.once && values.data === undefined;
  const dataDir = temporary
    ? mkdtempSync(join(tmpdir(), "suyuan-"))
    : resolve(process.env.INIT_CWD ?? ".", values.data ?? "data");
  const base = values.port === undefined ? (values.once ? undefined : 4700) : Number(values.port);
  const teller = createTeller({ out: process.stdout }, { now });
  const running = new Running();
  // Every time, not once: what a terminal sends comes from npm as well, and the second must not cut the stopping short.
  const interrupted = new Promise<number>((end) => {
    process.on("SIGINT", () => end(130));
    process.on("SIGTERM", () => end(143));
  });
  const work = (async () => {
    const parties = await bringUp(
      { dataDir, ports: await portsFrom(base), play: !values["no-scenario"] },
      { teller, running },
    );
    tellWhere(teller, dataDir, parties);
    if (values.once) return 0;
    teller.line();
    teller.note("服务中。按 Ctrl-C 停止。", "Serving. Ctrl-C stops.");
    return interrupted;
  })();
  let kept = true;
  try {
    const code = await Promise.race([work, interrupted, running.broken]);
    kept = code !== 0;
    return values.once ? code : 0;
  } catch (error) {
    explain(error);
    return 1;
  } finally {
    await running.stop();
    // After a failure the logs in the folder are what explains it.
    if (temporary && !kept) rmSync(dataDir, { recursive: true, force: true });
    else if (temporary) console.error(`\n数据与日志 data and logs: ${dataDir}`);
  }
}

// Whatever was still being brought up goes on no further: a node ends with this process.
process.exit(await main());
