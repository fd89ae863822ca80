import { verify } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { ReceiptChecker } from "../../../sdk/client/accepted.ts";
import { lineOutcome } from "../../../sdk/client/routes/records.ts";
import { signatureHeaders } from "../../../sdk/client/signature.ts";
import { parseJson } from "../../../sdk/protocol/json.ts";
import { ed25519PublicKey } from "../../../node/exchange/ed25519.ts";
import { exchangeKeyId } from "../../start/parties.ts";
import type { Rig } from "./rig.ts";
import { ndjsonOf } from "./workload.ts";

/** Lines of a request: about 1 MB. */
const LINES = 1000;
const ACCEPTED = Buffer.from('"outcome":"accepted"');
const LINE_FEED = 0x0a;

/** Bodies on disk, so that making documents takes no time from what is measured and no memory either. */
export interface Bodies {
  readonly file: FileHandle;
  readonly places: readonly { readonly at: number; readonly bytes: number; readonly lines: number }[];
}

export async function writeBodies(
  { folder, count, first = 0 }: { readonly folder: string; readonly count: number; readonly first?: number },
  progress: (done: number, total: number) => void,
): Promise<Bodies> {
  const file = await open(join(folder, `bodies-${first}.ndjson`), "w+");
  const places: { at: number; bytes: number; lines: number }[] = [];
  let at = 0;
  for (let done = 0; done < count; done += LINES) {
    const lines = Math.min(LINES, count - done);
    const body = ndjsonOf(first + done, lines);
    await file.write(body);
    places.push({ at, bytes: body.length, lines });
    at += body.length;
    progress(done + lines, count);
  }
  return { file, places };
}

export interface Answered {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  readonly accepted: number;
}

/**
 * Sends bodies over some connections at once, each the next that nobody has sent, and tells of every answer. One receipt
 * of each answer is verified. Throws when a line is not accepted.
 */
export async function sendBodies(
  { rig, bodies, connections }: { readonly rig: Rig; readonly bodies: Bodies; readonly connections: number },
  onAnswer: (answer: Answered) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const check = receiptCheck(rig);
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const place = bodies.places[next++];
      if (place === undefined) return;
      const body = Buffer.allocUnsafe(place.bytes);
      await bodies.file.read(body, 0, place.bytes, place.at);
      const { accepted, lastLine } = await send({ rig, body, agent });
      if (accepted !== place.lines) throw new Error(`${accepted} of ${place.lines} lines were accepted: ${lastLine}`);
      onAnswer({ at: performance.now(), accepted });
      await check(lastLine);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, work));
  } finally {
    agent.destroy();
  }
}

export interface SendOptions {
  readonly rig: Rig;
  readonly body: Uint8Array;
  readonly agent: Agent;
}

/** One signed request with lines, and how many of them were accepted. */
export async function send({ rig, body, agent }: SendOptions): Promise<{ accepted: number; lastLine: string }> {
  const { provider, resource } = rig;
  const url = new URL(`/v1/resources/${resource.id}/records`, provider.endpoint);
  const signer = {
    keyId: exchangeKeyId(provider),
    sign: (bytes: Uint8Array) => provider.keystore.exchange.sign(bytes),
  };
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const signed = await signatureHeaders({ method: "POST", url, body }, { signer, clock: Date.now, random });
  const headers = { ...signed, "content-type": "application/x-ndjson", "content-length": body.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => void parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve(readAnswer(Buffer.concat(parts))));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function readAnswer(answer: Buffer): { accepted: number; lastLine: string } {
  let accepted = 0;
  for (let at = answer.indexOf(ACCEPTED); at >= 0; at = answer.indexOf(ACCEPTED, at + ACCEPTED.length)) accepted++;
  const end = answer.at(-1) === LINE_FEED ? answer.length - 1 : answer.length;
  return { accepted, lastLine: answer.toString("utf8", answer.lastIndexOf(LINE_FEED, end - 1) + 1, end) };
}

/** Throws unless the line holds a receipt that the department's key signed. */
function receiptCheck({ provider }: Rig): (line: string) => Promise<void> {
  const { publicKey } = provider.keystore.exchange;
  const key = ed25519PublicKey(publicKey);
  const checker = new ReceiptChecker(
    { keyId: exchangeKeyId(provider), publicKey },
    { verify: ({ data, signature }) => Promise.resolve(verify(null, data, key, signature)) },
  );
  return async (line) => {
    const outcome = lineOutcome.parse(parseJson(line));
    if (outcome.outcome !== "accepted" || !(await checker.holds(outcome.receipt)))
      throw new Error("a receipt does not hold");
  };
}
