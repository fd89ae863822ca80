import { useCallback, useEffect, useRef, useState } from "react";
import type * as engineModule from "./engine.ts";
import type { Judged } from "./report-view.tsx";
import { loadChosen, type Chosen } from "./trust.ts";
import type { Comparison } from "../../../../sdk/verify/compare.ts";
import type { Policy } from "../../../../sdk/verify/report.ts";
import type { Trust } from "../../../../sdk/verify/trust.ts";

export type Engine = typeof engineModule;

export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type Outcome =
  | { readonly kind: "none" | "working" }
  | { readonly kind: "judged"; readonly files: readonly Judged[]; readonly comparison: Comparison };

export interface Question {
  readonly policy: Policy;
  /** Seconds. */
  readonly at?: number;
}

export interface Verifier {
  /** "failed": nothing can be verified, and the page says so. */
  readonly engine: Engine | "loading" | "failed";
  readonly chosen: Chosen | undefined;
  readonly trust: Trust | "bad" | undefined;
  readonly endpoints: readonly string[];
  readonly outcome: Outcome;
  readonly verify: (sources: readonly Source[], question: Question) => Promise<void>;
  readonly choose: (chosen: Chosen) => void;
}

/** The verifier of a page: its program, what it trusts, and what it found. */
export function useVerifier(): Verifier {
  const [engine, setEngine] = useState<Verifier["engine"]>("loading");
  const [chosen, setChosen] = useState<Chosen>();
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });
  const turn = useRef(0);
  useEffect(() => {
    import("./engine.ts").then(setEngine, () => setEngine("failed"));
    void loadChosen().then(setChosen);
  }, []);

  const trust = trustOf(engine, chosen);
  const endpoints = chosen?.endpoints ?? (typeof trust === "object" ? trust.rpc : []);
  const verify = useCallback(
    async (sources: readonly Source[], { policy, at }: Question): Promise<void> => {
      if (typeof engine === "string" || sources.length === 0) return;
      const mine = ++turn.current;
      setOutcome({ kind: "working" });
      const asked = { policy, trust: typeof trust === "object" ? trust : undefined, endpoints };
      const { reports, comparison } = await engine.judge(
        sources.map(({ bytes }) => bytes),
        { ...asked, now: Math.floor(Date.now() / 1000), ...(at !== undefined && { at }) },
      );
      const files = await Promise.all(
        sources.map(async (source, i) => ({
          ...source,
          digest: engine.sha256Hex(source.bytes),
          report: reports[i] as Judged["report"], // A report for each input.
        })),
      );
      // A later question has been asked meanwhile: its answer is the one to show.
      if (mine === turn.current) setOutcome({ kind: "judged", files, comparison });
    },
    [engine, trust, endpoints],
  );
  return { engine, chosen, trust, endpoints, outcome, verify, choose: setChosen };
}

const parsed = new Map<string, Trust | "bad">();

function trustOf(engine: Verifier["engine"], chosen: Chosen | undefined): Verifier["trust"] {
  if (typeof engine === "string" || chosen?.trust === undefined) return undefined;
  const { text } = chosen.trust;
  const known = parsed.get(text) ?? parseTrust(engine, text);
  parsed.set(text, known);
  return known;
}

function parseTrust(engine: Engine, text: string): Trust | "bad" {
  try {
    return engine.parseTrustBytes(new TextEncoder().encode(text));
  } catch {
    return "bad"; // Shown as such: nothing is verified by it.
  }
}
