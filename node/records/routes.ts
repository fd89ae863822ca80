import * as routes from "../../sdk/client/routes/records.ts";
import { listHeaders as listHeadersRoute, MAXIMUM_HEADERS } from "../../sdk/client/routes/headers.ts";
import { followEvents } from "../../sdk/client/routes/events.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import { headerJson } from "../../sdk/protocol/header.ts";
import { bind, type Binding } from "../http/bind.ts";
import { RecordError } from "./errors.ts";
import { SCOPES } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import type { EventFeed } from "./events.ts";
import { listHeaders } from "./headers.ts";
import { followLife } from "./follow.ts";
import type { BatchView, RecordView } from "./model.ts";
import type { RecordService } from "./service.ts";
import { submit, type SubmissionDependencies } from "./submission.ts";

const DEFAULT_BATCHES = 100;

export interface RecordRouteDependencies extends SubmissionDependencies {
  readonly records: RecordService;
  readonly feed: EventFeed;
  readonly store: Store;
  /** The scope of a resource whose records this node has. Throws a coded error. */
  readonly requireScope: (resource: Hex) => Promise<Hex>;
}

export const recordRoutes = (dependencies: RecordRouteDependencies): Binding[] => {
  const { records, feed, store, requireScope } = dependencies;
  return [
    bind(routes.submitRecords, ({ params, body, language, idempotencyKey, signal, view }) =>
      Promise.resolve(submit({ resource: params.id, body, language, idempotencyKey, signal, view }, dependencies)),
    ),
    bind(routes.getRecord, async ({ params: { scope, seq } }) => recordView(await records.view(scope, seq))),
    bind(routes.findRecord, async ({ params: { id }, body: { key } }) => {
      const scope = await requireScope(id);
      const seq = await records.findByKey(scope, key);
      if (seq === undefined) throw new RecordError("record.unknown-key");
      return recordView(await records.view(scope, seq));
    }),
    bind(routes.getEvidence, async ({ params: { scope, seq }, query }) =>
      evidenceJson((await records.evidence(scope, seq, { parents: query.parents === "true" })).evidence),
    ),
    bind(routes.getHeader, async ({ params: { scope, seq } }) => {
      const { header, record, state, batch } = await records.view(scope, seq);
      return { header: headerJson(header), record, state, ...(batch && { batch: batchView(batch) }) };
    }),
    bind(listHeadersRoute, async ({ params: { scope }, query: { from = 0, limit = MAXIMUM_HEADERS } }) =>
      listHeaders({ scope, from, limit }, { store, records }),
    ),
    bind(routes.listBatches, async ({ params: { scope }, query: { from = 0, limit = DEFAULT_BATCHES } }) => {
      if ((await store.get(SCOPES, scope)) === undefined) throw new RecordError("scope.unknown");
      return { batches: (await records.batches(scope, { from, limit })).map(batchView) };
    }),
    bind(followEvents, ({ query, signal }) => followLife({ after: query.cursor, signal }, feed)),
  ];
};

const batchView = ({ first, count, root, time, block, transaction }: BatchView) => ({
  first,
  count,
  root,
  ...(time !== undefined && { time }),
  ...(block !== undefined && { block }),
  ...(transaction !== undefined && { transaction }),
});

function recordView({
  header,
  record,
  state,
  batch,
  history,
  destructionPending,
}: RecordView): routes.RecordViewAnswer {
  const { scope, seq, kind, issuedAt, validFrom, validUntil } = header;
  return {
    scope,
    seq,
    record,
    kind,
    state,
    issuedAt,
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    destructionPending,
    ...(batch && { batch: batchView(batch) }),
    history: history.map((step) => ({ ...step })),
  };
}
