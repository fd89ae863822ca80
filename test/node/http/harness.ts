import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { Router } from "express";
import { toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { SuyuanClient } from "../../../sdk/client/client.ts";
import type { RequestSigner } from "../../../sdk/client/signature.ts";
import { createApp } from "../../../node/app.ts";
import { LargeBodies } from "../../../node/http/bodies.ts";
import { RateLimits } from "../../../node/http/rate-limits.ts";
import type { Binding } from "../../../node/http/bind.ts";
import { httpErrorTexts } from "../../../node/http/errors.ts";
import { Metrics } from "../../../node/http/metrics.ts";
import { storedNonces } from "../../../node/http/nonce-space.ts";
import { Nonces, type NonceSpace } from "../../../node/http/nonces.ts";
import type { KeyStanding } from "../../../node/http/signature.ts";
import { systemTimer, type Log } from "../../../node/ports.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import type { Store } from "../../../node/storage/store.ts";

export const OWN = "113301060002482178";
export const OTHER = "91330106MA2CC4T88W";
export const OVERSIGHT = "12330106000248209A";

export interface TestKey extends RequestSigner {
  readonly publicKey: Hex;
}

export function newKey(keyId: string): TestKey {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return { keyId, publicKey: toHex(raw), sign: (bytes) => sign(null, bytes, privateKey) };
}

export interface Harness {
  readonly url: string;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly standings: Map<string, KeyStanding>;
  readonly largeBodies: LargeBodies;
  readonly metrics: Metrics;
  nowMs: number;
  client(signer?: RequestSigner): SuyuanClient;
  /** A new process over the same data: everything that is only in memory is gone. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface HarnessOptions {
  readonly bindings: readonly Binding[];
  readonly validate?: boolean;
  readonly maximumLargeBodies?: number;
  readonly requestsPerSecond?: number;
  /** Stands between the application and the store. */
  readonly nonces?: (space: NonceSpace) => NonceSpace;
}

/** The real application on a real socket and store; only the registry is a table, and the clock is the test's. */
export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const { nonces = (space) => space } = options;
  const dataDir = await mkdtemp(join(tmpdir(), "suyuan-http-"));
  const log: Record<string, unknown>[] = [];
  const standings = new Map<string, KeyStanding>();
  const largeBodies = new LargeBodies(options.maximumLargeBodies);
  const metrics = new Metrics({ withProcess: false });
  let store: Store;
  let server: Server;
  let port = 0;
  const harness = { nowMs: 1_760_000_000_000 };
  const note = (level: string) => (fields: object, message: string) => {
    log.push({ level, message, ...fields });
  };
  const logger: Log = { info: note("info"), warn: note("warn"), error: note("error") };

  const start = async () => {
    store = await openStore({ dataDir });
    const app = createApp(
      {
        bindings: options.bindings,
        catalogues: [httpErrorTexts],
        version: "0.0.0-test",
        portal: Router(),
      },
      {
        clock: () => harness.nowMs,
        lookup: ({ department, index }) =>
          Promise.resolve(
            standings.get(`${department}/${index}`) ?? {
              publicKey: undefined,
              trusted: false,
              departmentActive: false,
              role: "none",
            },
          ),
        isOwnAuthority: (authority) => authority === `127.0.0.1:${port}`,
        department: OWN,
        nonces: new Nonces(nonces(storedNonces(store))),
        largeBodies,
        rateLimits: new RateLimits({ perSecond: options.requestsPerSecond ?? 1000 }, { clock: () => harness.nowMs }),
        operatorOf: () => Promise.resolve(undefined),
        beforeOwn: () => Promise.resolve(),
        stopping: new AbortController().signal,
        answering: { validate: options.validate ?? true, timer: systemTimer },
        log: logger,
        metrics,
        newRequestId: () => randomBytes(8).toString("hex"),
      },
    );
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port; // Listens on a port.
  };
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await store.close();
  };
  await start();
  return Object.assign(harness, {
    url: `http://127.0.0.1:${port}`,
    log,
    standings,
    largeBodies,
    metrics,
    client: (signer?: RequestSigner) =>
      new SuyuanClient(
        { baseUrl: `http://127.0.0.1:${port}`, ...(signer && { signer }) },
        { clock: () => harness.nowMs },
      ),
    restart: async () => {
      await stop();
      await start();
    },
    close: async () => {
      await stop();
      await rm(dataDir, { recursive: true });
    },
  });
}

export const trust = (harness: Harness, key: TestKey, changes: Partial<KeyStanding> = {}): void => {
  harness.standings.set(key.keyId, {
    publicKey: key.publicKey,
    trusted: true,
    departmentActive: true,
    role: "department",
    ...changes,
  });
};
