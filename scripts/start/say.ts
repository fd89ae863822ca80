/** What a person sees while the demonstration runs: one line a step, 中文 first, English beside it. */
export interface Teller {
  step<T>(zh: string, en: string, work: (progress: Progress) => Promise<T>): Promise<T>;
  note(zh: string, en: string): void;
  line(text?: string): void;
}

export interface Progress {
  /** Shows how far the step is; only on a terminal, and at most ten times a second. */
  tell(done: number, total: number): void;
  /** A word beside the finished step. */
  result(text: string): void;
}

const REFRESH_MS = 100;

export function createTeller(
  { out }: { readonly out: NodeJS.WriteStream },
  { now }: { readonly now: () => number },
): Teller {
  let number = 0;
  return {
    async step(zh, en, work) {
      const label = `${String(++number).padStart(2)}  ${zh} · ${en}`;
      const started = now();
      let result = "";
      let shown = 0;
      const progress: Progress = {
        tell(done, total) {
          if (!out.isTTY || now() - shown < REFRESH_MS) return;
          shown = now();
          out.write(`\r…  ${label} ${done}/${total}`);
        },
        result(text) {
          result = ` — ${text}`;
        },
      };
      if (out.isTTY) out.write(`…  ${label}`);
      const end = (mark: string) => {
        if (out.isTTY) out.write("\r\u001b[2K");
        out.write(`${mark}  ${label}${result} (${((now() - started) / 1000).toFixed(1)} s)\n`);
      };
      try {
        const value = await work(progress);
        end("✓");
        return value;
      } catch (error) {
        end("✗");
        throw error;
      }
    },
    note(zh, en) {
      out.write(`    ${zh}\n    ${en}\n`);
    },
    line(text = "") {
      out.write(`${text}\n`);
    },
  };
}
