import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { isCodedError } from "../sdk/protocol/errors.ts";
import type { Node } from "./compose.ts";
import { helpText, readConfig, type NodeConfig } from "./config.ts";
import { VERSION } from "./version.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
/** Draining takes at most 20 s of these. */
const STOP_MS = 30_000;

const [argument] = process.argv.slice(2);
if (argument === "--help" || argument === "-h") {
  process.stdout.write(helpText());
} else if (argument === "--version") {
  process.stdout.write(`${VERSION}\n`);
} else if (argument !== undefined) {
  process.stderr.write(helpText());
  process.exitCode = EXIT_USAGE;
} else {
  await run();
}

async function run(): Promise<void> {
  let config: NodeConfig;
  try {
    config = readConfig(process.env);
  } catch (error) {
    process.exitCode = EXIT_USAGE;
    return tell(error);
  }
  // Beside the code, so that whoever could put something else there could change the code as well.
  // Threads look for it in the environment only.
  process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("../node_modules/.cache/suyuan", import.meta.url));
  enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
  const { createNode } = await import("./compose.ts");
  const log = pino({ level: config.logLevel, base: null });
  try {
    const node = await createNode(config, { log, tunables: { processMetrics: true } });
    stopOnRequest(node, config);
    const { host, port } = await node.start();
    log.info({ host, port, department: config.department, version: VERSION }, "listening");
  } catch (error) {
    tell(error);
    process.exit(EXIT_FAILED);
  }
}

function stopOnRequest(node: Node, { stopWithParent }: NodeConfig): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    const deadline = setTimeout(() => process.exit(EXIT_FAILED), STOP_MS);
    node.stop().then(
      () => {
        clearTimeout(deadline);
        process.exit(0);
      },
      (error: unknown) => {
        tell(error);
        process.exit(EXIT_FAILED);
      },
    );
  };
  // Every time, not once: a second signal must not cut the stopping short.
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  if (stopWithParent) process.stdin.once("close", stop).resume();
}

/** In both languages: whoever reads this may have chosen neither. */
function tell(error: unknown): void {
  if (isCodedError(error)) {
    for (const language of ["zh", "en"] as const) {
      process.stderr.write(`${error.describe(language)}\n${error.remedy(language)}\n`);
    }
    process.stderr.write(`(${error.code})\n`);
    return;
  }
  const { code } = error instanceof Error && "code" in error ? error : { code: undefined };
  const name = error instanceof Error ? error.name : "unknown";
  process.stderr.write(`节点无法启动 the node cannot start: ${typeof code === "string" ? code : name}\n`);
}
