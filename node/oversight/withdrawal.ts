import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import type { Clock } from "../ports.ts";
import { PROJECT_COMPILED, PROJECT_RECORDS } from "../storage/keyspaces.ts";
import { del, put } from "../storage/store.ts";
import { projectKey, type ProjectArchive } from "./archive.ts";
import { ProjectError } from "./errors.ts";
import type { ProjectFlags } from "./flags.ts";
import { reviewEach, type Blocked } from "./review.ts";

const STEP = "withdraw-release";

export interface WithdrawalDependencies {
  readonly archive: ProjectArchive;
  readonly flags: ProjectFlags;
  readonly connection: Pick<LedgerConnection, "ledger">;
  readonly clock: Clock;
}

/**
 * Withdraws a release: the reason becomes a filing that quotes it, the release stays as it is with its evidence, and is flagged
 * as withdrawn; merging and flags go on without it. Throws ProjectError `project.record-unknown`, `project.not-release`,
 * `project.release-withdrawn`, RecordError.
 */
export function withdrawRelease(
  { code, seq, reason }: { readonly code: string; readonly seq: number; readonly reason: string },
  { archive, flags, connection: { ledger }, clock }: WithdrawalDependencies,
) {
  return flags.alone([code], async () => {
    const release = await archive.requireRecord(code, seq);
    if (release.kind !== "release") throw new ProjectError("project.not-release", { seq });
    const { withdrawn, identifier, record, standard } = release;
    if (withdrawn !== undefined) throw new ProjectError("project.release-withdrawn", { seq, filing: withdrawn });
    const at = Math.floor(clock() / 1000);
    const content = canonicalize({ release: { scope: archive.journal, seq, record } });
    const document = { project: code, step: STEP, at, title: reason, content };
    const parents = [{ ledger, scope: archive.journal, seq, record, relation: "quotes" as const }];
    // Crash after this write: the release is withdrawn, and the next look at the project makes its flag and compiled release.
    const [accepted] = await archive.write([{ kind: "project-filing", document, parents }], (filing) => [
      put(
        PROJECT_RECORDS,
        { scope: projectKey(code), seq: filing.seq },
        { kind: "filing", record: filing.record, step: STEP, at, title: reason },
      ),
      put(PROJECT_RECORDS, { scope: projectKey(code), seq }, { ...release, withdrawn: filing.seq }),
      ...(standard === "ocds-release" ? [del(PROJECT_COMPILED, identifier)] : []),
    ]);
    if (accepted === undefined) throw new TypeError("no result for an input");
    flags.forget(code);
    const [reviewed] = await reviewEach([code], flags);
    const { flags: count = 0 } = await archive.get(code);
    const blocked: Blocked | undefined = reviewed !== undefined && "problem" in reviewed ? reviewed : undefined;
    const filing = { scope: accepted.scope, seq: accepted.seq, record: accepted.record };
    return { filing, flags: count, ...(blocked && { blocked }) };
  });
}
