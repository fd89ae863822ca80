const DAY_SECONDS = 86_400;
/** UTC+8, the local time of the statutory clock. */
const OFFSET_SECONDS = 8 * 3600;

/** Days since 1970-01-01, local, of a time in seconds. */
export const localDay = (seconds: number): number => Math.floor((seconds + OFFSET_SECONDS) / DAY_SECONDS);

/** The year of a local day and its place in it, from 0. */
export function dayOfYear(day: number): { readonly year: number; readonly index: number } {
  const year = new Date(day * DAY_SECONDS * 1000).getUTCFullYear();
  return { year, index: day - Date.UTC(year, 0, 1) / 1000 / DAY_SECONDS };
}
