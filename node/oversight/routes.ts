import * as alertRoutes from "../../sdk/client/routes/project-alerts.ts";
import * as stepRoutes from "../../sdk/client/routes/project-steps.ts";
import * as upkeepRoutes from "../../sdk/client/routes/project-upkeep.ts";
import * as routes from "../../sdk/client/routes/projects.ts";
import { entitleCall, type ProjectStep } from "../../sdk/chain/project-calls.ts";
import { evidenceJson } from "../../sdk/protocol/evidence.ts";
import type { Json } from "../../sdk/protocol/json.ts";
import { explain } from "../../sdk/oversight/project/flag.ts";
import { IndicatorRun } from "../../sdk/oversight/indicators/run.ts";
import { DEFAULT_SETTINGS, parseSettings } from "../../sdk/oversight/indicators/settings.ts";
import { readHead, unavailable } from "../exchange/head.ts";
import { act } from "../exchange/ledger-actions.ts";
import { bind, type Binding } from "../http/bind.ts";
import { PROJECT_COMPILED, PROJECTS } from "../storage/keyspaces.ts";
import type { ProjectAlerts } from "./alerts.ts";
import { bidRoutes } from "./bids.ts";
import { checkCredit, type CreditDependencies } from "./credit.ts";
import { entriesOf } from "./entries.ts";
import { exportProject } from "./export.ts";
import { takeIn } from "./import.ts";
import { reviewProjects } from "./review.ts";
import { takeStep, type StepDependencies } from "./steps.ts";
import { viewIssues, viewProject } from "./view.ts";
import { withdrawRelease } from "./withdrawal.ts";

export interface ProjectRouteDependencies extends StepDependencies, CreditDependencies {
  readonly alerts: ProjectAlerts;
  readonly department: string;
}

const DEFAULT_PAGE = 100;
/** Compiled releases read from the store at a time. */
const COMPILED_PAGE = 1000;

export function projectRoutes(dependencies: ProjectRouteDependencies): Binding[] {
  const { archive, alerts } = dependencies;
  const { store, records } = archive.dependencies;
  return [
    ...bidRoutes(dependencies),
    bind(routes.listProjects, async ({ query: { after, limit = DEFAULT_PAGE } }) => {
      const page = await store.page(PROJECTS, { ...(after !== undefined && { gt: after }), limit });
      return { projects: page.map(([code, project]) => ({ hard: 0, ...project, code })) };
    }),
    bind(alertRoutes.followProjects, ({ query: { cursor, projects, rules }, signal }) =>
      Promise.resolve(
        alerts.follow({ after: cursor, filter: { projects: listed(projects), rules: listed(rules) } }, signal),
      ),
    ),
    bind(alertRoutes.listProjectSubscriptions, async ({ caller }) => ({
      subscriptions: await alerts.list(caller.department),
    })),
    bind(alertRoutes.endProjectSubscription, ({ caller, params: { subscription } }) =>
      alerts.end(caller.department, subscription),
    ),
    bind(routes.showProject, ({ params: { code } }) => viewProject(code, dependencies)),
    bind(routes.listProjectIssues, async ({ params: { code } }) => ({ issues: await viewIssues(code, dependencies) })),
    bind(routes.projectEvidence, async ({ params: { code, seq } }) => {
      await archive.requireRecord(code, seq);
      return evidenceJson((await records.evidence(archive.journal, seq, { parents: true })).evidence);
    }),
    bind(routes.exportProject, async ({ params: { code }, query: { format = "oc4ids" } }) => {
      const { view, now } = await readHead(dependencies);
      const { department: uscc } = dependencies;
      const found = await unavailable(() => view.department(uscc));
      const uri = new URL(`/v1/projects/${encodeURIComponent(code)}/export?format=${format}`, found?.endpoint);
      const publishedDate = new Date(now * 1000).toISOString();
      const department = { uscc, name: found?.name ?? uscc };
      return exportProject(code, format, { archive, department, uri: uri.href, publishedDate });
    }),
    bind(routes.importProjects, async ({ body: { document, project } }) => {
      const entries = entriesOf(document as Json, project); // The body was parsed as JSON.
      const { accepted, projects } = await takeIn(entries, dependencies);
      const duplicates = accepted.filter(({ duplicate }) => duplicate).length;
      const names = accepted.map(({ scope, seq, record }) => ({ scope, seq, record }));
      const flagged = projects.map(({ code, flags }) => ({ code, flags }));
      return { accepted: accepted.length - duplicates, duplicates, projects: flagged, records: names };
    }),
    bind(stepRoutes.takeStep, async ({ params: { code }, body: { step, filing }, idempotencyKey }) => {
      const asked = step.step === "register" ? { ...step, code } : step;
      const given = { code, step: asked satisfies ProjectStep, filing, idempotencyKey };
      const { filing: accepted, transaction } = await takeStep(given, dependencies);
      const { scope, seq, record } = accepted;
      return { filing: { scope, seq, record }, ...transaction };
    }),
    bind(stepRoutes.entitleBody, ({ body: { body, duties, basis }, idempotencyKey }) =>
      act(
        { name: `project/entitle/${body}`, call: entitleCall(body, { duties, basis }), idempotencyKey },
        dependencies,
      ),
    ),
    bind(upkeepRoutes.withdrawRelease, ({ params: { code, seq }, body: { reason } }) =>
      withdrawRelease({ code, seq, reason }, dependencies),
    ),
    bind(upkeepRoutes.reviewProjects, async ({ body: { after, limit = upkeepRoutes.MAXIMUM_REVIEW } }) => {
      const { blocked, ...review } = await reviewProjects({ after, limit }, dependencies);
      return { ...review, blocked: [...blocked] };
    }),
    bind(routes.checkCredit, async ({ params: { code }, body }) => {
      const { k, penalties } = await checkCredit(code, body, dependencies);
      const shown = penalties.map(({ records: _records, inputs, proof, ...flag }) => ({
        ...explain(flag.rule),
        ...flag,
        at: body.at,
        source: "credit" as const,
        inputs: [...inputs],
        records: [],
        ...(proof && { proof }),
      }));
      return { penalties: shown, delivery: k, clear: penalties.length === 0 };
    }),
    bind(routes.runIndicators, async ({ body: { settings } }) => {
      const run = new IndicatorRun(settings === undefined ? DEFAULT_SETTINGS : parseSettings(settings));
      for (let gt: string | undefined; ;) {
        const page = await store.page(PROJECT_COMPILED, { ...(gt !== undefined && { gt }), limit: COMPILED_PAGE });
        for (const [, compiled] of page) run.add(compiled);
        gt = page.at(-1)?.[0];
        if (gt === undefined || page.length < COMPILED_PAGE) break;
      }
      const results = run.finish();
      return { ...results.groupsJson(), Meta: results.metaJson(), Maps: results.mapsJson() };
    }),
    bind(alertRoutes.subscribeToProjects, ({ caller, body: { url, projects = [], rules = [] } }) =>
      alerts.subscribe(caller.department, { url, projects, rules }),
    ),
  ];
}

const listed = (text: string | undefined): string[] => (text === undefined || text === "" ? [] : text.split(","));
