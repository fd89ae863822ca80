import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Hex } from "../protocol/bytes.ts";
import { isCodedError, type ErrorValues } from "../protocol/errors.ts";
import { isJsonObject, parseJson, type JsonObject } from "../protocol/json.ts";
import { MirrorError } from "./errors.ts";
import { findingKey, mirrorTexts, type MirrorCode, type MirrorFinding } from "./findings.ts";
import { NOTHING_COPIED, parseState, stateJson, type MirrorState, type ScopeState } from "./state.ts";

const STATE = "state.json";
const FINDINGS = "findings.ndjson";
const HEADERS = "headers";

/**
 * What a mirror keeps: `state.json`, `findings.ndjson`, and the headers of each scope as NDJSON. Whoever can write the
 * folder can make the mirror forget; nothing in it can make a false record verify. No personal data is in it.
 */
export class MirrorFolder {
  readonly path: string;
  private state: MirrorState;
  private readonly known: Set<string>;

  private constructor(path: string, parts: { readonly state: MirrorState; readonly known: Set<string> }) {
    this.path = path;
    this.state = parts.state;
    this.known = parts.known;
  }

  /** Opens a folder, or begins one. Throws MirrorError `mirror.state-unreadable`, `mirror.other-ledger`. */
  static async open(path: string, ledger: Hex): Promise<MirrorFolder> {
    await mkdir(join(path, HEADERS), { recursive: true });
    const text = await readIfThere(join(path, STATE));
    const unreadable = (file: string, cause: unknown): unknown =>
      isCodedError(cause)
        ? new MirrorError("mirror.state-unreadable", { folder: path, file, rule: cause.code }, cause)
        : cause;
    let state: MirrorState = { ledger, scopes: new Map(), waiting: [] };
    try {
      if (text !== undefined) state = parseState(text);
    } catch (cause) {
      throw unreadable(STATE, cause);
    }
    if (state.ledger !== ledger) throw new MirrorError("mirror.other-ledger", { folder: path });
    try {
      const findings = await readFindings(join(path, FINDINGS));
      return new MirrorFolder(path, { state, known: new Set(findings.map(findingKey)) });
    } catch (cause) {
      throw unreadable(FINDINGS, cause);
    }
  }

  get current(): MirrorState {
    return this.state;
  }

  /** Findings of all passes. */
  get recorded(): number {
    return this.known.size;
  }

  scope(scope: Hex): ScopeState {
    return this.state.scopes.get(scope) ?? NOTHING_COPIED;
  }

  /** Durable when it resolves. Crash before: the pass is made again from the state before, and comes to the same. */
  async save(state: MirrorState): Promise<void> {
    const path = join(this.path, STATE);
    await writeDurably(`${path}.next`, `${JSON.stringify(stateJson(state))}\n`, "w");
    await rename(`${path}.next`, path);
    await syncFolder(this.path);
    this.state = state;
  }

  /** Writes a finding down unless it is known. True when it is new. */
  async record(finding: MirrorFinding): Promise<boolean> {
    const key = findingKey(finding);
    if (this.known.has(key)) return false;
    await writeDurably(join(this.path, FINDINGS), `${JSON.stringify(finding)}\n`, "a");
    this.known.add(key);
    return true;
  }

  isRecorded(code: MirrorCode, values: ErrorValues): boolean {
    return this.known.has(findingKey({ code, values }));
  }

  /** Begins to write headers after those that were proven. What a crash or a refused batch left there is cut off first. */
  async copyTo(scope: Hex): Promise<HeaderCopy> {
    const handle = await open(this.headersFile(scope), "a+");
    const { copiedBytes } = this.scope(scope);
    await handle.truncate(copiedBytes);
    return new HeaderCopy(handle, copiedBytes);
  }

  /** The proven headers of a scope in order, with the claims of a stream's. */
  async *headers(scope: Hex): AsyncGenerator<JsonObject> {
    const { copied } = this.scope(scope);
    if (copied === 0) return;
    const stream = createReadStream(this.headersFile(scope));
    let left = copied;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const value = parseJson(line);
      if (!isJsonObject(value))
        throw new MirrorError("mirror.state-unreadable", { folder: this.path, file: scope, rule: "json.syntax" });
      yield value;
      if (--left === 0) break;
    }
    stream.destroy();
    if (left > 0)
      throw new MirrorError("mirror.state-unreadable", { folder: this.path, file: scope, rule: "shape.missing" });
  }

  private headersFile(scope: Hex): string {
    return join(this.path, HEADERS, `${scope}.ndjson`);
  }
}

/** Headers on their way to disk: they count once the state that names their length is saved. */
export class HeaderCopy {
  private readonly handle: FileHandle;
  private length: number;

  constructor(handle: FileHandle, length: number) {
    this.handle = handle;
    this.length = length;
  }

  get bytes(): number {
    return this.length;
  }

  async write(lines: readonly JsonObject[]): Promise<void> {
    const text = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await this.handle.appendFile(text);
    this.length += text.length;
  }

  async close(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
  }
}

async function writeDurably(path: string, text: string, flag: "a" | "w"): Promise<void> {
  const handle = await open(path, flag, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A torn last line is what a crash left of a finding that will be found again. */
async function readFindings(path: string): Promise<MirrorFinding[]> {
  const lines = ((await readIfThere(path)) ?? "").split("\n");
  return lines.flatMap((line, i): MirrorFinding[] => {
    if (line === "") return [];
    try {
      const value = parseJson(line);
      if (isFinding(value)) return [value];
    } catch (cause) {
      if (i < lines.length - 1) throw cause;
    }
    return [];
  });
}

function isFinding(value: unknown): value is MirrorFinding {
  if (typeof value !== "object" || value === null || !("code" in value) || !("values" in value)) return false;
  return typeof value.code === "string" && Object.hasOwn(mirrorTexts, value.code) && typeof value.values === "object";
}
