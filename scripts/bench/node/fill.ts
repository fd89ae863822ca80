import { availableParallelism } from "node:os";
import { single } from "../measure.ts";
import { spreadOf, type Figure, type Other, type Spread, type Words } from "../figure.ts";
import type { BenchContext } from "../suite.ts";
import { sendBodies, type Bodies } from "./load.ts";
import { cpuSeconds, residentMemory, watchProcessors, type Resident } from "./process.ts";
import type { Rig } from "./rig.ts";

const CONNECTIONS = 4;
const WINDOW_MS = 2000;
const SAMPLE_MS = 500;
const MEGABYTE = 2 ** 20;

interface Sample {
  readonly at: number;
  readonly resident: Resident;
  readonly accepted: number;
}

export interface Filling {
  /** Records a second: over all of it the median, of windows the least and the most. */
  readonly rate: Spread;
  /** As much would go in if every processor worked for the node alone, all of the time. */
  readonly limit: Other;
  /** What it cost the node, and how busy the machine was. */
  readonly cost: Words;
  /** Samples go on until it is called. */
  readonly stop: () => void;
  /** The node's resident memory so far. */
  readonly memoryFigures: (suite: string) => readonly Figure[];
}

/** Sends bodies as fast as the node takes them, and watches the node meanwhile. */
export async function fill(
  { rig, bodies, size }: { readonly rig: Rig; readonly bodies: Bodies; readonly size: number },
  { step }: Pick<BenchContext, "step">,
): Promise<Filling> {
  const { pid } = rig.node;
  const samples: Sample[] = [];
  const processors = await watchProcessors();
  const cpuBefore = await cpuSeconds(pid);
  const started = performance.now();
  let accepted = 0;
  let ended = started;
  const sampling = setInterval(() => {
    void residentMemory(pid).then((resident) => samples.push({ at: performance.now(), resident, accepted }));
  }, SAMPLE_MS);
  try {
    await step({ zh: `提交 ${size} 条`, en: `${size} records submitted` }, (progress) =>
      sendBodies({ rig, bodies, connections: CONNECTIONS }, (answer) => {
        accepted += answer.accepted;
        ended = answer.at;
        progress(accepted, size);
      }),
    );
  } catch (error) {
    clearInterval(sampling);
    throw error;
  }
  const cpu = (await cpuSeconds(pid)) - cpuBefore;
  const rate = (size / (ended - started)) * 1000;
  const cores = availableParallelism();
  const most = (size * cores) / cpu;
  const { zh, en } = await processors();
  const [micros, share] = [((cpu / size) * 1e6).toFixed(0), ((rate / most) * 100).toFixed(0)];
  return {
    rate: { ...spreadOf(windowRates(samples, started)), median: rate },
    limit: { name: `all ${cores} processors for the node alone`, spread: single(most), ratio: rate / most },
    cost: {
      zh: `节点每条 CPU ${micros} µs,占全部 ${cores} 个处理器的 ${share} %;${zh}`,
      en: `${micros} µs of CPU of the node a record, ${share} % of all ${cores} processors; ${en}`,
    },
    stop: () => clearInterval(sampling),
    memoryFigures: (suite) => memoryFigures(suite, size, samples),
  };
}

function memoryFigures(suite: string, size: number, samples: readonly Sample[]): readonly Figure[] {
  const growing = growth(samples, ({ all }) => all);
  const growingOfFiles = growth(samples, ({ ofFiles }) => ofFiles).toFixed(1);
  const memory = samples.map(({ resident }) => resident.all / MEGABYTE);
  const ofFiles = Math.max(...samples.map(({ resident }) => resident.ofFiles / MEGABYTE)).toFixed(0);
  return [
    {
      name: `${suite}.memory`,
      title: { zh: "节点常驻内存(最大)", en: "the node's resident memory (most)" },
      unit: "MB",
      ours: { ...spreadOf(memory), median: Math.max(...memory) },
      size,
      isMachineIndependent: true,
      targets: [{ of: "value", is: "at most", bound: 500 }],
      note: {
        zh: `其中映射文件(程序与存储)的页至多 ${ofFiles} MB,系统随时可收回`,
        en: `at most ${ofFiles} MB of it are pages of files, the program's and the store's, which the system may take back`,
      },
    },
    {
      name: `${suite}.memory-growth`,
      title: { zh: "后半程每 10 万条的内存增长", en: "growth of memory per 100,000 records, second half" },
      unit: "MB",
      ours: single(growing),
      size,
      note: {
        zh: `其中映射文件的页 ${growingOfFiles} MB:索引每多一张表,就多映射几页,至多 1000 张`,
        en: `${growingOfFiles} MB of it are pages of files: a few for each further table of an index, up to 1,000 tables`,
      },
    },
  ];
}

/** Records a second of each window. */
function windowRates(samples: readonly Sample[], started: number): readonly number[] {
  const rates: number[] = [];
  let from = { at: started, accepted: 0 };
  for (const sample of samples) {
    if (sample.at - from.at < WINDOW_MS || sample.accepted === from.accepted) continue;
    rates.push(((sample.accepted - from.accepted) / (sample.at - from.at)) * 1000);
    from = sample;
  }
  return rates.length > 0 ? rates : [Number.NaN];
}

/** Least squares over the second half of the records, in MB per 100,000. */
function growth(samples: readonly Sample[], read: (resident: Resident) => number): number {
  const last = samples.at(-1)?.accepted ?? 0;
  const half = samples.filter(({ accepted }) => accepted >= last / 2);
  const mean = (of: (sample: Sample) => number) => half.reduce((sum, sample) => sum + of(sample), 0) / half.length;
  const [x, y] = [mean(({ accepted }) => accepted), mean(({ resident }) => read(resident))];
  const products = half.reduce((sum, { accepted, resident }) => sum + (accepted - x) * (read(resident) - y), 0);
  const squares = half.reduce((sum, { accepted }) => sum + (accepted - x) ** 2, 0);
  return squares === 0 ? 0 : (products / squares / MEGABYTE) * 100_000;
}
