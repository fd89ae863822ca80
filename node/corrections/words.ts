import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Sealed, SealedText } from "../keys/sealed.ts";

/** What the parties wrote, which may name people. */
export interface Words {
  readonly fields: readonly string[];
  readonly text: string;
  readonly basis?: string;
  /** What the other party handed over last. */
  readonly evidence?: JsonObject;
}

/** The words of requests for correction, at rest. */
export class CorrectionWords {
  private readonly sealed: Sealed;

  constructor(sealed: Sealed) {
    this.sealed = sealed;
  }

  seal(id: Hex, words: Words): SealedText {
    return this.sealed.seal(`corrections/${id}`, JSON.stringify(words));
  }

  /** Throws KeyError. */
  async open(id: Hex, text: string): Promise<Words> {
    return JSON.parse(await this.sealed.open(`corrections/${id}`, text)) as Words; // Written by `seal`.
  }
}
