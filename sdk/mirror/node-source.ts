import type { LedgerView } from "../chain/view.ts";
import { SuyuanClient } from "../client/client.ts";
import { listHeaders, MAXIMUM_HEADERS } from "../client/routes/headers.ts";
import type { RequestSigner } from "../client/signature.ts";
import type { Transport } from "../client/transport.ts";
import { ClientError } from "../client/errors.ts";
import type { Hex } from "../protocol/bytes.ts";
import { isCodedError } from "../protocol/errors.ts";
import type { HeaderSource, ServedHeader } from "./copy-headers.ts";
import type { WaitingBatch } from "./state.ts";

const PAGE_TIMEOUT_MS = 60_000;

export interface NodeSourceDependencies {
  readonly signer: RequestSigner;
  /** Others wrote the addresses: a guarded one. */
  readonly transport: Transport;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: (lengthBytes: number) => Uint8Array;
}

interface Page {
  readonly scope: Hex;
  readonly from: number;
  readonly limit: number;
}

/** One request's worth, whole or not at all: a node that stops in between, or never ends, has not served it. */
async function pageOf(client: SuyuanClient, { scope, from, limit }: Page): Promise<readonly ServedHeader[]> {
  const signal = AbortSignal.timeout(PAGE_TIMEOUT_MS);
  const page: ServedHeader[] = [];
  try {
    const lines = await client.call(listHeaders, { params: { scope }, query: { from, limit } }, { signal });
    for await (const line of lines) {
      page.push(line);
      if (page.length > limit) throw new ClientError("client.response-invalid", { host: "", at: "lines" });
    }
    return page;
  } catch (cause) {
    if (isCodedError(cause)) throw cause;
    if (signal.aborted) throw new ClientError("client.timeout", { host: "", limitMs: PAGE_TIMEOUT_MS }, cause);
    throw new ClientError("client.unreachable", { host: "" }, cause);
  }
}

/** Headers by signed requests to each department's node, at the endpoint that the registry names. */
export class NodeSource implements HeaderSource {
  private readonly view: LedgerView;
  private readonly dependencies: NodeSourceDependencies;

  constructor(view: LedgerView, dependencies: NodeSourceDependencies) {
    this.view = view;
    this.dependencies = dependencies;
  }

  /** Throws ClientError `client.*`, ProblemError, ChainError. */
  async *headers({ scope, first, count, department }: WaitingBatch): AsyncGenerator<ServedHeader> {
    const client = await this.clientOf(department);
    const end = first + count;
    for (let from = first; from < end;) {
      const limit = Math.min(MAXIMUM_HEADERS, end - from);
      const page = await pageOf(client, { scope, from, limit });
      if (page.length === 0) return;
      yield* page;
      from += page.length;
    }
  }

  /** A dissolved department's records are served by its successor. */
  private async clientOf(department: string): Promise<SuyuanClient> {
    const found = await this.view.department(department);
    const successor =
      found?.status === "dissolved" && found.successor !== undefined
        ? await this.view.department(found.successor)
        : undefined;
    const baseUrl = (successor ?? found)?.endpoint ?? "";
    if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? ""))
      throw new ClientError("client.unreachable", { host: department });
    const { signer, transport, clock, random } = this.dependencies;
    return new SuyuanClient({ baseUrl, signer }, { transport, clock, random });
  }
}
