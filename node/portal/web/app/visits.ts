import { useEffect, useState } from "react";

/** When this browser last looked at a thing, seconds. Undefined: never, or it keeps nothing. */
function lastVisit(thing: string): number | undefined {
  try {
    const seen = Number(localStorage.getItem(`suyuan.visit ${thing}`) ?? Number.NaN);
    return Number.isFinite(seen) ? seen : undefined;
  } catch {
    return undefined;
  }
}

function noteVisit(thing: string): void {
  try {
    localStorage.setItem(`suyuan.visit ${thing}`, String(Math.floor(Date.now() / 1000)));
  } catch {
    // The browser keeps nothing for this site: what changed since cannot be told then.
  }
}

/** When this browser was here before, seconds; from now on this visit counts as the last. */
export function useVisit(thing: string): number | undefined {
  const [seen] = useState(() => lastVisit(thing));
  useEffect(() => noteVisit(thing), [thing]);
  return seen;
}

/** Whether something happened after a visit that there was. */
export const isSince = (at: number, seen: number | undefined): boolean => seen !== undefined && at > seen;
