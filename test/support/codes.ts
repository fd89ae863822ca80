import { CodedError } from "../../sdk/protocol/errors.ts";

/** The code of the coded error that a promise rejects with; "none" when it does not, and anything else thrown on. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "none";
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return String(error.code);
  }
}
