import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { projectId } from "../../sdk/chain/projects.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { FollowerListener } from "../chain/follower.ts";
import type { Log } from "../ports.ts";
import { PROJECTS, POSITION } from "../storage/keyspaces.ts";
import { put } from "../storage/store.ts";
import type { ProjectArchive } from "./archive.ts";
import type { ProjectFlags } from "./flags.ts";
import { told } from "./watched-events.ts";

export interface WatchDependencies {
  readonly archive: ProjectArchive;
  readonly flags: ProjectFlags;
  readonly connection: LedgerConnection;
  /** USCC of the node's own. */
  readonly department: string;
  readonly log: Log;
}

/** Where a flag of the chain says which transaction raised it. */
export const TRANSACTION_PATH = "/transaction";
/** How far the flags of the ProjectLedger were read. */
const PLACE = "project-flags";
const PAGE = 1000;

/** Records what the chain has to say against the projects that this node knows or its department has a part in, once it is final. */
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

async function read(
  { until, hash, codes }: Range,
  { archive, flags, connection, department }: WatchDependencies,
): Promise<void> {
  const { store } = archive.dependencies;
  const before = await store.get(POSITION, PLACE);
  if (before !== undefined && before.number >= until) return;
  const view = await connection.view("final");
  const found = await told({ view, fromBlock: (before?.number ?? 0) + 1, until });
  if (found.length > 0) await refresh(codes, archive);
  for (const { project, transaction, judged } of found) {
    const code = codes.get(project) ?? (await ownCode(project, { view, department }));
    if (code === undefined) continue;
    codes.set(project, code);
    const shown = { record: 0, path: TRANSACTION_PATH, value: transaction };
    const said = (await judged()).map(({ inputs, ...flag }) => ({
      ...flag,
      inputs: [...inputs.map(({ path, value }) => ({ record: 0, path, value: String(value) })), shown],
      records: [],
    }));
    await flags.record(code, said);
  }
  // Crash before this line: the same flags are looked at again and found recorded.
  await store.write([put(POSITION, PLACE, { number: until, hash })]);
}

/** The code of a project in which the department has a part; undefined for one that is others' alone. */
async function ownCode(
  project: Hex,
  { view, department }: { readonly view: LedgerView; readonly department: string },
): Promise<string | undefined> {
  const found = await view.ledgerProject(project);
  return found && Object.values(found.bodies).includes(department) ? found.code : undefined;
}

async function refresh(codes: Map<Hex, string>, { dependencies: { store } }: ProjectArchive): Promise<void> {
  for (let gt: string | undefined; ;) {
    const page = await store.page(PROJECTS, { ...(gt !== undefined && { gt }), limit: PAGE });
    for (const [code] of page) codes.set(projectId(code), code);
    gt = page.at(-1)?.[0];
    if (gt === undefined || page.length < PAGE) return;
  }
}
