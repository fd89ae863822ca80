import { resolve } from "node:path";
import { z } from "zod";
import { checkUscc } from "../sdk/protocol/identifiers/uscc.ts";
import type { Words } from "../sdk/client/route.ts";

/** One environment variable: what it is for, and what its text must be. */
export interface Variable<T> {
  readonly words: Words;
  /** Shown by --help; a variable without one must be set. */
  readonly fallback?: string;
  /** The value, or undefined when the text is not one. */
  readonly parse: (text: string) => T | undefined;
  readonly expected: Words;
  readonly optional?: boolean;
}

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const text = (text: string) => (text === "" ? undefined : text);
const integer = (minimum: number, maximum: number) => (text: string) => {
  const parsed = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  return parsed >= minimum && parsed <= maximum ? parsed : undefined;
};
const url = (text: string) => (z.url({ protocol: /^https?$/ }).safeParse(text).success ? text : undefined);
const flag = (text: string) => (text === "true" ? true : text === "false" ? false : undefined);

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
const path: Words = { zh: "文件路径", en: "a path" };
/** Every environment variable of a node. */
export const VARIABLES = {
  SUYUAN_DATA: {
    words: {
      zh: "数据目录(载荷密文与已封装的密钥;用 suyuan backup 备份)",
      en: "Data folder (encrypted payloads and wrapped keys; suyuan backup copies it)",
    },
    parse: (value) => text(value) && resolve(value),
    expected: path,
  } as Variable<string>,
  SUYUAN_KEYS: {
    words: {
      zh: "代次密钥目录,默认 <SUYUAN_DATA>/keys;其备份须与数据备份分开存放,且只留最新一份",
      en: "Folder of the epoch keys, default <SUYUAN_DATA>/keys; keep its backup apart from the data's, and only the newest",
    },
    parse: (value) => text(value) && resolve(value),
    expected: path,
    optional: true,
  } as Variable<string>,
  SUYUAN_BACKUPS: {
    words: { zh: "数据备份目录,供 suyuan backup 使用", en: "Folder for backups of the data, for suyuan backup" },
    parse: (value) => text(value) && resolve(value),
    expected: path,
    optional: true,
  } as Variable<string>,
  SUYUAN_KEY_BACKUPS: {
    words: {
      zh: "代次密钥副本的目录,每次备份时替换;须与数据备份分开存放",
      en: "Folder for the copy of the epoch keys, replaced by every backup; apart from the backups of the data",
    },
    parse: (value) => text(value) && resolve(value),
    expected: path,
    optional: true,
  } as Variable<string>,
  SUYUAN_TRUST: {
    words: { zh: "信任文件 trust.json:信任哪个账本", en: "Trust file trust.json: which ledger to believe" },
    parse: (value) => text(value) && resolve(value),
    expected: path,
  } as Variable<string>,
  SUYUAN_DEPARTMENT: {
    words: { zh: "本节点所属部门的统一社会信用代码", en: "USCC of the department whose node this is" },
    parse: (value) => (checkUscc(value).ok ? value : undefined),
    expected: { zh: "18 位、校验码正确的统一社会信用代码", en: "18 characters with a right check character" },
  } as Variable<string>,
  SUYUAN_KEYSTORE: {
    words: {
      zh: "密钥库文件,默认 <SUYUAN_DATA>/keystore.json",
      en: "Keystore file, default <SUYUAN_DATA>/keystore.json",
    },
    parse: (value) => text(value) && resolve(value),
    expected: path,
    optional: true,
  } as Variable<string>,
  SUYUAN_KEYSTORE_PASSWORD: {
    words: { zh: "密钥库口令(与下一项二选一)", en: "Password of the keystore (this or the next)" },
    parse: text,
    expected: { zh: "非空口令", en: "a password" },
    optional: true,
  } as Variable<string>,
  SUYUAN_KEYSTORE_PASSWORD_FILE: {
    words: {
      zh: "存放口令的文件(末尾换行不计)",
      en: "File that holds the password (its final line end does not count)",
    },
    parse: (value) => text(value) && resolve(value),
    expected: path,
    optional: true,
  } as Variable<string>,
  SUYUAN_OIDC_ISSUER: {
    words: {
      zh: "统一身份认证(OpenID Connect)的签发者地址;与下两项一并设置",
      en: "Issuer of the OpenID provider where operators sign in; set together with the next two",
    },
    parse: (value) => {
      const found = url(value) === undefined ? null : URL.parse(value);
      const isHere = found !== null && LOOPBACK.has(found.hostname);
      return found !== null && (found.protocol === "https:" || isHere) ? value : undefined;
    },
    expected: { zh: "https 地址(本机可用 http)", en: "an https URL (http on this machine)" },
    optional: true,
  } as Variable<string>,
  SUYUAN_OIDC_CLIENT_ID: {
    words: {
      zh: "在该处登记的客户端标识;回调地址为 <节点地址>/session/oidc/callback",
      en: "Client id registered there; the redirect URI is <this node>/session/oidc/callback",
    },
    parse: text,
    expected: { zh: "客户端标识", en: "a client id" },
    optional: true,
  } as Variable<string>,
  SUYUAN_OIDC_CLIENT_SECRET_FILE: {
    words: { zh: "存放客户端密钥的文件", en: "File that holds the client's secret" },
    parse: (value) => text(value) && resolve(value),
    expected: path,
    optional: true,
  } as Variable<string>,
  SUYUAN_RPC_URL: {
    words: {
      zh: "链的 RPC 地址,默认取信任文件的第一个",
      en: "RPC endpoint of the chain, default the trust file's first",
    },
    parse: url,
    expected: { zh: "http(s) 地址", en: "an http(s) URL" },
    optional: true,
  } as Variable<string>,
  SUYUAN_HOST: {
    words: { zh: "监听地址", en: "Address to listen on" },
    fallback: "127.0.0.1",
    parse: (value) => (/^[A-Za-z0-9.:-]{1,253}$/.test(value) ? value : undefined),
    expected: { zh: "主机名或 IP 地址", en: "a host name or IP address" },
  } as Variable<string>,
  SUYUAN_PORT: {
    words: { zh: "监听端口(0 为任选)", en: "Port to listen on (0: any)" },
    fallback: "4700",
    parse: integer(0, 65_535),
    expected: { zh: "0 到 65535 的整数", en: "an integer from 0 to 65535" },
  } as Variable<number>,
  SUYUAN_AUTHORITIES: {
    words: {
      zh: "本节点对外的 host:port,逗号分隔(登记的地址始终有效)",
      en: "host:port names of this node, comma-separated (the registered endpoint always counts)",
    },
    fallback: "",
    parse: (value) => {
      const names = value
        .split(",")
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== "");
      return names.every((name) => /^[a-z0-9.[\]:-]{1,260}$/.test(name)) ? names : undefined;
    },
    expected: { zh: "如 node.example.gov.cn:443", en: "such as node.example.gov.cn:443" },
  } as Variable<readonly string[]>,
  SUYUAN_ALLOW_LOOPBACK: {
    words: {
      zh: "允许连接本机上的其他节点(仅单机评估)",
      en: "Connect to other nodes on this machine (evaluation only)",
    },
    fallback: "false",
    parse: flag,
    expected: { zh: "true 或 false", en: "true or false" },
  } as Variable<boolean>,
  SUYUAN_STOP_WITH_PARENT: {
    words: { zh: "标准输入关闭时停止(由启动程序使用)", en: "Stop when standard input closes (for a starting program)" },
    fallback: "false",
    parse: flag,
    expected: { zh: "true 或 false", en: "true or false" },
  } as Variable<boolean>,
  SUYUAN_LOG_LEVEL: {
    words: { zh: "日志级别", en: "Log level" },
    fallback: "info",
    parse: (value) => LOG_LEVELS.find((level) => level === value),
    expected: { zh: LOG_LEVELS.join(" | "), en: LOG_LEVELS.join(" | ") },
  } as Variable<LogLevel>,
  SUYUAN_RESERVE_WINDOW: {
    words: { zh: "使用方每次预留的交付编号数", en: "Delivery numbers that the consumer reserves at a time" },
    fallback: "16",
    parse: integer(1, 10_000),
    expected: { zh: "1 到 10000 的整数", en: "an integer from 1 to 10000" },
  } as Variable<number>,
  SUYUAN_ACKNOWLEDGE_SECONDS: {
    words: {
      zh: "提供方等待回执的时间,过后按未回执结清",
      en: "How long the provider waits for a receipt before it settles without",
    },
    fallback: "3600",
    parse: integer(1, 30 * 86_400),
    expected: { zh: "1 到 2592000 的整数", en: "an integer from 1 to 2592000" },
  } as Variable<number>,
  SUYUAN_ASSESSMENT_DAYS: {
    words: {
      zh: "每隔多少天评估一次本部门的数据;0 为仅按要求评估",
      en: "Days between two assessments of the department's data; 0 for only when asked",
    },
    fallback: "7",
    parse: integer(0, 3660),
    expected: { zh: "0 到 3660 的整数", en: "an integer from 0 to 3660" },
  } as Variable<number>,
  SUYUAN_REQUESTS_PER_SECOND: {
    words: {
      zh: "每个其他部门每秒可持续的请求数;超过时答复 429",
      en: "Requests a second that each other department may keep up; more is answered 429",
    },
    fallback: "50",
    parse: integer(1, 100_000),
    expected: { zh: "1 到 100000 的整数", en: "an integer from 1 to 100000" },
  } as Variable<number>,
  SUYUAN_WEBHOOK_HOSTS: {
    words: {
      zh: "允许作为事件回调的 host:port,逗号分隔;默认一个也不允许",
      en: "host:port names that events may be sent to as webhooks, comma-separated; none by default",
    },
    fallback: "",
    parse: (value) => {
      const hosts = value
        .split(",")
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== "");
      return hosts.every((host) => /^[a-z0-9.[\]:-]{1,253}:\d{1,5}$/.test(host)) ? hosts : undefined;
    },
    expected: { zh: "如 oa.example.gov.cn:443", en: "such as oa.example.gov.cn:443" },
  } as Variable<readonly string[]>,
  SUYUAN_GAS_PRICE: {
    words: {
      zh: "每单位 gas 的价格(wei),无费用的链为 0",
      en: "Price of a unit of gas in wei, 0 on chains without fees",
    },
    fallback: "0",
    parse: (value) => (/^\d{1,24}$/.test(value) ? BigInt(value) : undefined),
    expected: { zh: "非负整数", en: "a non-negative integer" },
  } as Variable<bigint>,
} as const;
