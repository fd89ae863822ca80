/** When this browser last looked at a thing, seconds. Undefined: never, or it keeps nothing. */
export function lastVisit(thing: string): number | undefined {
  try {
    const seen = Number(localStorage.getItem(`suyuan.visit ${thing}`) ?? Number.NaN);
    return Number.isFinite(seen) ? seen : undefined;
  } catch {
    return undefined;
  }
}

export function noteVisit(thing: string): void {
  try {
    localStorage.setItem(`suyuan.visit ${thing}`, String(Math.floor(Date.now() / 1000)));
  } catch {
    // The browser keeps nothing for this site: what changed since cannot be told then.
  }
}
