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

interface PartOptions {
  readonly logPath?: string;
  /** The others can go on without this part: it may be stopped by whoever likes to, and is told of. */
  readonly onStopped?: () => void;
}

/** Exit code 0, as the event `exit` of a process says it. */
const endedInOrder = (how: unknown): boolean => Array.isArray(how) && how[0] === 0;

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

  add(part: Part, name: Words, { logPath, onStopped }: PartOptions = {}): void {
    this.addStop(() => part.stop());
    void part.exited.then((how) => {
      if (this.stopping !== undefined) return;
      if (onStopped !== undefined && endedInOrder(how)) onStopped();
      else this.break(new PartEndedError(name, logPath));
    });
  }

  /** For what is not up yet: stopped with the others, and at once when they are being stopped already. */
  addStop(stop: () => Promise<void>): void {
    if (this.stopping === undefined) this.stops.push(stop);
    else this.stopping = Promise.all([this.stopping, stop()]).then(() => undefined);
  }

  stop(): Promise<void> {
    this.stopping ??= (async () => {
      for (const stop of this.stops.reverse()) await stop();
    })();
    return this.stopping;
  }
}
