import * as routes from "../../sdk/client/routes/records.ts";
import { followEvents } from "../../sdk/client/routes/events.ts";
import { resourceScope } from "../../sdk/protocol/anchor.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import { headerJson } from "../../sdk/protocol/header.ts";
import { bind, type Binding } from "../http/bind.ts";
import { RecordError } from "./errors.ts";
import { followLife, type LifeFollowing } from "./follow.ts";
import type { BatchView, RecordView } from "./model.ts";
import type { RecordService } from "./service.ts";
import { submit, type SubmissionDependencies } from "./submission.ts";

const DEFAULT_BATCHES = 100;

export interface RecordRouteDependencies extends SubmissionDependencies, LifeFollowing {
  readonly records: RecordService;
}

export const recordRoutes = (dependencies: RecordRouteDependencies): Binding[] => {
  const { records } = dependencies;
  return [
    bind(routes.submitRecords, ({ params: { id }, body, language, idempotencyKey }) =>
      Promise.resolve(submit({ scope: resourceScope(id), body, language, idempotencyKey }, dependencies)),
    ),
    bind(routes.getRecord, async ({ params: { scope, seq } }) => recordView(await records.view(scope, seq))),
    bind(routes.findRecord, async ({ params: { id }, body: { key } }) => {
      const scope = resourceScope(id);
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
    bind(routes.listBatches, async ({ params: { scope }, query: { from = 0, limit = DEFAULT_BATCHES } }) => ({
      batches: (await records.batches(scope, { from, limit })).map(batchView),
    })),
    bind(followEvents, ({ query, signal }) =>
      Promise.resolve(followLife({ after: query.cursor, signal }, dependencies)),
    ),
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
