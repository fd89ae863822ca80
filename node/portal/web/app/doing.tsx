import { useCallback, useState, type ReactNode } from "react";
import { Failure } from "./data.tsx";

interface Doing {
  readonly busy: boolean;
  /** Resolves with whether it was done; what went wrong is in `failure`. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly failure: ReactNode;
}

/** Something that a person set off: whether it is under way, and what went wrong with it. */
export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ readonly cause: unknown }>();
  const run = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      return true;
    } catch (cause) {
      setError({ cause });
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, run, failure: error && <Failure error={error.cause} /> };
}
