import type { Words } from "../../sdk/client/route.ts";

export interface Part {
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** A process that ended while the others still ran. */
export class PartEndedError extends Error {
  constructor({ zh, en }: Words, logPath: string | undefined) {
    super(
      `${zh}已意外退出${logPath === undefined ? "" : `(日志 ${logPath})`},其余进程已停止。已确认的数据都在磁盘上;请重新运行 npm start。\n` +
        `${en} ended unexpectedly${logPath === undefined ? "" : ` (log: ${logPath})`}; the others were stopped. What was acknowledged is on disk: run npm start again.`,
    );
    this.name = "PartEndedError";
  }
}

/** What runs, stopped in reverse order. */
export class Running {
  /** Rejects with a PartEndedError when a part ends that nobody stopped. */
  readonly broken: Promise<never>;
  private break: (error: PartEndedError) => void = () => undefined;
  private readonly stops: (() => Promise<void>)[] = [];
  private stopping: Promise<void> | undefined;

  constructor() {
    this.broken = new Promise((_, reject) => {
      this.break = reject;
    });
    // Until somebody waits for it, nobody needs to hear.
    this.broken.catch(() => undefined);
  }

  add(part: Part, name: Words, logPath?: string): void {
    this.stops.push(() => part.stop());
    void part.exited.then(() => {
      if (this.stopping === undefined) this.break(new PartEndedError(name, logPath));
    });
  }

  stop(): Promise<void> {
    this.stopping ??= (async () => {
      for (const stop of this.stops.reverse()) await stop();
    })();
    return this.stopping;
  }
}
