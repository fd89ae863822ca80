/** Kinds that carry data on from one department to another; they are no products of their own. */
export const CARRIERS: ReadonlySet<string> = new Set(["delivery", "receipt"]);

/** Kinds that speak about a record without being made from it. */
export const REMARKS: ReadonlySet<string> = new Set([
  "recall",
  "recall-receipt",
  "lifecycle",
  "destruction",
  "destruction-intent",
  "correction-request",
  "correction-answer",
]);
