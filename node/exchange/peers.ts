import { SuyuanClient } from "../../sdk/client/client.ts";
import { ClientError } from "../../sdk/client/errors.ts";
import { ProblemError } from "../../sdk/client/problem-error.ts";
import type { AnswerOf, CallOf, RouteDefinition } from "../../sdk/client/route.ts";
import type { Transport } from "../../sdk/client/transport.ts";
import { HttpError } from "../http/errors.ts";
import type { RandomBytes } from "../ports.ts";
import { ExchangeError } from "./errors.ts";
import { readHead, unavailable, type HeadDependencies } from "./head.ts";
import type { OwnKey } from "./own-key.ts";

export interface PeerDependencies extends HeadDependencies {
  readonly ownKey: OwnKey;
  readonly random: RandomBytes;
  readonly transport: Transport;
  /** Aborted when the node ends: calls under way end with it. */
  readonly ending: AbortSignal;
}

/** Answers that say nothing of what was asked, only that it was asked too often or too early. */
const BUSY: ReadonlySet<string> = new Set(["http.rate-limited", "http.busy", "chain.unavailable"]);

/** The nodes of other departments, found by the endpoint in the registry and spoken to under the node's own key. */
export class Peers {
  private readonly dependencies: PeerDependencies;

  constructor(dependencies: PeerDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * One call to a department's node. Throws HttpError `peer.unreachable` and `peer.busy` (repeat later), `peer.refused` (with
   * the node's code; its ProblemError is the cause), `peer.invalid`, `chain.unavailable`; ExchangeError `department.unknown`.
   */
  async call<const D extends RouteDefinition>(department: string, route: D, input: CallOf<D>): Promise<AnswerOf<D>> {
    const { ownKey, clock, random, transport, ending } = this.dependencies;
    const baseUrl = await this.endpointOf(department);
    const signer = await ownKey.requestSigner();
    const client = new SuyuanClient({ baseUrl, signer }, { transport, clock, random });
    try {
      return await client.call(route, input, { signal: ending });
    } catch (error) {
      if (error instanceof ProblemError)
        throw new HttpError(
          BUSY.has(error.code) ? "peer.busy" : "peer.refused",
          { department, code: error.code },
          error,
        );
      if (ending.aborted) throw new HttpError("peer.unreachable", { department }, error);
      if (!(error instanceof ClientError)) throw error;
      const passing = error.code === "client.unreachable" || error.code === "client.timeout";
      throw new HttpError(passing ? "peer.unreachable" : "peer.invalid", { department }, error);
    }
  }

  private async endpointOf(department: string): Promise<string> {
    const { view } = await readHead(this.dependencies);
    const found = await unavailable(() => view.department(department));
    if (found === undefined) throw new ExchangeError("department.unknown", { department });
    if (!URL.canParse(found.endpoint)) throw new HttpError("peer.unreachable", { department });
    return found.endpoint;
  }
}

/** The code under which a peer refused; undefined when it was not a refusal. */
export const refusalOf = (error: unknown): ProblemError | undefined =>
  error instanceof HttpError && error.code === "peer.refused" && error.cause instanceof ProblemError
    ? error.cause
    : undefined;
