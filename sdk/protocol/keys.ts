/** The keys of an object in JCS order (RFC 8785 §3.2.3). */
export function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? "";
    let at = i;
    for (; at > 0 && (keys[at - 1] ?? "") > key; at--) keys[at] = keys[at - 1] ?? "";
    keys[at] = key;
  }
  return keys;
}

/** Up to so many keys are sorted by insertion: faster than the library's sort. Both compare UTF-16 code units. */
const FEW_KEYS = 24;
