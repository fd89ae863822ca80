/**
 * The one table from error code to HTTP status. A code ending in `.*` stands for every code of that layer without a line
 * of its own. What has no line is unexpected and answered as `internal`.
 */
const STATUS: Readonly<Record<string, number>> = {
  internal: 500,

  "http.not-found": 404,
  "http.method": 405,
  "http.content-type": 415,
  "http.content-encoding": 415,
  "http.body-too-large": 413,
  "http.line-too-large": 413,
  "http.too-many-lines": 413,
  "http.busy": 503,
  "http.rate-limited": 429,
  "http.*": 400,

  "signature.*": 401,
  "digest.*": 400,
  "caller.*": 403,

  "json.size": 413,
  "json.*": 400,
  "shape.*": 400,
  "version.*": 400,
  "document.not-object": 400,
  "document.unknown": 404,
  "document.damaged": 500,
  "claims.*": 422,
  "tree.*": 422,
  "seed.*": 500,
  "key.*": 500,
  "schema.*": 422,

  "department.unknown": 404,
  "own-key.unregistered": 503,

  "resource.unknown": 404,
  "resource.*": 409,
  "family.unknown": 422,
  "metadata.*": 422,

  "record.unknown": 404,
  "record.unknown-key": 404,
  "record.destroyed": 410,
  "record.destruction-pending": 410,
  "record.not-final": 409,
  "record.damaged": 500,
  "record.not-voidable": 409,
  "record.idempotency-conflict": 409,
  "record.timeout": 504,
  "record.*": 422,
  "subject.active": 409,
  "subject.superseded": 409,
  "subject.*": 422,
  "parent.*": 422,
  "scope.unknown": 404,
  "scope.behind": 503,
  "scope.*": 409,
  "intake.*": 503,
  "batch.damaged": 500,
  "events.cursor": 410,

  "destruction.unknown": 404,
  "destruction.*": 409,
  "status.*": 409,

  "agreement.unknown": 404,
  "agreement.not-party": 403,
  "agreement.*": 409,
  "application.unknown": 404,
  "application.*": 422,

  "delivery.unknown": 404,
  "delivery.not-party": 403,
  "delivery.not-in-force": 403,
  "delivery.not-reserved": 403,
  "delivery.purpose": 403,
  "delivery.field-not-granted": 403,
  "delivery.request-signature": 403,
  "delivery.unacknowledged-limit": 429,
  "delivery.receipt-invalid": 422,
  "delivery.undetermined": 503,
  "delivery.*": 409,

  "peer.unreachable": 503,
  "peer.busy": 503,
  "peer.invalid": 502,
  "peer.refused": 409,

  "chain.revert": 409,
  "chain.*": 503,
  "sender.*": 503,
  "transaction.*": 409,
  "storage.*": 503,
};

/** The status of a code; undefined for one that no line covers. */
export const statusOf = (code: string): number | undefined => STATUS[code] ?? STATUS[`${code.split(".")[0] ?? ""}.*`];
