import type { ApprovalView } from "../../sdk/client/routes/approvals.ts";
import { isCodedError, type Language } from "../../sdk/protocol/errors.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { parseCall, type Binding, type Handler, type OwnRequest } from "../http/bind.ts";
import type { RouteDefinition } from "../../sdk/client/route.ts";
import { HttpError } from "../http/errors.ts";
import type { Caller } from "../http/signature.ts";
import { statusOf } from "../http/status.ts";
import type { Sealed } from "../keys/sealed.ts";
import type { Clock } from "../ports.ts";
import { APPROVALS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";
import { AccountError } from "./errors.ts";
import { mayApprove, standingOf } from "./rights.ts";

const MAXIMUM_LISTED = 500;

export interface ApprovalsDependencies {
  readonly store: Store;
  readonly sealed: Sealed;
  readonly clock: Clock;
  readonly newId: () => string;
  /** As for a request that comes over HTTP. */
  readonly beforeOwn: (request: OwnRequest) => Promise<void>;
  /** What serves a route. */
  readonly bindingOf: (operation: string) => Binding | undefined;
}

interface Asking {
  readonly operation: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly body: JsonObject;
  readonly remark?: string | undefined;
  readonly tracking?: string | undefined;
}

interface Decision {
  readonly approve: boolean;
  readonly remark?: string | undefined;
}

interface Deciding {
  readonly caller: Caller;
  readonly language: Language;
  readonly signal: AbortSignal;
}

/** Actions that one person asks for and another carries out: what was asked is stored as it will be sent. */
export class Approvals {
  private readonly dependencies: ApprovalsDependencies;
  private readonly serial = new KeyedSerial();

  constructor(dependencies: ApprovalsDependencies) {
    this.dependencies = dependencies;
  }

  /** Throws AccountError `operator.role`, `approval.operation`, HttpError `http.request-invalid`. */
  async ask({ operation, params, body, remark, tracking }: Asking, caller: Caller): Promise<ApprovalView> {
    const { name, roles } = operatorOf(caller);
    const standing = standingOf(operation, roles);
    const binding = this.dependencies.bindingOf(operation);
    if (standing === "denied" || binding === undefined) throw new AccountError("operator.role", { operation });
    if (standing === "allowed") throw new AccountError("approval.operation", { operation });
    // Judged now: whoever asks can still correct it.
    parseCall(binding.definition, { params, body });
    return this.keep({
      id: `0x${this.dependencies.newId()}${this.dependencies.newId()}`,
      operation,
      params: { ...params },
      body,
      ...(remark !== undefined && { remark }),
      ...(tracking !== undefined && { tracking }),
      askedBy: name,
      askedAt: this.now(),
      state: "waiting",
    });
  }

  async list({ state, limit = 100 }: { state?: string | undefined; limit?: number | undefined }) {
    const { store, sealed } = this.dependencies;
    const found: ApprovalView[] = [];
    for await (const [id, text] of store.iterate(APPROVALS)) {
      const approval = JSON.parse(await sealed.open(`approvals/${id}`, text)) as ApprovalView; // Written by keep.
      if (state === undefined || approval.state === state) found.push(approval);
    }
    return found.sort((a, b) => b.askedAt - a.askedAt).slice(0, Math.min(limit, MAXIMUM_LISTED));
  }

  /**
   * Carries it out when it is approved. Crash before the result is kept: it still waits, and approving it again repeats
   * the call under the same idempotency key. Throws AccountError `approval.*`, `operator.role`, and what may pass by itself.
   */
  decide(id: string, { approve, remark }: Decision, deciding: Deciding): Promise<ApprovalView> {
    return this.serial.run(id, async () => {
      const approval = await this.require(id);
      const { name, roles } = operatorOf(deciding.caller);
      if (approval.state !== "waiting") throw new AccountError("approval.decided");
      if (approval.askedBy === name) throw new AccountError("approval.own");
      if (!mayApprove(approval.operation, roles))
        throw new AccountError("operator.role", { operation: approval.operation });
      const decided = {
        ...approval,
        decidedBy: name,
        decidedAt: this.now(),
        ...(remark !== undefined && { decisionRemark: remark }),
      };
      if (!approve) return this.keep({ ...decided, state: "refused" });
      try {
        return await this.keep({ ...decided, state: "done", answer: await this.carryOut(approval, deciding) });
      } catch (error) {
        if (!isCodedError(error) || isPassing(error.code)) throw error;
        return this.keep({ ...decided, state: "failed", code: error.code });
      }
    });
  }

  private async carryOut(
    { id, operation, params, body, askedBy }: ApprovalView,
    { caller, language, signal }: Deciding,
  ): Promise<JsonObject> {
    const binding = this.dependencies.bindingOf(operation);
    if (binding === undefined) throw new AccountError("operator.role", { operation });
    const parsed = parseCall(binding.definition, { params, body });
    const { id: route, path: pattern, access } = binding.definition;
    const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? "")));
    if (access === "own") await this.dependencies.beforeOwn({ route, path, keyId: `${caller.keyId} ${askedBy}` });
    const request = { ...parsed, caller, idempotencyKey: id, language, signal };
    const answer = await binding.handle(request as Parameters<Handler<RouteDefinition>>[0]); // Parsed by the definition.
    return JSON.parse(JSON.stringify(answer)) as JsonObject; // Such routes answer a JSON object.
  }

  private async require(id: string): Promise<ApprovalView> {
    const { store, sealed } = this.dependencies;
    const text = await store.get(APPROVALS, id);
    if (text === undefined) throw new AccountError("approval.unknown");
    return JSON.parse(await sealed.open(`approvals/${id}`, text)) as ApprovalView; // Written by keep.
  }

  private async keep(approval: ApprovalView): Promise<ApprovalView> {
    const { store, sealed } = this.dependencies;
    const { text, key } = sealed.seal(`approvals/${approval.id}`, JSON.stringify(approval));
    await store.write([key, put(APPROVALS, approval.id, text)]);
    return approval;
  }

  private now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }
}

/** What may pass by itself leaves the matter waiting. */
const isPassing = (code: string): boolean => (statusOf(code) ?? 500) >= 500;

export function operatorOf({ operator }: Caller) {
  if (operator === undefined) throw new HttpError("session.missing");
  return operator;
}
