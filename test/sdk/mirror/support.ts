import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeaderSource, ServedHeader } from "../../../sdk/mirror/copy-headers.ts";
import { MirrorFolder } from "../../../sdk/mirror/folder.ts";
import { mirrorOnce, type PassResult } from "../../../sdk/mirror/pass.ts";
import type { WaitingBatch } from "../../../sdk/mirror/state.ts";
import { ClientError } from "../../../sdk/client/errors.ts";
import { grantJson } from "../../../sdk/protocol/evidence.ts";
import { headerJson } from "../../../sdk/protocol/header.ts";
import { isJsonObject } from "../../../sdk/protocol/json.ts";
import { evidenceOf, type TestRecord } from "../../support/records.ts";
import type { TestLedger } from "../../support/ledger.ts";

/** What a node would serve of records that the test anchored itself. */
export class MemorySource implements HeaderSource {
  readonly asked: WaitingBatch[] = [];
  /** Changes what is served. */
  tamper: (line: ServedHeader, index: number) => ServedHeader | "stop" = (line) => line;
  private readonly lines = new Map<string, ServedHeader>();

  add(records: readonly TestRecord[]): void {
    for (const record of records) {
      const { header } = record.committed;
      const { header: head, claims } = grantJson(evidenceOf(record));
      if (!isJsonObject(head) || !isJsonObject(claims)) throw new Error("a record has a header and claims");
      const stream = header.kind === "delivery" || header.kind === "receipt";
      this.lines.set(`${header.scope}/${header.seq}`, { header: headerJson(header), ...(stream && { claims }) });
    }
  }

  /** Serves a header at a place that is not its own. */
  put(scope: string, seq: number, line: ServedHeader): void {
    this.lines.set(`${scope}/${seq}`, line);
  }

  async *headers(batch: WaitingBatch): AsyncGenerator<ServedHeader> {
    this.asked.push(batch);
    for (let i = 0; i < batch.count; i++) {
      const line = this.lines.get(`${batch.scope}/${batch.first + i}`);
      const served = line && this.tamper(line, i);
      if (served === undefined || served === "stop") throw new ClientError("client.unreachable", { host: "" });
      yield served;
    }
  }
}

export interface TestMirror {
  readonly path: string;
  readonly folder: MirrorFolder;
  /** As a new process over the same folder. */
  reopen(): Promise<void>;
  look(source?: HeaderSource): Promise<PassResult>;
  remove(): Promise<void>;
}

export async function openMirror(ledger: TestLedger): Promise<TestMirror> {
  const path = await mkdtemp(join(tmpdir(), "suyuan-mirror-"));
  const mirror = {
    path,
    folder: await MirrorFolder.open(path, ledger.ledger),
    reopen: async () => {
      mirror.folder = await MirrorFolder.open(path, ledger.ledger);
    },
    look: async (source?: HeaderSource) =>
      mirrorOnce({ folder: mirror.folder, view: await ledger.connection.view(), source, now: ledger.now }),
    remove: () => rm(path, { recursive: true, force: true }),
  };
  return mirror;
}

export const codesOf = ({ found }: PassResult): string[] => found.map(({ code }) => code);
