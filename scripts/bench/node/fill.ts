import { single } from "../measure.ts";
import { spreadOf, type Figure, type Spread, type Words } from "../figure.ts";
import type { BenchContext } from "../suite.ts";
import { sendBodies, type Bodies } from "./load.ts";
import { cpuSeconds, residentMemory, watchStolenTime, type Resident } from "./process.ts";
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
  /** Of the node, microseconds a record. */
  readonly cpuMicroseconds: number;
  /** What the machine itself lost meanwhile. */
  readonly stolen: Words;
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
  const stolen = await watchStolenTime();
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
  return {
    rate: { ...spreadOf(windowRates(samples, started)), median: (size / (ended - started)) * 1000 },
    cpuMicroseconds: (cpu / size) * 1e6,
    stolen: await stolen(),
    stop: () => clearInterval(sampling),
    memoryFigures: (suite) => memoryFigures(suite, size, samples),
  };
}

function memoryFigures(suite: string, size: number, samples: readonly Sample[]): readonly Figure[] {
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
      ours: single(growth(samples)),
      size,
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
function growth(samples: readonly Sample[]): number {
  const last = samples.at(-1)?.accepted ?? 0;
  const half = samples.filter(({ accepted }) => accepted >= last / 2);
  const mean = (read: (sample: Sample) => number) => half.reduce((sum, sample) => sum + read(sample), 0) / half.length;
  const [x, y] = [mean(({ accepted }) => accepted), mean(({ resident }) => resident.all)];
  const products = half.reduce((sum, { accepted, resident }) => sum + (accepted - x) * (resident.all - y), 0);
  const squares = half.reduce((sum, { accepted }) => sum + (accepted - x) ** 2, 0);
  return squares === 0 ? 0 : (products / squares / MEGABYTE) * 100_000;
}
