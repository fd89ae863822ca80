/** One step of a JSON pointer (RFC 6901). */
export const pointerStep = (name: string | number): string =>
  typeof name === "number" ? String(name) : name.replaceAll("~", "~0").replaceAll("/", "~1");

export const pointer = (...steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${pointerStep(step)}`).join("");
