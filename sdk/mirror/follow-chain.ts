import type { AnchoredBatch, ScopeKind } from "../chain/anchors.ts";
import type { LedgerView } from "../chain/view.ts";
import { anchorDigest, deliveriesScope, journalScope, receiptsScope, resourceScope } from "../protocol/anchor.ts";
import type { Hex } from "../protocol/bytes.ts";
import { MirrorError } from "./errors.ts";
import type { Report } from "./pass.ts";
import type { MirrorState, ScopeState, SeenBlock, WaitingBatch } from "./state.ts";

/** A scope that somebody writes. */
export interface OpenScope {
  readonly scope: Hex;
  readonly kind: ScopeKind;
  readonly holder: string;
}

/**
 * Whether the chain still is the one that the mirror saw. False, and a finding, when the last final block was replaced.
 * Throws MirrorError `mirror.chain-behind`.
 */
export async function continues(view: LedgerView, seen: SeenBlock | undefined, report: Report): Promise<boolean> {
  if (seen === undefined) return true;
  if (view.block.number < seen.number)
    throw new MirrorError("mirror.chain-behind", { number: view.block.number, seen: seen.number });
  const found = await view.blockAt(seen.number);
  if (found?.hash === seen.hash) return true;
  await report("mirror.chain-replaced", { number: seen.number, hash: seen.hash });
  return false;
}

/** Every scope of every department: resources, the two streams of each agreement, journals. */
export async function openScopes(view: LedgerView): Promise<readonly OpenScope[]> {
  const [departments, resources, agreements] = await Promise.all([
    view.departments(),
    view.resources(),
    view.agreements(),
  ]);
  const names = [
    ...resources.map(({ id }) => resourceScope(id)),
    ...agreements.flatMap(({ id }) => [deliveriesScope(id), receiptsScope(id)]),
    ...departments.map(({ id }) => journalScope(id)),
  ];
  const heads = await Promise.all(names.map((scope) => view.head(scope)));
  return names.flatMap((scope, i) => {
    const head = heads[i];
    return head === undefined ? [] : [{ scope, kind: head.kind, holder: head.holder }];
  });
}

export interface Followed {
  readonly state: ScopeState;
  readonly waiting: readonly WaitingBatch[];
}

/** The batches of a scope since the last pass: dense, and each with the digest that the chain stores. */
export async function followScope(
  view: LedgerView,
  { scope, known, seen }: { readonly scope: Hex; readonly known: ScopeState; readonly seen: SeenBlock | undefined },
  report: Report,
): Promise<Followed> {
  const head = await view.head(scope);
  if (head === undefined || head.next === known.anchored) return { state: known, waiting: [] };
  const recent = await view.batches(scope, seen === undefined ? 0 : seen.number + 1);
  // What an earlier endpoint kept back is looked for from the beginning.
  const all = recent[0]?.first === known.anchored ? recent : await view.batches(scope);
  const batches = all.filter(({ first }) => first >= known.anchored);
  const digests = await Promise.all(batches.map(({ first }) => view.batchDigest(scope, first)));
  let expected = known.anchored;
  const waiting: WaitingBatch[] = [];
  for (const [i, batch] of batches.entries()) {
    if (batch.first !== expected) {
      await report("mirror.numbers", { scope, expected, found: batch.first });
      return { state: known, waiting: [] };
    }
    if (digests[i] !== anchorDigest(batch)) await report("mirror.batch", { scope, first: batch.first });
    waiting.push(waitingOf(batch));
    expected += batch.count;
  }
  if (expected !== head.next) {
    await report("mirror.numbers", { scope, expected, found: head.next });
    return { state: known, waiting: [] };
  }
  return { state: { ...known, anchored: expected }, waiting };
}

const waitingOf = ({ scope, first, count, root, hash, department, time }: AnchoredBatch): WaitingBatch => ({
  scope,
  first,
  count,
  root,
  hash,
  department,
  time,
});

/** The batches of one scope that wait, in order. */
export const waitingFor = ({ waiting }: Pick<MirrorState, "waiting">, scope: Hex): readonly WaitingBatch[] =>
  waiting.filter((batch) => batch.scope === scope).sort((a, b) => a.first - b.first);
