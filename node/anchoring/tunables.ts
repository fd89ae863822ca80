/** How long an accepted record waits for company in its batch. Shorter: evidence sooner. Longer: fewer transactions. Also the clock difference between node and chain that issuedAt ≤ block time tolerates. */
export const SEAL_AFTER_MS = 1000;
/** Records of a batch at most. A batch is read back whole before it is signed, page by page; its ids (32 bytes each) are in memory. An anchor costs some 70,000 gas, however large its batch. */
export const BATCH_MAXIMUM_RECORDS = 16_384;
/** Earlier records that one batch marks superseded at most: each may cost a storage word of gas (up to 70,000). */
export const MAXIMUM_SUPERSEDED = 100;
/** Scopes that are anchored at the same time. */
export const CONCURRENT_SCOPES = 4;
/** The first pause after a failure; each further one is twice as long. */
export const RETRY_FIRST_MS = 500;
export const RETRY_MAXIMUM_MS = 30_000;

export interface AnchoringOptions {
  readonly sealAfterMs?: number;
  readonly batchMaximumRecords?: number;
  readonly maximumSuperseded?: number;
  readonly concurrentScopes?: number;
  readonly retryFirstMs?: number;
}

export const withDefaults = (options: AnchoringOptions): Required<AnchoringOptions> => ({
  sealAfterMs: options.sealAfterMs ?? SEAL_AFTER_MS,
  batchMaximumRecords: options.batchMaximumRecords ?? BATCH_MAXIMUM_RECORDS,
  maximumSuperseded: options.maximumSuperseded ?? MAXIMUM_SUPERSEDED,
  concurrentScopes: options.concurrentScopes ?? CONCURRENT_SCOPES,
  retryFirstMs: options.retryFirstMs ?? RETRY_FIRST_MS,
});
