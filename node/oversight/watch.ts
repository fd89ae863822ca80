import { decodeEvent, eventTopic } from "../../sdk/chain/contracts.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { projectId } from "../../sdk/chain/projects.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { findRuleByNumber } from "../../sdk/oversight/law/rules.ts";
import type { FollowerListener } from "../chain/follower.ts";
import type { Log } from "../ports.ts";
import { PROJECTS, POSITION } from "../storage/keyspaces.ts";
import { put } from "../storage/store.ts";
import type { ProjectArchive } from "./archive.ts";
import type { ProjectFlags } from "./flags.ts";

export interface WatchDependencies {
  readonly archive: ProjectArchive;
  readonly flags: ProjectFlags;
  readonly connection: LedgerConnection;
  readonly log: Log;
}

/** Where a flag of the chain says which transaction raised it. */
export const TRANSACTION_PATH = "/transaction";
/** How far the flags of the ProjectLedger were read. */
const PLACE = "project-flags";
const PAGE = 1000;

/** Records what the ProjectLedger flags about the projects that this node knows, once it is final. */
export function watchLedgerFlags(dependencies: WatchDependencies): FollowerListener {
  const codes = new Map<Hex, string>();
  return {
    onFinal: async ({ number, hash }) => {
      try {
        await read({ until: number, hash, codes }, dependencies);
      } catch (error) {
        const name = error instanceof Error ? error.name : "unknown";
        dependencies.log.warn({ error: name }, "flags on chain could not be read; they are read with the next block");
      }
    },
  };
}

interface Range {
  readonly until: number;
  readonly hash: Hex;
  readonly codes: Map<Hex, string>;
}

async function read({ until, hash, codes }: Range, { archive, flags, connection }: WatchDependencies): Promise<void> {
  const { store } = archive.dependencies;
  const before = await store.get(POSITION, PLACE);
  if (before !== undefined && before.number >= until) return;
  const view = await connection.view("final");
  const fromBlock = (before?.number ?? 0) + 1;
  const found = await view.events("ProjectLedger", { topics: [eventTopic("ProjectLedger", "FlagRaised")], fromBlock });
  if (found.length > 0) await refresh(codes, archive);
  for (const { event, log } of found) {
    const told = decodeEvent("ProjectLedger", log);
    if (event.name !== "FlagRaised" || told === undefined || log.block > until) continue;
    const { id, rule: number, lot, actual, limit } = event.args;
    const code = codes.get(id);
    const rule = findRuleByNumber(number);
    if (code === undefined || rule === undefined) continue;
    const inputs = [{ record: 0, path: TRANSACTION_PATH, value: log.transaction }];
    const figures = { actual: Number(actual), limit: Number(limit) };
    await flags.record(code, [
      {
        rule: rule.code,
        subject: lot === 0 ? "" : String(lot),
        ...figures,
        inputs,
        records: [],
      },
    ]);
  }
  // Crash before this line: the same flags are looked at again and found recorded.
  await store.write([put(POSITION, PLACE, { number: until, hash })]);
}

async function refresh(codes: Map<Hex, string>, { dependencies: { store } }: ProjectArchive): Promise<void> {
  for (let gt: string | undefined; ;) {
    const page = await store.page(PROJECTS, { ...(gt !== undefined && { gt }), limit: PAGE });
    for (const [code] of page) codes.set(projectId(code), code);
    gt = page.at(-1)?.[0];
    if (gt === undefined || page.length < PAGE) return;
  }
}
