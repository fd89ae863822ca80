import type { LedgerView } from "../../chain/view.ts";
import { SuyuanClient, type ClientDependencies } from "../../client/client.ts";
import { ClientError } from "../../client/errors.ts";
import { walkLineage, type LineageLine } from "../../client/routes/lineage-walk.ts";
import type { RequestSigner } from "../../client/signature.ts";
import { CodedError } from "../../protocol/errors.ts";
import { NoEndpoint } from "./gap.ts";
import type { LineageSource, WalkRequest } from "./types.ts";

/** The body of a request to a node. */
export const walkBody = ({ starts, relations, ...request }: WalkRequest) => ({
  ...request,
  starts: starts.map(({ scope, seq, depth }) => ({ scope, seq, depth })),
  ...(relations && { relations: [...relations] }),
});

/** An answer that breaks off is an outage like one that never began. */
export async function* unbroken(lines: AsyncIterable<LineageLine>, host: string): AsyncGenerator<LineageLine> {
  let ended = false;
  try {
    for await (const line of lines) {
      ended = line.type === "end";
      yield line;
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new ClientError("client.unreachable", { host }, error);
  }
  if (!ended) throw new ClientError("client.unreachable", { host });
}

export interface NodeSourceOptions {
  /** Who asks: what is shown depends on it. */
  readonly signer: RequestSigner;
  /** Addresses to use instead of the registry's, by department: for a node that is reached by another way. */
  readonly endpoints?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface NodeSourceDependencies extends ClientDependencies {
  readonly view: () => Promise<LedgerView>;
}

/** Asks each department's node at the address in the registry. */
export function nodeSource(options: NodeSourceOptions, dependencies: NodeSourceDependencies): LineageSource {
  const { signer, endpoints = {}, timeoutMs } = options;
  return {
    walk: async (department, request) => {
      const found = await (await dependencies.view()).department(department);
      const baseUrl = endpoints[department] ?? found?.endpoint ?? "";
      if (!URL.canParse(baseUrl)) throw new NoEndpoint();
      const client = new SuyuanClient({ baseUrl, signer, ...(timeoutMs !== undefined && { timeoutMs }) }, dependencies);
      return unbroken(await client.call(walkLineage, { body: walkBody(request) }), new URL(baseUrl).host);
    },
  };
}
