import { deliveriesScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { handedOver, type HandedOver, type HandedOverDependencies } from "../exchange/handed-over.ts";
import type { Caller } from "../http/signature.ts";
import { CORRECTIONS, LINEAGE_PACKAGES } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";
import type { StoredCorrection } from "../storage/stored-exchange.ts";
import { CorrectionError } from "./errors.ts";
import type { CorrectionWords } from "./words.ts";

export interface ArrivalsDependencies extends HandedOverDependencies {
  readonly store: Store;
  readonly words: CorrectionWords;
  readonly department: string;
  /** Throws AgreementError `agreement.unknown`. */
  readonly partiesOf: (agreement: Hex) => Promise<{ readonly provider: string; readonly consumer: string }>;
}

/** A request's required claims, and an answer's; the schema of the verified record says so. */
interface RequestClaims {
  readonly agreement: Hex;
  readonly k: number;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly recipient: string;
  readonly text: string;
  readonly at: number;
}
interface AnswerClaims {
  readonly request: Hex;
  readonly recipient: string;
  readonly outcome: "corrected" | "refused";
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly basis?: string;
  readonly at: number;
}

/** Takes what other departments' nodes hand over about corrections: proven against the chain, and about a delivery that was. */
export class CorrectionArrivals {
  private readonly dependencies: ArrivalsDependencies;
  private readonly serial = new KeyedSerial();

  constructor(dependencies: ArrivalsDependencies) {
    this.dependencies = dependencies;
  }

  /** Repeating it changes nothing. Throws CorrectionError `correction.invalid`, `correction.not-party`, `correction.answered`; ProtocolError. */
  async take(caller: Caller, evidence: JsonObject): Promise<void> {
    const given = handedOver(evidence, this.dependencies);
    const isKnown = given.kind === "correction-request" || given.kind === "correction-answer";
    if (!isKnown || given.issuer !== caller.department)
      throw new CorrectionError("correction.invalid", { code: "scope.issuer" });
    const code = await given.fault();
    if (code !== undefined) throw new CorrectionError("correction.invalid", { code });
    const { department } = this.dependencies;
    if (given.said["recipient"] !== department) throw new CorrectionError("correction.not-party");
    await (given.kind === "correction-request" ? this.takeRequest(given, evidence) : this.takeAnswer(given, evidence));
  }

  private takeRequest({ record: id, issuer, said, textsOf }: HandedOver, evidence: JsonObject): Promise<void> {
    return this.serial.run(id, async () => {
      const { store, words, department, partiesOf } = this.dependencies;
      if ((await store.get(CORRECTIONS, id)) !== undefined) return;
      const claims = said as unknown as RequestClaims; // The verified claims of a request.
      const { agreement, k, scope, seq, record, text, at } = claims;
      const { provider, consumer } = await partiesOf(agreement);
      if (provider !== department || consumer !== issuer) throw new CorrectionError("correction.not-party");
      const handed = (await store.get(LINEAGE_PACKAGES, { scope: deliveriesScope(agreement), seq: k })) ?? [];
      if (!handed.some((one) => one.scope === scope && one.seq === seq && one.record === record))
        throw new CorrectionError("correction.not-received");
      const sealed = words.seal(id, { fields: textsOf("fields"), text, evidence });
      const stored: StoredCorrection = {
        ...{ side: "provider", department: issuer, agreement, k, about: { scope, seq, record }, at },
        ...{ delivered: true, sealed: sealed.text },
      };
      await store.write([sealed.key, put(CORRECTIONS, id, stored)]);
    });
  }

  private takeAnswer({ record, issuer, said }: HandedOver, evidence: JsonObject): Promise<void> {
    const claims = said as unknown as AnswerClaims; // The verified claims of an answer.
    const { request: id, outcome, basis, at } = claims;
    return this.serial.run(id, async () => {
      const { store, words } = this.dependencies;
      const stored = await store.get(CORRECTIONS, id);
      if (stored?.side !== "consumer" || stored.department !== issuer)
        throw new CorrectionError("correction.not-party");
      if (stored.answer?.record === record) return;
      if (stored.answer !== undefined) throw new CorrectionError("correction.answered");
      const before = await words.open(id, stored.sealed);
      const sealed = words.seal(id, { ...before, ...(basis !== undefined && { basis }), evidence });
      const successor =
        outcome === "corrected" ? { scope: claims.scope, seq: claims.seq, record: claims.record } : undefined;
      const answer = { record, outcome, at, ...(successor && { successor }), delivered: true };
      await store.write([
        sealed.key,
        // Whoever answered has the request, even if its own word of that was lost.
        put(CORRECTIONS, id, { ...stored, delivered: true, answer, sealed: sealed.text }),
      ]);
    });
  }
}
