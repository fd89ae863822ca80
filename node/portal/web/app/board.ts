import { listProjects, MAXIMUM_BOARD_PAGE } from "../../../../sdk/client/routes/projects.ts";
import type { AnswerOf } from "../../../../sdk/client/route.ts";
import type { SuyuanClient } from "../../../../sdk/client/client.ts";

export type BoardLine = AnswerOf<typeof listProjects>["projects"][number];

/** The whole board, page by page. */
export async function readBoard(client: SuyuanClient): Promise<readonly BoardLine[]> {
  const all: BoardLine[] = [];
  for (let after: string | undefined; ;) {
    const query = { limit: MAXIMUM_BOARD_PAGE, ...(after !== undefined && { after }) };
    const { projects } = await client.call(listProjects, { query });
    all.push(...projects);
    after = projects.at(-1)?.code;
    if (projects.length < MAXIMUM_BOARD_PAGE) return all;
  }
}

/** What breaks a rule comes first, then what is worth a look, then what is newest. */
export const bySeverity = (a: BoardLine, b: BoardLine): number =>
  b.hard - a.hard || b.flags - a.flags || b.updated - a.updated;
