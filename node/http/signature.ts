import { verify, type KeyObject } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { httpbis } from "http-message-signatures";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { OperatorRole } from "../../sdk/client/routes/operators.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { KEY_ID_FORM, NONCE_FORM, splitKeyId } from "../../sdk/protocol/delivery.ts";
import {
  IDEMPOTENCY_HEADER,
  SIGNATURE_ALGORITHM,
  SIGNATURE_TAG,
  SIGNED_COMPONENTS,
} from "../../sdk/client/signature.ts";
import type { Clock } from "../ports.ts";
import { ed25519PublicKey } from "../exchange/ed25519.ts";
import { HttpError } from "./errors.ts";

/** `expires − created` at most, in seconds. */
export const MAXIMUM_LIFETIME_SECONDS = 300;
/** By how much the clocks of two honest parties may differ, in seconds. */
export const CLOCK_SKEW_SECONDS = 60;
const MAXIMUM_FIELD_CHARACTERS = 1024;
/** A department as the registry has it at the current head. */
export interface Caller {
  readonly department: string;
  readonly role: string;
  readonly keyId: string;
  /** The person, when it was one who asked, and not a department's key. */
  readonly operator?: CallingOperator;
}

export interface CallingOperator {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly OperatorRole[];
  readonly csrf: string;
  readonly expiresAt: number;
}

/** What the registry says of a key now. */
export interface KeyStanding {
  /** 32 bytes; undefined for a key that is unknown or not Ed25519. */
  readonly publicKey: Hex | undefined;
  readonly trusted: boolean;
  readonly departmentActive: boolean;
  readonly role: string;
  /** The block that says so. */
  readonly view?: LedgerView;
}

export interface SignatureDependencies {
  readonly clock: Clock;
  /** Asks the chain at its current head. Throws HttpError `chain.unavailable`. */
  readonly lookup: (key: { readonly department: string; readonly index: number }) => Promise<KeyStanding>;
  /** Whether a `Host` is one under which this node is reached. */
  readonly isOwnAuthority: (authority: string) => boolean | Promise<boolean>;
}

/** What a valid signature proves, before its body and nonce are judged. */
export interface SignedBy {
  readonly caller: Caller;
  /** The block at which the registry was asked. */
  readonly view: LedgerView | undefined;
  readonly nonce: string;
  /** Seconds from which the signature is refused for its age. */
  readonly refusedFrom: number;
}

/**
 * Verifies the one signature of a request (SPEC §9.5). Throws HttpError `signature.*`, `caller.not-active`, `chain.unavailable`.
 * The clock is this function's own: the library's checks of age, which read the wall clock, are switched off.
 */
export async function verifySignature(
  request: IncomingMessage,
  dependencies: SignatureDependencies,
): Promise<SignedBy> {
  const input = field(request, "signature-input");
  const signature = field(request, "signature");
  if (input === undefined && signature === undefined) throw new HttpError("signature.missing");
  if (input === undefined || signature === undefined) throw new HttpError("signature.malformed");
  const { components, parameters } = parseSignatureInput(input);
  requireComponents(components, request);
  const { keyId, nonce, created, expires } = requireParameters(parameters);
  const url = requestUrl(request);
  if (!(await dependencies.isOwnAuthority(url.host))) throw new HttpError("signature.authority");
  requireTime({ created, expires }, Math.floor(dependencies.clock() / 1000));

  const { department, index } = splitKeyId(keyId);
  const standing = await dependencies.lookup({ department, index });
  if (standing.publicKey === undefined) throw new HttpError("signature.key-unknown", { key: keyId });
  if (!standing.trusted) throw new HttpError("signature.key-not-trusted", { key: keyId });
  if (!(await isSigned(request, url, ed25519PublicKey(standing.publicKey)))) throw new HttpError("signature.invalid");
  if (!standing.departmentActive) throw new HttpError("caller.not-active", { department });
  const { view, role } = standing;
  return { caller: { department, role, keyId }, view, nonce, refusedFrom: expires + CLOCK_SKEW_SECONDS };
}

/** The target as signer and router both read it. Throws HttpError `http.target` when a URL parser would read another path than the router. */
export function requestUrl(request: IncomingMessage): URL {
  const host = field(request, "host");
  const target = request.url ?? "";
  if (host === undefined || !/^[A-Za-z0-9.:[\]-]+$/.test(host) || !target.startsWith("/") || target.startsWith("//")) {
    throw new HttpError("http.target");
  }
  const url = URL.parse(`http://${host}${target}`);
  if (url === null || `${url.pathname}${url.search}` !== target) throw new HttpError("http.target");
  return url;
}

const INPUT =
  /^([a-z*][a-z0-9_*.-]{0,31})=\(((?:"[a-z@-]+"(?: "[a-z@-]+")*)?)\)((?:;[a-z]+=(?:"[\x20\x21\x23-\x5b\x5d-\x7e]*"|\d{1,15}))*)$/;

/** One signature whose components have no parameters: everything else of RFC 9421 is refused, not interpreted. */
function parseSignatureInput(text: string) {
  const [, label, list, rest] = INPUT.exec(text) ?? [];
  if (label === undefined || list === undefined || rest === undefined) throw new HttpError("signature.malformed");
  const components = [...list.matchAll(/"([a-z@-]+)"/g)].map(([, name]) => name ?? "");
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, digits] of rest.matchAll(/;([a-z]+)=(?:"([^"]*)"|(\d+))/g)) {
    if (parameters.has(name)) throw new HttpError("signature.malformed");
    const isTime = name === "created" || name === "expires";
    if (isTime !== (digits !== undefined)) throw new HttpError("signature.parameters", { parameter: name });
    parameters.set(name, digits ?? quoted ?? "");
  }
  if (new Set(components).size !== components.length) throw new HttpError("signature.malformed");
  return { label, components, parameters };
}

function requireComponents(components: readonly string[], request: IncomingMessage): void {
  const required: string[] = [...SIGNED_COMPONENTS];
  if (request.headers[IDEMPOTENCY_HEADER] !== undefined) required.push(IDEMPOTENCY_HEADER);
  const missing = required.filter((name) => !components.includes(name));
  if (missing.length > 0) throw new HttpError("signature.components", { missing: missing.join(" ") });
}

function requireParameters(parameters: ReadonlyMap<string, string>) {
  const value = (parameter: string, form: RegExp): string => {
    const found = parameters.get(parameter);
    if (found === undefined || !form.test(found)) throw new HttpError("signature.parameters", { parameter });
    return found;
  };
  if (value("alg", /./) !== SIGNATURE_ALGORITHM) throw new HttpError("signature.parameters", { parameter: "alg" });
  if (value("tag", /./) !== SIGNATURE_TAG) throw new HttpError("signature.parameters", { parameter: "tag" });
  return {
    keyId: value("keyid", KEY_ID_FORM),
    nonce: value("nonce", NONCE_FORM),
    created: Number(value("created", /^\d+$/)),
    expires: Number(value("expires", /^\d+$/)),
  };
}

/** In force during [created − skew, expires + skew). */
function requireTime({ created, expires }: { created: number; expires: number }, now: number): void {
  const lifetime = expires - created;
  if (lifetime <= 0 || lifetime > MAXIMUM_LIFETIME_SECONDS)
    throw new HttpError("signature.lifetime", { limit: MAXIMUM_LIFETIME_SECONDS });
  if (now < created - CLOCK_SKEW_SECONDS) throw new HttpError("signature.early");
  if (now >= expires + CLOCK_SKEW_SECONDS) throw new HttpError("signature.expired");
}

async function isSigned(request: IncomingMessage, url: URL, key: KeyObject): Promise<boolean> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  try {
    const valid = await httpbis.verifyMessage(
      {
        all: true,
        requiredFields: [...SIGNED_COMPONENTS],
        notAfter: Number.POSITIVE_INFINITY,
        tolerance: Number.POSITIVE_INFINITY,
        keyLookup: () =>
          Promise.resolve({ verify: (data, signature) => Promise.resolve(verify(null, data, key, signature)) }),
      },
      { method: request.method ?? "", url, headers },
    );
    return valid === true;
  } catch {
    throw new HttpError("signature.malformed");
  }
}

/** A header sent exactly once. */
function field(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name];
  if (values === undefined) return undefined;
  const [value] = values;
  if (values.length !== 1 || value === undefined || value.length > MAXIMUM_FIELD_CHARACTERS)
    throw new HttpError("signature.malformed");
  return value;
}
