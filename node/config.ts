import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CodedError, type ErrorText, type Language } from "../sdk/protocol/errors.ts";
import type { Words } from "../sdk/client/route.ts";
import { parseTrustBytes, type Trust } from "../sdk/verify/trust.ts";
import type { OidcOptions } from "./accounts/oidc/oidc.ts";
import { VARIABLES, type LogLevel, type Variable } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that a node is told from outside. */
export interface NodeConfig {
  readonly dataDir: string;
  /** Folder of the epoch keys; undefined: `keys` inside the data folder. */
  readonly keyDir?: string;
  /** Where backups of the data go. */
  readonly backupDir?: string;
  /** Where the copy of the epoch keys goes; not below the data's backups. */
  readonly keyBackupDir?: string;
  readonly host: string;
  readonly port: number;
  /** `host:port` names under which the node is reached, beside the endpoint in the registry. */
  readonly authorities: readonly string[];
  readonly department: string;
  readonly trust: Trust;
  readonly rpcUrl: string;
  readonly keystore: { readonly path: string; readonly password: string };
  readonly logLevel: LogLevel;
  /** Other nodes may be on loopback: several nodes of an evaluation on one machine. */
  readonly allowLoopbackPeers: boolean;
  /** Standard input belongs to the program that started the node; its end is the request to stop. */
  readonly stopWithParent: boolean;
  /** Numbers that the consumer reserves at a time. */
  readonly reserveWindow: number;
  /** How long the provider waits for a receipt before it settles a number as unacknowledged. */
  readonly acknowledgeWithinMs: number;
  /** Days between two assessments of the department's data; 0: only when asked for. */
  readonly assessmentDays: number;
  /** Requests a second that each other department may keep up. */
  readonly requestsPerSecond: number;
  /** `host:port` of every receiver that events may be sent to. */
  readonly webhookHosts: readonly string[];
  /** The OpenID provider where operators may sign in. */
  readonly oidc?: OidcOptions;
  /** Wei a unit of gas; 0 on chains without fees. */
  readonly gasPrice: bigint;
}

type Name = keyof typeof VARIABLES;
type Values = { [N in Name]: ((typeof VARIABLES)[N] extends Variable<infer T> ? T : never) | undefined };

export interface ConfigFault {
  readonly name: string;
  readonly expected: Words;
}

const invalid: ErrorText = {
  zh: "以下环境变量无效:\n{list}",
  en: "These environment variables are wrong:\n{list}",
  remedy: {
    zh: "请改正后重新启动;--help 列出全部变量。",
    en: "Correct them and start again; --help lists every variable.",
  },
};

/** Every bad variable at once, by name and what it should be: never its value, which may be a secret. */
export class ConfigError extends CodedError<"config.invalid"> {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super("config.invalid", invalid, { list: faults.map(({ name }) => name).join(" ") });
    this.name = "ConfigError";
    this.faults = faults;
  }

  override describe(language: Language): string {
    const lines = this.faults.map(({ name, expected }) => `  ${name}: ${expected[language]}`);
    return invalid[language].replace("{list}", lines.join("\n"));
  }
}

/** Reads a node's configuration. Throws ConfigError naming every bad variable. */
export function readConfig(environment: Environment): NodeConfig {
  const faults: ConfigFault[] = [];
  const values = readVariables(environment, faults);
  const password = readPassword(values, environment, faults);
  const trust = values.SUYUAN_TRUST === undefined ? undefined : readTrust(values.SUYUAN_TRUST, faults);
  const oidc = readOidc(values, faults);
  const rpcUrl = values.SUYUAN_RPC_URL ?? trust?.rpc[0];
  if (rpcUrl === undefined && trust !== undefined && environment["SUYUAN_RPC_URL"] === undefined) {
    faults.push({
      name: "SUYUAN_RPC_URL",
      expected: { zh: "信任文件没有给出 RPC 地址,须在此设置", en: "must be set: the trust file names no endpoint" },
    });
  }
  if (faults.length > 0 || trust === undefined || rpcUrl === undefined || password === undefined)
    throw new ConfigError(faults);
  const known = values as { [N in Name]-?: NonNullable<Values[N]> }; // A required one that is missing is a fault.
  return {
    dataDir: known.SUYUAN_DATA,
    ...(values.SUYUAN_KEYS !== undefined && { keyDir: values.SUYUAN_KEYS }),
    ...(values.SUYUAN_BACKUPS !== undefined && { backupDir: values.SUYUAN_BACKUPS }),
    ...(values.SUYUAN_KEY_BACKUPS !== undefined && { keyBackupDir: values.SUYUAN_KEY_BACKUPS }),
    host: known.SUYUAN_HOST,
    port: known.SUYUAN_PORT,
    authorities: known.SUYUAN_AUTHORITIES,
    department: known.SUYUAN_DEPARTMENT,
    trust,
    rpcUrl,
    keystore: { path: values.SUYUAN_KEYSTORE ?? join(known.SUYUAN_DATA, "keystore.json"), password },
    logLevel: known.SUYUAN_LOG_LEVEL,
    allowLoopbackPeers: known.SUYUAN_ALLOW_LOOPBACK,
    stopWithParent: known.SUYUAN_STOP_WITH_PARENT,
    reserveWindow: known.SUYUAN_RESERVE_WINDOW,
    acknowledgeWithinMs: known.SUYUAN_ACKNOWLEDGE_SECONDS * 1000,
    assessmentDays: known.SUYUAN_ASSESSMENT_DAYS,
    requestsPerSecond: known.SUYUAN_REQUESTS_PER_SECOND,
    webhookHosts: known.SUYUAN_WEBHOOK_HOSTS,
    ...(oidc && { oidc }),
    gasPrice: known.SUYUAN_GAS_PRICE,
  };
}

const variables = Object.entries(VARIABLES) as [Name, Variable<unknown>][]; // The entries of a constant.

function readVariables(environment: Environment, faults: ConfigFault[]): Values {
  const values: Partial<Record<Name, unknown>> = {};
  for (const [name, { parse, fallback, optional, expected }] of variables) {
    const given = environment[name] ?? fallback;
    if (given === undefined && optional === true) continue;
    const value = given === undefined ? undefined : parse(given);
    if (value === undefined) faults.push({ name, expected });
    else values[name] = value;
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith("SUYUAN_") && !(name in VARIABLES)) {
      faults.push({ name, expected: { zh: "没有这个变量,请核对拼写", en: "is not a variable: check its spelling" } });
    }
  }
  return values as Values; // Each value came from its own variable's parser.
}

function readPassword(values: Values, environment: Environment, faults: ConfigFault[]): string | undefined {
  const direct = values.SUYUAN_KEYSTORE_PASSWORD;
  const file = values.SUYUAN_KEYSTORE_PASSWORD_FILE;
  const given = ["SUYUAN_KEYSTORE_PASSWORD", "SUYUAN_KEYSTORE_PASSWORD_FILE"].filter(
    (name) => environment[name] !== undefined,
  );
  if (given.length !== 1) {
    faults.push({
      name: "SUYUAN_KEYSTORE_PASSWORD",
      expected: {
        zh: "与 SUYUAN_KEYSTORE_PASSWORD_FILE 设置且只设置一个",
        en: "set this or SUYUAN_KEYSTORE_PASSWORD_FILE, and not both",
      },
    });
    return undefined;
  }
  if (direct !== undefined || file === undefined) return direct;
  return readSecret({ name: "SUYUAN_KEYSTORE_PASSWORD_FILE", file }, faults);
}

/** All three or none. */
function readOidc(values: Values, faults: ConfigFault[]): OidcOptions | undefined {
  const names = ["SUYUAN_OIDC_ISSUER", "SUYUAN_OIDC_CLIENT_ID", "SUYUAN_OIDC_CLIENT_SECRET_FILE"] as const;
  const [issuer, clientId, file] = names.map((name) => values[name]);
  if (issuer === undefined && clientId === undefined && file === undefined) return undefined;
  for (const name of names)
    if (values[name] === undefined && !faults.some((fault) => fault.name === name))
      faults.push({ name, expected: { zh: "三项须一并设置", en: "the three are set together" } });
  if (issuer === undefined || clientId === undefined || file === undefined) return undefined;
  const clientSecret = readSecret({ name: "SUYUAN_OIDC_CLIENT_SECRET_FILE", file }, faults);
  return clientSecret === undefined ? undefined : { issuer, clientId, clientSecret };
}

function readSecret(
  { name, file }: { readonly name: Name; readonly file: string },
  faults: ConfigFault[],
): string | undefined {
  try {
    const secret = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    if (secret !== "") return secret;
  } catch {
    // Falls through: the file cannot be read.
  }
  faults.push({ name, expected: { zh: "可读且非空的文件", en: "a readable file that is not empty" } });
  return undefined;
}

function readTrust(file: string, faults: ConfigFault[]): Trust | undefined {
  try {
    return parseTrustBytes(readFileSync(file));
  } catch {
    faults.push({
      name: "SUYUAN_TRUST",
      expected: { zh: "可读的 suyuan/trust/1 信任文件", en: "a readable suyuan/trust/1 trust file" },
    });
    return undefined;
  }
}

/**
 * With which a node is meant to run. They bound its memory: V8 would give short-lived objects 130 MB and let the others grow
 * to three times what is used of them. And they bound a request's wait: four threads that mark garbage at once keep the one
 * that answers from two cores.
 */
export const RUNTIME_FLAGS: readonly string[] = [
  "--max-semi-space-size=8",
  "--heap-growing-percent=100",
  "--v8-pool-size=1",
];

/** What --help says, in both languages. */
export function helpText(): string {
  const lines = variables.map(([name, { words, fallback, expected }]) => {
    const standard = fallback === undefined || fallback === "" ? "" : ` [${fallback}]`;
    return `  ${name}${standard}\n      ${words.zh}\n      ${words.en} (${expected.en})`;
  });
  return [
    "Suyuan 溯源 — 节点 node",
    "",
    `node ${RUNTIME_FLAGS.join(" ")} node/main.ts`,
    "  启动一个部门的节点。配置只来自环境变量。SIGTERM 或 Ctrl-C 使其完成手头请求后停止。",
    "  Starts a department's node, configured by the environment alone. SIGTERM or Ctrl-C: it finishes what it has and stops.",
    "",
    ...lines,
    "",
  ].join("\n");
}
