import { joinTexts } from "../../../node/records/lines.ts";
import { LARGE_NURSERY_MB, WorkerPool } from "../../../node/workers/pool.ts";
import { fileOf, makeEvidences } from "../evidences.ts";
import type { Figure } from "../figure.ts";
import { CLAIMS, documents, REQUIRED_CLAIMS } from "../fixtures.ts";
import { figureOf, THREADS_WARM_UP, timeTogether } from "../measure.ts";
import { flatClaims, issue, presentFirst, SD_JWT_NAME, sdJwt } from "../sd-jwt.ts";
import type { BenchContext, Suite } from "../suite.ts";
import { bareHashes, verifyFiles } from "../tasks.ts";
import type * as tasksModule from "../tasks.ts";
import { BARE_NAME } from "../bare.ts";

const HASH = "keccak256";
const PEER_PRESENTATIONS = 500;
/** 5 leaves and 8 nodes of the claim tree of 32, the record's leaf, 14 nodes up the batch of 10,000. */
const HASHES = 28;

/** Files of one task. */
const TASK_FILES = 128;
const THREADS = 2;

async function* oneThread({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const files = joinTexts(makeEvidences(size, HASH).map(fileOf));
  const instance = sdJwt();
  const some = documents(Math.min(size, PEER_PRESENTATIONS)).map(flatClaims);
  const presentations = await Promise.all(
    some.map(async (claims) =>
      presentFirst(instance, { credential: await issue(instance, claims), claims, count: REQUIRED_CLAIMS }),
    ),
  );
  const works = {
    ours: () => verifyFiles({ files }),
    peer: async () => {
      for (const one of presentations) await instance.verify(one);
    },
    limit: () => bareHashes({ items: size, nodes: HASHES }),
  };
  const title = {
    zh: `验证存证,披露 ${REQUIRED_CLAIMS}/${CLAIMS} 项,除链上读取外的全部`,
    en: `verify evidence, ${REQUIRED_CLAIMS} of ${CLAIMS} claims disclosed, everything but the chain read`,
  };
  const seconds = await step(title, (onRound) => timeTogether(works, { onRound }));
  yield figureOf(
    {
      ...{ name: "verify.one-thread", title, unit: "/s", items: size, size },
      peer: { name: `${SD_JWT_NAME}, verify`, items: presentations.length },
      limit: { name: `${HASHES + 1} × ${BARE_NAME}` },
      targets: [{ of: "value", is: "at least", bound: 12_000 }],
    },
    seconds,
  );
}

async function* twoThreads({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const files = makeEvidences(size, HASH).map(fileOf);
  const tasks = Array.from({ length: Math.ceil(size / TASK_FILES) }, (_, i) => ({
    files: joinTexts(files.slice(i * TASK_FILES, (i + 1) * TASK_FILES)),
  }));
  const pool = new WorkerPool<typeof tasksModule>({
    module: new URL("../tasks.ts", import.meta.url),
    threads: THREADS,
    nurseryMb: LARGE_NURSERY_MB,
  });
  const works = {
    ours: async () => {
      let verified = 0;
      for await (const count of pool.inOrder("verifyFiles", tasks)) verified += count;
      if (verified !== size) throw new TypeError("not every file was verified");
    },
    peer: async () => {
      for (const task of tasks) await verifyFiles(task);
    },
    limit: async () => {
      const shares = tasks.map(() => ({ items: TASK_FILES, nodes: HASHES }));
      for await (const _ of pool.inOrder("bareHashes", shares));
    },
  };
  const title = { zh: `验证存证,${THREADS} 线程`, en: `verify evidence, ${THREADS} threads` };
  try {
    const seconds = await step(title, (onRound) => timeTogether(works, { warmUp: THREADS_WARM_UP, onRound }));
    yield figureOf(
      {
        ...{ name: "verify.two-threads", title, unit: "/s", items: size, size },
        peer: { name: "同一函数,单线程 the same function, one thread" },
        limit: { name: `${HASHES + 1} × ${BARE_NAME}, ${THREADS} threads`, items: tasks.length * TASK_FILES },
      },
      seconds,
    );
  } finally {
    await pool.close();
  }
}

export const verifySuite: Suite = {
  title: { zh: "验证存证", en: "verifying evidence" },
  size: 4096,
  async *run(context) {
    yield* oneThread(context);
    yield* twoThreads(context);
  },
};
