/** The public edge of the SDK. The protocol alone, browser-safe, is under `suyuan/protocol`. */

// Verifying evidence.
export {
  connectLedger,
  openAgreeingView,
  type ConnectOptions,
  type Finality,
  type LedgerConnection,
} from "./chain/connection.ts";
export { ChainError, type ChainErrorCode } from "./chain/errors.ts";
export type { LedgerView } from "./chain/view.ts";
export { checkTexts, describeFinding, type CheckCode, type FindingCode, type FindingWords } from "./verify/codes.ts";
export {
  CHECK_NAMES,
  type Check,
  type CheckName,
  type Finding,
  type Outcome,
  type Policy,
  type RecordSummary,
  type Report,
  type Verdict,
} from "./verify/report.ts";
export { connectTrusted, parseTrust, parseTrustBytes, trustedLedger, trustJson, type Trust } from "./verify/trust.ts";
export {
  compareFiles,
  equivocationTexts,
  type Comparison,
  type Equivocation,
  type EquivocationCode,
} from "./verify/compare.ts";
export { verifyEvidence, verifyEvidences, type VerifyDependencies, type VerifyInput } from "./verify/verify.ts";

// Speaking with a node.
export { SuyuanClient, type CallSettings, type ClientDependencies, type ClientOptions } from "./client/client.ts";
export { ClientError, type ClientErrorCode } from "./client/errors.ts";
export { createKeystore, openKeystore, readPublicKeys, type Keystore, type PublicKeys } from "./client/keystore.ts";
export { ProblemError } from "./client/problem-error.ts";
export type { AnswerOf, CallOf, RouteDefinition, ServerSentEvent } from "./client/route.ts";
export { ROUTES } from "./client/routes/all.ts";
export { describeNode, isAlive, isReady, readMetrics } from "./client/routes/node.ts";
export { listDepartments, getDepartment, admitDepartment, setDepartmentStatus } from "./client/routes/departments.ts";
export {
  listResources,
  getResource,
  getSchema,
  getDocument,
  proposeResource,
  reviewResource,
  publishResource,
  withdrawResource,
  type ResourceView,
  type Metadata,
} from "./client/routes/catalogue.ts";
export {
  submitRecords,
  getRecord,
  findRecord,
  getEvidence,
  getHeader,
  changeStatus,
  listBatches,
  type AcceptedReceipt,
  type LineOutcome,
  type RecordViewAnswer,
} from "./client/routes/records.ts";
export { destroyRecord, getDestruction } from "./client/routes/destruction.ts";
export {
  listAgreements,
  getAgreement,
  applyForAgreement,
  sendApplication,
  answerAgreement,
  supplementAgreement,
  requestExtension,
  decideExtension,
  suspendAgreement,
  resumeAgreement,
  revokeAgreement,
  completeAgreement,
  recordExpiry,
  recordMissedDeadline,
  reserveDeliveries,
  listNotices,
  type ApplicationTerms,
  type AgreementView,
} from "./client/routes/agreements.ts";
export {
  askForDelivery,
  listDeliveries,
  getReceivedEvidence,
  serveDelivery,
  acknowledgeDelivery,
  type DeliveryView,
} from "./client/routes/deliveries.ts";
export {
  recordActivity,
  receiveOpenLineage,
  receiveProv,
  checkLineageGraph,
} from "./client/routes/lineage-activities.ts";
export {
  recallList,
  resourceImpact,
  sendRecalls,
  listRecalls,
  deliverNotice,
  listRecallNotices,
  type RecallView,
} from "./client/routes/lineage-recalls.ts";
export { recordStage, findStage } from "./client/routes/lineage-stages.ts";
export { listAssessments, makeAssessment, resourceUse } from "./client/routes/lineage-use.ts";
export { firstBad, traceRecord } from "./client/routes/lineage-trace.ts";
export { walkLineage, findByRecordId } from "./client/routes/lineage-walk.ts";
export { listHeaders } from "./client/routes/headers.ts";
export { followEvents } from "./client/routes/events.ts";
export type { Problem } from "./client/routes/wire.ts";
export type { RequestSigner } from "./client/signature.ts";
export type { Transport, TransportRequest, TransportResponse } from "./client/transport.ts";

// Lineage.
export { traceLineage, type TraceDependencies, type TraceOptions } from "./lineage/trace/trace.ts";
export { nodeSource, type NodeSourceOptions } from "./lineage/trace/source.ts";
export { versionInForce, type InForceOptions, type VersionInForce } from "./lineage/trace/in-force.ts";
export { collectTrace, type TraceResult } from "./lineage/trace/collect.ts";
export type { LineageSource, TracedLink, TracedNode, TraceEnd, TraceEvent, TraceGap } from "./lineage/trace/types.ts";
export { firstBadAncestor, type BadAncestors, type QualityRule } from "./lineage/bad-ancestor.ts";
export { parseQualityRule } from "./lineage/quality-rule.ts";
export { processEvents, type ProcessEvent } from "./lineage/process-events.ts";
export { attributionOf, classificationOf, type Classification, type Share } from "./lineage/provenance-value.ts";
export { recallListOf, type RecallList } from "./lineage/recall.ts";
export { traceTexts, describeTraceCode } from "./lineage/texts.ts";
export { LineageError, lineageErrorTexts } from "./lineage/errors.ts";
export { traceHtml } from "./lineage/report/html.ts";
export { traceProv } from "./lineage/report/prov.ts";
export { traceEvents } from "./lineage/report/openlineage.ts";
export { parseProv, parseProvBytes, provJson, canonicalProv, type ProvDocument } from "./lineage/prov/document.ts";
export { findProvCycle } from "./lineage/prov/graph.ts";
export { activitiesOfProv } from "./lineage/prov/import.ts";
export { checkGraph, readGraph, type GraphCheck, type ImportedGraph } from "./lineage/imported.ts";
export { findCycle } from "./lineage/cycle.ts";
export { parseEvent, parseEventBytes, type OpenLineageEvent } from "./lineage/openlineage/validate.ts";
export { activityOfEvent } from "./lineage/openlineage/import.ts";
export { provenEvent } from "./lineage/openlineage/export.ts";
export { anchoredEvent } from "./lineage/openlineage/anchored.ts";
export { STAGES, STAGE_TRANSITIONS, STAGE_WORDS, type Stage } from "./lineage/stages.ts";

// Record families.
export type { Family } from "./families/family.ts";
export { FamilyFinding } from "./families/finding.ts";
export { families, findFamily, getFamily } from "./families/registry.ts";

// What all of them share.
export type { Hex } from "./protocol/bytes.ts";
export { CodedError, type ErrorText, type ErrorValues, type Language } from "./protocol/errors.ts";
export { parseEvidence, parseEvidenceBytes, type Evidence } from "./protocol/evidence.ts";
export type { Json, JsonObject } from "./protocol/json.ts";
