import { arch, availableParallelism, cpus, freemem, loadavg, platform, release, totalmem } from "node:os";

/** What the figures were measured on. Names no host, user or path. */
export const describeMachine = () => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  memoryMb: Math.round(totalmem() / 2 ** 20),
  freeMemoryMb: Math.round(freemem() / 2 ** 20),
  /** Processes waiting for a core when the run began: above `cores`, the absolute figures are too low. */
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
  platform: `${platform()} ${arch()} ${release()}`,
  node: process.version,
});

export type Machine = ReturnType<typeof describeMachine>;
