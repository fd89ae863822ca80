/** Projects looked at together: their reading and their flags share disk accesses. */
const TOGETHER = 32;

export const parts = (codes: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(codes.length / TOGETHER) }, (_, i) => codes.slice(i * TOGETHER, (i + 1) * TOGETHER));

/** Works on projects in parts, two at a time: while one waits for the disk the other is judged. The results are in order. */
export async function inParts<T>(
  codes: readonly string[],
  work: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: (readonly T[])[] = [];
  const turns = parts(codes).entries();
  const lane = async () => {
    for (const [i, some] of turns) found[i] = await work(some);
  };
  const settled = await Promise.allSettled([lane(), lane()]);
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return found.flat();
}
