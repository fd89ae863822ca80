import { useCallback, useEffect, useState } from "react";
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
  readonly verify: (sources: readonly Source[], question: Question) => void;
  readonly choose: (chosen: Chosen) => void;
}

interface Asking {
  readonly sources: readonly Source[];
  readonly question: Question;
}

/**
 * The verifier of a page: its program, what it trusts, and what it found. What is asked before both are there waits for
 * them, and is asked again when the person chooses another chain: no answer stands under a trust that it was not made by.
 */
export function useVerifier(): Verifier {
  const [engine, setEngine] = useState<Verifier["engine"]>("loading");
  const [chosen, setChosen] = useState<Chosen>();
  const [asking, setAsking] = useState<Asking>();
  const [outcome, setOutcome] = useState<Outcome>({ kind: "none" });
  useEffect(() => {
    import("./engine.ts").then(setEngine, () => setEngine("failed"));
    void loadChosen().then(setChosen);
  }, []);

  const trust = trustOf(engine, chosen);
  const endpoints = chosen?.endpoints ?? (typeof trust === "object" ? trust.rpc : NONE);
  useEffect(() => {
    if (asking === undefined || engine === "failed") return;
    setOutcome({ kind: "working" });
    if (engine === "loading" || chosen === undefined) return;
    let over = false;
    const asked = { trust: typeof trust === "object" ? trust : undefined, endpoints };
    // A later question may be asked meanwhile: its answer is the one to show.
    void answer(engine, asking, asked).then((found) => over || setOutcome(found));
    return () => {
      over = true;
    };
  }, [asking, engine, chosen, trust, endpoints]);
  const verify = useCallback((sources: readonly Source[], question: Question): void => {
    if (sources.length > 0) setAsking({ sources, question });
  }, []);
  return { engine, chosen, trust, endpoints, outcome, verify, choose: setChosen };
}

const NONE: readonly string[] = [];

async function answer(
  engine: Engine,
  { sources, question: { policy, at } }: Asking,
  asked: Pick<engineModule.Asked, "trust" | "endpoints">,
): Promise<Outcome> {
  const { reports, comparison } = await engine.judge(
    sources.map(({ bytes }) => bytes),
    { ...asked, policy, now: Math.floor(Date.now() / 1000), ...(at !== undefined && { at }) },
  );
  const files = sources.map((source, i) => ({
    ...source,
    digest: engine.sha256Hex(source.bytes),
    report: reports[i] as Judged["report"], // A report for each input.
  }));
  return { kind: "judged", files, comparison };
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
