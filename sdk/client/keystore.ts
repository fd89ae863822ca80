import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  scrypt,
  sign,
  type KeyObject,
} from "node:crypto";
import { link, open, readFile, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { fromBase64Url, fromHex, fromUtf8, toBase64Url, toHex, utf8, type Hex } from "../protocol/bytes.ts";
import { canonicalBytes } from "../protocol/canonical.ts";
import { digest } from "../protocol/hash.ts";
import { ClientError } from "./errors.ts";

/** A department's own keys, opened. Whoever holds it can act and read as the department. */
export interface Keystore {
  /** secp256k1, for the chain. */
  readonly account: { readonly address: Hex; readonly privateKey: Hex };
  /** Ed25519, for requests, deliveries and receipts. `publicKey` has 32 bytes. */
  readonly exchange: { readonly publicKey: Hex; sign(bytes: Uint8Array): Uint8Array };
  /** 32 bytes from which the node derives its key-encryption keys, its content index and its subject keys. */
  readonly root: Uint8Array;
}

const KEYSTORE_FORMAT = "suyuan/keystore/1";
const MINIMUM_PASSWORD = 12;
/** N = 2^17, r = 8, p = 1: about half a second and 128 MiB. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 } as const;
const SCRYPT_MEMORY_BYTES = 256 * 1024 * 1024;
const SALT_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;
/** DER of a PKCS #8 Ed25519 key up to its 32 bytes (RFC 8410 §7). */
const PKCS8_ED25519 = fromHex("0x302e020100300506032b657004220420");

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const fileSchema = z.strictObject({
  format: z.literal(KEYSTORE_FORMAT),
  address: z.string().regex(/^0x[0-9a-f]{40}$/),
  exchangeKey: z.string().regex(/^0x[0-9a-f]{64}$/),
  scrypt: z.strictObject({ N: z.literal(SCRYPT.N), r: z.literal(SCRYPT.r), p: z.literal(SCRYPT.p), salt: base64url }),
  cipher: z.strictObject({ name: z.literal("aes-256-gcm"), nonce: base64url, tag: base64url }),
  data: base64url,
});
type KeystoreFile = z.infer<typeof fileSchema>;

const secretsSchema = z.strictObject({
  account: z.string().regex(/^0x[0-9a-f]{64}$/),
  exchange: base64url,
  root: base64url,
});
type Secrets = z.infer<typeof secretsSchema>;

export interface KeystoreOptions {
  readonly path: string;
  readonly password: string;
}

export interface KeystoreDependencies {
  readonly random?: (lengthBytes: number) => Uint8Array;
}

/** What a keystore shows without its password: the chain account and the Ed25519 public key. */
export interface PublicKeys {
  readonly address: Hex;
  readonly exchangeKey: Hex;
}

/**
 * Makes new keys and writes them, encrypted, to a file that must not exist (mode 0600). Durable when it resolves.
 * Throws ClientError `keystore.exists`, `keystore.password-short`.
 */
export async function createKeystore(
  { path, password }: KeystoreOptions,
  dependencies: KeystoreDependencies = {},
): Promise<Keystore> {
  if (password.length < MINIMUM_PASSWORD)
    throw new ClientError("keystore.password-short", { minimum: MINIMUM_PASSWORD });
  const random = dependencies.random ?? ((lengthBytes: number) => randomBytes(lengthBytes));
  const pkcs8 = Buffer.concat([PKCS8_ED25519, random(SECRET_BYTES)]);
  const secrets: Secrets = {
    account: toHex(random(SECRET_BYTES)),
    exchange: toBase64Url(pkcs8),
    root: toBase64Url(random(SECRET_BYTES)),
  };
  const keystore = fromSecrets(secrets);
  const salt = random(SALT_BYTES);
  const nonce = random(NONCE_BYTES);
  const shown = { address: keystore.account.address, exchangeKey: keystore.exchange.publicKey };
  const cipher = createCipheriv("aes-256-gcm", await derive(password, salt), nonce);
  cipher.setAAD(associatedData(shown));
  const data = Buffer.concat([cipher.update(canonicalBytes(secrets)), cipher.final()]);
  const file: KeystoreFile = {
    format: KEYSTORE_FORMAT,
    ...shown,
    scrypt: { ...SCRYPT, salt: toBase64Url(salt) },
    cipher: { name: "aes-256-gcm", nonce: toBase64Url(nonce), tag: toBase64Url(cipher.getAuthTag()) },
    data: toBase64Url(data),
  };
  await writeNew(path, `${JSON.stringify(file, undefined, 2)}\n`);
  return keystore;
}

/** Opens a keystore. Throws ClientError `keystore.missing`, `keystore.format`, `keystore.password`. */
export async function openKeystore({ path, password }: KeystoreOptions): Promise<Keystore> {
  const file = await readKeystoreFile(path);
  const key = await derive(password, fromBase64Url(file.scrypt.salt));
  let secrets: Secrets;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, fromBase64Url(file.cipher.nonce), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associatedData(file));
    decipher.setAuthTag(fromBase64Url(file.cipher.tag));
    const plain = Buffer.concat([decipher.update(fromBase64Url(file.data)), decipher.final()]);
    secrets = secretsSchema.parse(JSON.parse(fromUtf8(plain)));
  } catch {
    throw new ClientError("keystore.password"); // Without a cause: it could quote what was decrypted.
  }
  return fromSecrets(secrets);
}

/** The public half, without a password. Whoever can write the file can change it; `openKeystore` notices. */
export async function readPublicKeys(path: string): Promise<PublicKeys> {
  const { address, exchangeKey } = await readKeystoreFile(path);
  return { address: address as Hex, exchangeKey: exchangeKey as Hex }; // The file's schema has checked both forms.
}

async function readKeystoreFile(path: string): Promise<KeystoreFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ClientError("keystore.missing", { path }, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClientError("keystore.format", { path }, cause);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) throw new ClientError("keystore.format", { path }, parsed.error);
  return parsed.data;
}

function fromSecrets({ account, exchange, root }: Secrets): Keystore {
  const privateKey = createPrivateKey({ key: Buffer.from(fromBase64Url(exchange)), format: "der", type: "pkcs8" });
  return {
    account: { address: addressOf(fromHex(account)), privateKey: account as Hex }, // The schema has checked the form.
    exchange: { publicKey: rawPublicKey(privateKey), sign: (bytes) => sign(null, bytes, privateKey) },
    root: fromBase64Url(root),
  };
}

/** The last 20 bytes of keccak256 of the uncompressed public key without its prefix. Throws when the scalar is outside the group. */
function addressOf(privateKey: Uint8Array): Hex {
  const ecdh = createECDH("secp256k1");
  ecdh.setPrivateKey(privateKey);
  return toHex(digest("keccak256", ecdh.getPublicKey().subarray(1)).subarray(12));
}

function rawPublicKey(privateKey: KeyObject): Hex {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return toHex(spki.subarray(-SECRET_BYTES));
}

const associatedData = ({ address, exchangeKey }: { address: string; exchangeKey: string }): Uint8Array =>
  canonicalBytes({ address, exchangeKey }, KEYSTORE_FORMAT);

const derive = (password: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(utf8(password.normalize("NFC")), salt, 32, { ...SCRYPT, maxmem: SCRYPT_MEMORY_BYTES }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });

/** A crash leaves either no file at `path` or the whole one: the name is given only after the bytes are on disk. */
async function writeNew(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.keystore-${randomBytes(6).toString("hex")}`);
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await link(temporary, path);
    await syncDirectory(dirname(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") throw new ClientError("keystore.exists", { path }, cause);
    throw cause;
  } finally {
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return; // A directory cannot be opened there; NTFS journals names.
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
