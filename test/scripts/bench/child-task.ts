/** A task for the test of child processes. */
export const triple = ({ value }: { readonly value: number }): number => {
  if (value < 0) throw new RangeError("negative");
  return 3 * value;
};
