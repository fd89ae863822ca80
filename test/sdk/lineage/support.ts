import { expect } from "chai";
import { CodedError } from "../../../sdk/protocol/errors.ts";

/** Asserts that `attempt` is refused with a code of any layer. */
export function expectCode(attempt: () => unknown, code: string): void {
  let found: unknown = "accepted";
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    found = error.code;
  }
  expect(found).to.equal(code);
}
