import { CodedError } from "../../sdk/protocol/errors.ts";

type Outcome<T> = { readonly value: T } | { readonly code: string };

/** What a parser makes of an input. Anything but a value or one of its own coded errors is a defect and is thrown on. */
export async function outcome<T>(parse: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await parse() };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { code: String(error.code) };
  }
}
export const codeOf = (found: Outcome<unknown>): string => ("code" in found ? found.code : "ok");
