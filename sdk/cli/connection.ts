import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { SuyuanClient } from "../client/client.ts";
import { openKeystore, type Keystore } from "../client/keystore.ts";
import { getDepartment } from "../client/routes/departments.ts";
import { describeNode } from "../client/routes/node.ts";
import type { RequestSigner } from "../client/signature.ts";
import type { Hex } from "../protocol/bytes.ts";
import { KEY_ID_FORM } from "../protocol/delivery.ts";
import { inputError, type Context } from "./context.ts";
import { CliError } from "./errors.ts";
import { nodeValue } from "./values.ts";

/** How a command reaches the department's own node, and with which keys. */
export interface ConnectionOptions {
  readonly node?: string;
  readonly keystore?: string;
  readonly keyId?: string;
}

/** For a command that only reads what a node tells anyone. */
export const addNodeOption = (command: Command, { say }: { say: Context["say"] }): Command =>
  command.option(
    "--node <URL>",
    say({ zh: "节点地址;默认取 SUYUAN_NODE", en: "the node; SUYUAN_NODE by default" }),
    nodeValue("--node"),
  );

/** For a command that signs its requests. */
export function addConnectionOptions(command: Command, context: Context): Command {
  const { say } = context;
  return addNodeOption(command, context)
    .option(
      "--keystore <FILE>",
      say({
        zh: "密钥库文件;默认取 SUYUAN_KEYSTORE。口令只取自 SUYUAN_KEYSTORE_PASSWORD 或 SUYUAN_KEYSTORE_PASSWORD_FILE",
        en: "keystore file; SUYUAN_KEYSTORE by default. Its password comes from SUYUAN_KEYSTORE_PASSWORD or SUYUAN_KEYSTORE_PASSWORD_FILE only",
      }),
    )
    .option(
      "--key-id <USCC/N>",
      say({
        zh: "登记的密钥;默认取 SUYUAN_KEY_ID,否则按公钥在节点所属部门的登记中查找",
        en: "the registered key; SUYUAN_KEY_ID by default, otherwise found by its public key in the register of the node's department",
      }),
      keyIdValue,
    );
}

function keyIdValue(text: string): string {
  if (KEY_ID_FORM.test(text)) return text;
  throw new CliError("usage.value", { name: "--key-id", expected: "USCC/N" });
}

const given = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

function nodeOf({ node }: ConnectionOptions, { env }: Context): string {
  const named = node ?? given(env["SUYUAN_NODE"]);
  if (named === undefined) throw new CliError("connection.node-missing");
  return nodeValue(node === undefined ? "SUYUAN_NODE" : "--node")(named);
}

/** A client without a signature, for public routes. Throws CliError `connection.node-missing`, `usage.value`. */
export const connectPublic = (options: ConnectionOptions, context: Context): SuyuanClient =>
  clientOf({ baseUrl: nodeOf(options, context) }, context);

function clientOf(options: { readonly baseUrl: string; readonly signer?: RequestSigner }, context: Context) {
  const { clock, random } = context.world;
  return new SuyuanClient({ ...options, language: context.language }, { clock, random });
}

/** A client that signs as the department. Throws CliError `connection.*`, `usage.value`, ClientError `keystore.*`, `client.*`. */
export async function connect(options: ConnectionOptions, context: Context): Promise<SuyuanClient> {
  return (await connectSigner(options, context)).client;
}

export interface SigningConnection {
  readonly client: SuyuanClient;
  readonly signer: RequestSigner;
  /** The signer's. */
  readonly publicKey: Hex;
}

/** As `connect`, with the signer, for a command that signs more than its requests. */
export async function connectSigner(options: ConnectionOptions, context: Context): Promise<SigningConnection> {
  const baseUrl = nodeOf(options, context);
  const keystore = await openGivenKeystore(options, context);
  const named = options.keyId ?? given(context.env["SUYUAN_KEY_ID"]);
  const keyId = named === undefined ? await findKeyId(keystore, clientOf({ baseUrl }, context)) : keyIdValue(named);
  const signer: RequestSigner = { keyId, sign: (bytes) => keystore.exchange.sign(bytes) };
  return { client: clientOf({ baseUrl, signer }, context), signer, publicKey: keystore.exchange.publicKey };
}

export async function openGivenKeystore({ keystore }: ConnectionOptions, context: Context): Promise<Keystore> {
  const path = keystore ?? given(context.env["SUYUAN_KEYSTORE"]);
  if (path === undefined) throw new CliError("connection.keystore-missing");
  return openKeystore({ path: context.resolvePath(path), password: await readPassword(context) });
}

/** The password of the keystore, from the environment only: an argument would show in the list of processes. */
export async function readPassword(context: Context): Promise<string> {
  const { env } = context;
  const direct = given(env["SUYUAN_KEYSTORE_PASSWORD"]);
  if (direct !== undefined) return direct;
  const file = given(env["SUYUAN_KEYSTORE_PASSWORD_FILE"]);
  if (file === undefined) throw new CliError("connection.password-missing");
  try {
    return (await readFile(context.resolvePath(file), "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw inputError(file, cause);
  }
}

/** A wrong answer of the node can only make its own check of the signature fail. */
async function findKeyId(keystore: Keystore, client: SuyuanClient): Promise<string> {
  const { department } = await client.call(describeNode, {});
  const { keys } = await client.call(getDepartment, { params: { id: department.id } });
  const key = keys.find(({ material }) => material === keystore.exchange.publicKey);
  if (key === undefined) throw new CliError("connection.key-unknown", { department: department.id });
  return `${department.id}/${key.index}`;
}
