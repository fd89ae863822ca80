import { importProjects, listProjects, runIndicators, showProject } from "../../../sdk/client/routes/projects.ts";
import type { AnswerOf } from "../../../sdk/client/route.ts";
import { reviewProjects } from "../../../sdk/client/routes/project-upkeep.ts";
import type { SuyuanClient } from "../../../sdk/client/client.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { municipalReleases } from "../../start/municipal.ts";
import { spreadOf, type Figure } from "../figure.ts";
import { single } from "../measure.ts";
import { cpuSeconds } from "../node/process.ts";
import { clientOf, type Rig } from "../node/rig.ts";
import { withRig } from "../node/with-rig.ts";
import type { BenchContext, Suite } from "../suite.ts";

const RELEASES_A_PROJECT = 10;
/** Projects in one request. */
const TOGETHER = 50;
const CONNECTIONS = 4;
const BLOCK_INTERVAL_MS = 1000;
const RUNS = 20;
const PAGE = 100;
const CHANGES = 5;
const CALL = { timeoutMs: 600_000 };

/** Projects under watch: releases come in over HTTP, are validated, recorded, merged and looked at; then the board and the indicators. */
export const projectsSuite: Suite = {
  title: { zh: "重大项目", en: "projects under watch" },
  size: 10_000,
  run: (context) =>
    withRig(context, { blockIntervalMs: BLOCK_INTERVAL_MS }, async function* (rig) {
      yield* imports(rig, context);
      yield* board(rig.client, context);
      yield* changes(rig, context);
      yield* reviews(rig.client, context);
      yield* indicators(clientOf({ ...rig.overseer, endpoint: rig.provider.endpoint }), context);
    }),
};

async function* imports({ client, node: { pid } }: Rig, { size, step }: BenchContext): AsyncGenerator<Figure> {
  const send = (first: number, count: number) =>
    client.call(importProjects, { body: { document: processesFrom(first, count) } }, CALL);
  await send(size, TOGETHER); // The schemas are compiled at their first use.
  const count = size * RELEASES_A_PROJECT;
  const title = { zh: `导入 ${count} 个发布`, en: `${count} releases imported` };
  const cpuBefore = await cpuSeconds(pid);
  const seconds = await step(title, async (progress) => {
    const started = performance.now();
    let next = 0;
    let done = 0;
    const connection = async () => {
      for (let first = next; first < size; first = next) {
        const some = Math.min(TOGETHER, size - first);
        next += some;
        const { accepted } = await send(first, some);
        done += accepted;
        progress(done, count);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    if (done !== count) throw new Error(`${done} of ${count} releases were new`);
    return (performance.now() - started) / 1000;
  });
  const cpu = (((await cpuSeconds(pid)) - cpuBefore) * 1000) / count;
  yield {
    ...{ name: "projects.import", title, unit: "/s", size: count },
    ours: single(count / seconds),
    targets: [{ of: "value", is: "at least", bound: 500 }],
    note: {
      zh: `含校验、落盘、合并与全部本系统标志;不含上链等待;节点每千个发布 CPU ${cpu.toFixed(1)} 秒`,
      en: `validation, synced writes, merging and all flags of this system included; not the wait for the chain; ${cpu.toFixed(1)} s of CPU of the node a thousand releases`,
    },
  };
}

async function* board(client: SuyuanClient, { size }: BenchContext): AsyncGenerator<Figure> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await client.call(listProjects, { query: { limit: PAGE } }, CALL);
    times.push(performance.now() - started);
  }
  yield {
    ...{ name: "projects.board", title: { zh: "项目看板一页", en: "a page of the board" }, unit: "ms", size },
    ours: spreadOf(times),
    targets: [{ of: "value", is: "at most", bound: 200 }],
  };
}

async function* changes({ client }: Rig, { size }: BenchContext): AsyncGenerator<Figure> {
  const times: number[] = [];
  for (let run = 0; run < CHANGES; run++) {
    const [ocid] = ocidsFrom(run, 1);
    const [last] = processesFrom(run, 1).slice(-1);
    const started = performance.now();
    const document = [{ ...last, id: `${ocid}-later`, date: "2027-02-01T00:00:00Z" }];
    const { projects } = await client.call(importProjects, { body: { document } }, CALL);
    const { releases } = await client.call(showProject, { params: { code: projects[0]?.code ?? "" } }, CALL);
    if (releases.length !== RELEASES_A_PROJECT + 1) throw new Error(`${releases.length} releases on the board`);
    times.push((performance.now() - started) / 1000);
  }
  yield {
    ...{ name: "projects.change", title: { zh: "变更见于看板", en: "a change is on the board" }, unit: "s", size },
    ours: spreadOf(times),
    targets: [{ of: "value", is: "at most", bound: 3 }],
    note: { zh: "自提交起计,早于上链", en: "counted from its submission, which is before it is anchored" },
  };
}

async function* reviews(client: SuyuanClient, { size, step }: BenchContext): AsyncGenerator<Figure> {
  const title = { zh: "全部项目重新核查", en: "all projects looked at again" };
  const seconds = await step(title, async (progress) => {
    const started = performance.now();
    let reviewed = 0;
    for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const part: AnswerOf<typeof reviewProjects> = await client.call(
        reviewProjects,
        { body: after === undefined ? {} : { after } },
        CALL,
      );
      reviewed += part.reviewed;
      after = part.next;
      progress(reviewed, part.total);
    }
    return (performance.now() - started) / 1000;
  });
  yield {
    ...{ name: "projects.review", title, unit: "s", size },
    ours: single(seconds),
    targets: [{ of: "value", is: "at most", bound: 60 }],
    note: {
      zh: "读出、合并全部发布,并由本系统全部规则再判一次",
      en: "all releases read, merged, and judged by all rules of this system once more",
    },
  };
}

async function* indicators(client: SuyuanClient, { size, step }: BenchContext): AsyncGenerator<Figure> {
  const title = { zh: "全部项目的红旗指标", en: "indicators over all projects" };
  const seconds = await step(title, async () => {
    const started = performance.now();
    await client.call(runIndicators, { body: {} }, CALL);
    return (performance.now() - started) / 1000;
  });
  yield {
    ...{ name: "projects.indicators", title, unit: "s", size },
    ours: single(seconds),
    targets: [{ of: "value", is: "at most", bound: 60 }],
  };
}

const ocidsFrom = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `ocds-bench-${String(first + i).padStart(6, "0")}`);

/** The releases of made-up projects: those of the municipal one, and a payment with each of the rest. */
function processesFrom(first: number, count: number): JsonObject[] {
  const base = municipalReleases();
  return ocidsFrom(first, count).flatMap((ocid) =>
    Array.from({ length: RELEASES_A_PROJECT }, (_, i) => {
      const told = base[i] ?? payment(i);
      return { ...told, ocid, id: `${ocid}-${i}`, initiationType: "tender" };
    }),
  );
}

function payment(number: number): JsonObject {
  const date = `2026-${String(number + 1).padStart(2, "0")}-28T00:00:00Z`;
  const transactions = [{ id: String(number), date, value: { amount: 100_000 + number, currency: "CNY" } }];
  return { date, tag: ["implementation"], contracts: [{ id: "1", awardID: "1", implementation: { transactions } }] };
}
