import type { Agreement } from "../chain/agreements.ts";
import type { LedgerView } from "../chain/view.ts";
import { deliveriesScope, receiptsScope } from "../protocol/anchor.ts";
import type { Hex } from "../protocol/bytes.ts";
import { parseGrant } from "../protocol/evidence.ts";
import { parseHeader } from "../protocol/header.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { MirrorFolder } from "./folder.ts";
import type { OpenScope } from "./follow-chain.ts";
import type { Report } from "./pass.ts";

interface Comparing {
  readonly view: LedgerView;
  readonly folder: MirrorFolder;
  readonly report: Report;
}

/** Of each subject of a resource at most one record is active (SPEC §5.1). */
export async function compareSubjects(
  { scope, holder }: OpenScope,
  { view, folder, report }: Comparing,
): Promise<void> {
  const bySubject = new Map<Hex, number[]>();
  for await (const { header } of folder.headers(scope)) {
    const { subject, seq } = parseHeader(header ?? null);
    if (subject === undefined) continue;
    const numbers = bySubject.get(subject);
    if (numbers === undefined) bySubject.set(subject, [seq]);
    else numbers.push(seq);
  }
  for (const numbers of bySubject.values()) {
    if (numbers.length < 2) continue;
    const states = await Promise.all(numbers.map((seq) => view.currentState(scope, seq)));
    const [seq, other] = numbers.filter((_, i) => states[i] === "active");
    if (seq !== undefined && other !== undefined)
      await report("mirror.subject", { department: holder, scope, seq, other });
  }
}

interface Settled {
  readonly outcome: string;
  readonly packageDigest: string | undefined;
}

/** What each side wrote about a number of an agreement; by the order of numbers. */
async function settledBy(scope: Hex, folder: MirrorFolder): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  for await (const line of folder.headers(scope)) settled.push(settledIn(line));
  return settled;
}

/** A void record fills a number that could not be used; it says nothing of a delivery. */
function settledIn(line: JsonObject): Settled {
  if (line["claims"] === undefined) return { outcome: "void", packageDigest: undefined };
  const { header, claims } = parseGrant(line);
  const said = (name: string): string | undefined => {
    const value = claims.disclosed.find(({ path }) => path.length === 1 && path[0] === name)?.value;
    return typeof value === "string" ? value : undefined;
  };
  const outcome = header.kind === "void" ? "void" : (said("outcome") ?? "void");
  return { outcome, packageDigest: said("packageDigest") };
}

/** Which of the consumer's words go with each of the provider's. */
const AGREES: Readonly<Record<string, readonly string[]>> = {
  delivered: ["received", "void"],
  unacknowledged: ["received", "disputed", "nothing-received", "void"],
  void: ["nothing-received", "void"],
};

/** The two streams of an agreement against each other, and against the reserve once the time to settle is over. */
export async function compareStreams(agreement: Agreement, { view, folder, report }: Comparing): Promise<void> {
  const { id, provider, consumer, reserved } = agreement;
  const [provided, consumed] = await Promise.all([
    settledBy(deliveriesScope(id), folder),
    settledBy(receiptsScope(id), folder),
  ]);
  for (let k = 0; k < Math.min(provided.length, consumed.length); k++) {
    const [mine, theirs] = [provided[k], consumed[k]];
    if (mine !== undefined && theirs !== undefined) await compareNumber({ agreement: id, k, mine, theirs }, report);
  }
  const until = await view.settlementUntil(id);
  if (until === undefined || view.block.time < until) return;
  const heads = await Promise.all([view.head(deliveriesScope(id)), view.head(receiptsScope(id))]);
  for (const [i, department] of [provider, consumer].entries()) {
    const next = heads[i]?.next ?? 0;
    if (next < reserved) await report("mirror.stream-behind", { agreement: id, department, next, reserved });
  }
}

interface Number {
  readonly agreement: Hex;
  readonly k: number;
  readonly mine: Settled;
  readonly theirs: Settled;
}

async function compareNumber({ agreement, k, mine, theirs }: Number, report: Report): Promise<void> {
  const [provided, consumed] = [mine.outcome, theirs.outcome];
  if (!(AGREES[provided] ?? []).includes(consumed)) await report("mirror.stream", { agreement, k, provided, consumed });
  else if (provided === "unacknowledged" && consumed === "received")
    await report("mirror.unacknowledged", { agreement, k });
  const both = mine.packageDigest !== undefined && theirs.packageDigest !== undefined;
  if (both && consumed === "received" && mine.packageDigest !== theirs.packageDigest)
    await report("mirror.package", { agreement, k });
}
