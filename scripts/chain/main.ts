import { HELP, readArguments, type Arguments } from "./arguments.ts";
import { ChainError } from "./errors.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;

function note(zh: string, en: string): void {
  process.stderr.write(`${zh}\n${en}\n`);
}

function explain(error: unknown): void {
  if (error instanceof ChainError) {
    note(
      `${error.describe("zh")}${error.remedy("zh")}`,
      `${error.code}: ${error.describe("en")} ${error.remedy("en")}`,
    );
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}

function reportFailure(error: unknown): void {
  explain(error);
  const { code, values } =
    error instanceof ChainError ? error : new ChainError("chain.start-failed", { detail: systemCode(error) });
  process.stdout.write(`${JSON.stringify({ ready: false, code, values })}\n`);
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unexpected";
}

async function run({ options, dieWithParent }: Arguments): Promise<void> {
  const { startChain } = await import("./start.ts");
  const chain = await startChain(options, {
    clock: Date.now,
    onFailure: (error) => {
      explain(error);
      process.exit(EXIT_FAILED);
    },
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    chain.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        explain(error);
        process.exit(EXIT_FAILED);
      },
    );
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  if (dieWithParent) process.stdin.on("end", stop).on("close", stop).on("error", stop).resume();
  const { rpcUrl, replayedBlocks, replayMs } = chain.report;
  if (chain.cutBytes > 0) {
    note(
      `已截去未写完的末行(${String(chain.cutBytes)} 字节)。`,
      `Cut a torn last line of ${String(chain.cutBytes)} bytes.`,
    );
  }
  note(
    `内置链已就绪 ${rpcUrl},重放 ${String(replayedBlocks)} 个区块用时 ${String(replayMs)} 毫秒。`,
    `Embedded chain ready at ${rpcUrl}; replayed ${String(replayedBlocks)} blocks in ${String(replayMs)} ms.`,
  );
  process.stdout.write(`${JSON.stringify({ ready: true, ...chain.report })}\n`);
}

try {
  const parsed = readArguments(process.argv.slice(2));
  if (parsed === "help") process.stdout.write(HELP);
  else await run(parsed);
} catch (error) {
  reportFailure(error);
  process.exitCode = error instanceof ChainError && error.code === "chain.bad-argument" ? EXIT_USAGE : EXIT_FAILED;
}
