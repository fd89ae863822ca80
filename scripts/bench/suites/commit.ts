import { joinTexts } from "../../../node/records/lines.ts";
import { LARGE_NURSERY_MB, WorkerPool } from "../../../node/workers/pool.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { commitRecord } from "../../../sdk/protocol/record.ts";
import { medianOf, spreadOf, type Figure } from "../figure.ts";
import { figureOf, THREADS_WARM_UP, timeTogether, type Timings } from "../measure.ts";
import { CLAIMS, documents, drafts } from "../fixtures.ts";
import { flatClaims, issue, SD_JWT_NAME, sdJwt } from "../sd-jwt.ts";
import type { BenchContext, Suite } from "../suite.ts";
import { bareHashes, commitLines } from "../tasks.ts";
import type * as tasksModule from "../tasks.ts";
import { BARE_NAME } from "../bare.ts";

const HASH = "keccak256";
/** Documents that the peer signs in a run: it is slower. */
const PEER_DOCUMENTS = 500;
/** Of a 25-claim document, padded to 32: 32 salts, 32 leaves, 31 nodes. */
const HASHES = 95;

/** Documents of one task, as one group of intake. */
const TASK_DOCUMENTS = 256;
const THREADS = 2;
/** What is asked for: documents a second in one thread, and how many times that in two. */
const ONE_THREAD = 8000;
const SPEED_UP = 1.7;

async function* oneThread({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const some = documents(Math.min(size, PEER_DOCUMENTS));
  const records = drafts(documents(size), HASH);
  const instance = sdJwt();
  const claims = some.map(flatClaims);
  const works = {
    ours: () => {
      for (const draft of records) commitRecord(draft);
    },
    peer: async () => {
      for (const one of claims) await issue(instance, one);
    },
    limit: () => bareHashes({ items: size, nodes: HASHES }),
  };
  const title = { zh: `承诺 ${CLAIMS} 项的文档,单线程`, en: `commit a document of ${CLAIMS} claims, one thread` };
  const seconds = await step(title, (onRound) => timeTogether(works, { onRound }));
  yield figureOf(
    {
      ...{ name: "commit.one-thread", title, unit: "/s", items: size, size },
      peer: { name: `${SD_JWT_NAME}, issue`, items: claims.length },
      limit: { name: `${HASHES + 1} × ${BARE_NAME}` },
      targets: [{ of: "value", is: "at least", bound: ONE_THREAD }],
    },
    seconds,
  );
}

async function* twoThreads({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const texts = documents(size).map((document) => utf8(JSON.stringify(document)));
  const tasks = Array.from({ length: Math.ceil(size / TASK_DOCUMENTS) }, (_, i) => {
    const first = i * TASK_DOCUMENTS;
    return { lines: joinTexts(texts.slice(first, first + TASK_DOCUMENTS)), first };
  });
  const pool = new WorkerPool<typeof tasksModule>({
    module: new URL("../tasks.ts", import.meta.url),
    threads: THREADS,
    nurseryMb: LARGE_NURSERY_MB,
  });
  const title = {
    zh: `承诺 ${CLAIMS} 项的文档,由 JSON 起,${THREADS} 线程`,
    en: `commit a document of ${CLAIMS} claims from its JSON, ${THREADS} threads`,
  };
  const shares = tasks.map(() => ({ items: TASK_DOCUMENTS, nodes: HASHES }));
  const works = {
    ours: async () => {
      for await (const ids of pool.inOrder("commitLines", tasks)) if (ids.length === 0) throw new TypeError("no ids");
    },
    peer: () => {
      for (const task of tasks) commitLines(task);
    },
    limit: async () => {
      for await (const _ of pool.inOrder("bareHashes", shares));
    },
    bareAlone: async () => {
      for (const share of shares) await bareHashes(share);
    },
  };
  try {
    const seconds = await step(title, (onRound) => timeTogether(works, { warmUp: THREADS_WARM_UP, onRound }));
    yield figureOf(
      {
        ...{ name: "commit.two-threads", title, unit: "/s", items: size, size },
        peer: { name: "同一函数,单线程 the same function, one thread" },
        limit: { name: `${HASHES + 1} × ${BARE_NAME}, ${THREADS} threads`, items: tasks.length * TASK_DOCUMENTS },
        targets: [{ of: "value", is: "at least", bound: SPEED_UP * ONE_THREAD }],
      },
      seconds,
    );
    yield speedUp(seconds, size);
  } finally {
    await pool.close();
  }
}

/** What a second thread gains, and what it gains where nothing is passed, parsed or collected: two cores are less than twice one. */
function speedUp(
  { ours, peer, limit, bareAlone }: Timings<"ours" | "peer" | "limit" | "bareAlone">,
  size: number,
): Figure {
  const gains = (one: readonly number[], two: readonly number[]) => one.map((time, i) => time / (two[i] ?? time));
  const [own, bare] = [gains(peer, ours), gains(bareAlone, limit)];
  return {
    name: "commit.second-thread",
    title: { zh: `承诺,${THREADS} 线程是单线程的几倍`, en: `commit, ${THREADS} threads over one` },
    ...{ unit: "×", size, ours: spreadOf(own) },
    limit: {
      name: `只做散列,${THREADS} 线程对单线程 bare hash calls, ${THREADS} threads over one`,
      spread: spreadOf(bare),
      ratio: medianOf(gains(own, bare)),
    },
    targets: [{ of: "value", is: "at least", bound: SPEED_UP }],
  };
}

export const commitSuite: Suite = {
  title: { zh: "承诺一份 25 项的文档", en: "committing a document of 25 claims" },
  size: 8192,
  async *run(context) {
    yield* oneThread(context);
    yield* twoThreads(context);
  },
};
