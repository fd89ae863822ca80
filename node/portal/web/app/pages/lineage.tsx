import { Alert, Button, Form, Select } from "antd";
import { useEffect, useMemo } from "react";
import { useSearchParams } from "react-router";
import { traceRecord } from "../../../../../sdk/client/routes/lineage-trace.ts";
import { findByRecordId } from "../../../../../sdk/client/routes/lineage-walk.ts";
import type { TracedLink, TracedNode, TraceEnd, TraceEvent, TraceGap } from "../../../../../sdk/lineage/trace/types.ts";
import { isHex, type Hex } from "../../../../../sdk/protocol/bytes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { clientFor } from "../client.ts";
import { Shown, useAnswer, useWork } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { ForOperators, PageBody } from "../frame.tsx";
import { LineageDrawing } from "../lineage-drawing.tsx";
import { groupTrace, isBad } from "../lineage-groups.ts";
import { APP_TEXTS } from "../texts.ts";
import { Nodes, Recall } from "./lineage-nodes.tsx";
import { AsOf, Filter, StartForm, type Place } from "./lineage-start.tsx";
import { LINEAGE_TEXTS } from "./lineage-texts.ts";

/** As many records are drawn one by one. */
const MOST_DRAWN = 1000;

interface Trace {
  readonly nodes: readonly TracedNode[];
  readonly links: readonly TracedLink[];
  readonly gaps: readonly TraceGap[];
  readonly end: TraceEnd | undefined;
}

export function Page() {
  return (
    <ForOperators>
      <Lineage />
    </ForOperators>
  );
}

interface View {
  readonly place: Place | undefined;
  /** The id of a record whose place is still to be found. */
  readonly record: Hex | undefined;
  readonly direction: "up" | "down";
  /** Seconds; undefined: now. */
  readonly asOf: number | undefined;
  readonly kinds: readonly string[];
  readonly departments: readonly string[];
  readonly opened: readonly string[];
  readonly set: (values: Readonly<Record<string, string | readonly string[] | undefined>>) => void;
}

/** Everything that the address says of what is looked at. */
function useView(): View {
  const [search, setSearch] = useSearchParams();
  const scope = search.get("scope") ?? undefined;
  const seq = Number(search.get("seq") ?? Number.NaN);
  const record = search.get("record") ?? undefined;
  const asOf = Number(search.get("asOf") ?? Number.NaN);
  const list = (name: string) => search.getAll(name);
  const set: View["set"] = (values) =>
    setSearch(
      (before) => {
        for (const [name, value] of Object.entries(values)) {
          before.delete(name);
          for (const one of typeof value === "string" ? [value] : (value ?? [])) before.append(name, one);
        }
        return before;
      },
      { replace: true },
    );
  const place: Place | undefined = isHex(scope) && Number.isSafeInteger(seq) && seq >= 0 ? { scope, seq } : undefined;
  return {
    place,
    record: place === undefined && isHex(record) ? record : undefined,
    direction: search.get("direction") === "down" ? "down" : "up",
    asOf: Number.isSafeInteger(asOf) && asOf > 0 ? asOf : undefined,
    kinds: list("kind"),
    departments: list("department"),
    opened: list("open"),
    set,
  };
}

/** Where a record came from or what it fed, as of a moment; the question and the view are in the address. */
function Lineage() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(LINEAGE_TEXTS);
  const view = useView();
  const { place, record, set } = view;
  const go = ({ scope, seq }: Place) => set({ scope, seq: String(seq), record: undefined, open: undefined });
  const initial = place === undefined ? (record ?? "") : `${place.scope}/${place.seq}`;
  return (
    <PageBody title={app("lineage")}>
      <p>{t("how")}</p>
      <StartForm key={initial} initial={initial} onPlace={go} />
      {record !== undefined && <Found record={record} onPlace={go} />}
      {place && <Traced place={place} view={view} />}
    </PageBody>
  );
}

/** A link may name a record by its id. */
function Found({ record, onPlace }: { readonly record: Hex; readonly onPlace: (place: Place) => void }) {
  const found = useAnswer(findByRecordId, { params: { record } });
  const place = found.loaded.state === "there" ? found.loaded.value : undefined;
  useEffect(() => {
    if (place) onPlace(place);
    // The address changes with it, and this is gone.
  }, [place]);
  return <Shown of={found}>{() => null}</Shown>;
}

function Traced({ place: { scope, seq }, view }: { readonly place: Place; readonly view: View }) {
  const t = useTexts(LINEAGE_TEXTS);
  const { language } = useLanguage();
  const { direction, asOf, set } = view;
  const traced = useWork(
    async (): Promise<Trace> => {
      const events = await clientFor(language).call(traceRecord, {
        params: { scope, seq },
        query: { direction, ...(asOf !== undefined && { asOf }) },
      });
      const all: TraceEvent[] = [];
      for await (const event of events) all.push(event as unknown as TraceEvent); // The route says so.
      return {
        nodes: all.filter((event) => event.type === "node"),
        links: all.filter((event) => event.type === "link"),
        gaps: all.filter((event) => event.type === "gap"),
        end: all.find((event) => event.type === "end"),
      };
    },
    `${scope} ${seq} ${direction} ${asOf ?? ""} ${language}`,
  );
  const seen = traced.loaded.state === "there" ? traced.loaded.value.nodes : [];
  const times = seen.flatMap(({ anchoredAt }) => anchoredAt ?? []);
  return (
    <>
      <Form layout="vertical" component="div">
        <Form.Item label={t("direction")}>
          <Select
            aria-label={t("direction")}
            value={direction}
            onChange={(value) => set({ direction: value, open: undefined })}
            options={(["up", "down"] as const).map((value) => ({ value, label: t(value) }))}
          />
        </Form.Item>
      </Form>
      <AsOf
        asOf={asOf}
        earliest={times.length === 0 ? undefined : Math.min(...times)}
        onAsOf={(moment) => set({ asOf: moment === undefined ? undefined : String(moment) })}
      />
      <Shown of={traced}>{(trace) => <Explorer trace={trace} seq={seq} view={view} />}</Shown>
      {direction === "down" && <Recall scope={scope} seq={seq} asOf={asOf} />}
    </>
  );
}

function Explorer({ trace, seq, view }: { readonly trace: Trace; readonly seq: number; readonly view: View }) {
  const t = useTexts(LINEAGE_TEXTS);
  const departmentOf = useDepartmentNames();
  const { kinds, departments, opened, set } = view;
  const wanted = useMemo(
    () =>
      trace.nodes.filter(
        ({ kind, issuer, depth }) =>
          depth === 0 ||
          ((kinds.length === 0 || kinds.includes(kind)) && (departments.length === 0 || departments.includes(issuer))),
      ),
    [trace, kinds, departments],
  );
  const grouped = useMemo(
    () => groupTrace({ ...trace, nodes: wanted }, { limit: MOST_DRAWN, opened: new Set(opened) }),
    [trace, wanted, opened],
  );
  return (
    <>
      <Summary trace={trace} />
      <div className="bar">
        <Filter
          label={t("kindFilter")}
          values={trace.nodes.map(({ kind }) => kind)}
          chosen={kinds}
          nameOf={(value) => value}
          onChosen={(kind) => set({ kind })}
        />
        <Filter
          label={t("departmentFilter")}
          values={trace.nodes.map(({ issuer }) => issuer)}
          chosen={departments}
          nameOf={departmentOf}
          onChosen={(department) => set({ department })}
        />
        <Button onClick={() => saveJson(`lineage-${seq}.json`, trace)}>{t("export")}</Button>
        {opened.length > 0 && <Button onClick={() => set({ open: undefined })}>{t("closeGroups")}</Button>}
        <span role="status">{t("shown", { shown: wanted.length, all: trace.nodes.length })}</span>
      </div>
      {trace.nodes.length > MOST_DRAWN && <p>{t("together", { limit: MOST_DRAWN })}</p>}
      <LineageDrawing grouped={grouped} label={t("drawing")} onOpen={(name) => set({ open: [...opened, name] })} />
      <Nodes nodes={wanted} gaps={trace.gaps} />
    </>
  );
}

function Summary({ trace: { nodes, end } }: { readonly trace: Trace }) {
  const t = useTexts(LINEAGE_TEXTS);
  const departmentOf = useDepartmentNames();
  const bad = nodes.filter(isBad).sort((a, b) => a.depth - b.depth)[0];
  const unborn = nodes.filter(({ anchoredAt }) => anchoredAt === undefined).length;
  return (
    <div className="stack" role="status">
      {end && (
        <Alert
          showIcon
          type={end.complete ? "success" : "warning"}
          title={t(end.complete ? "complete" : "incomplete", {
            nodes: end.nodes,
            links: end.links,
            gaps: end.gaps,
            withheld: end.withheld,
          })}
        />
      )}
      {(nodes.length === 0 || unborn > 0) && <Alert showIcon type="warning" title={t("notYet")} />}
      {nodes.length > 0 && (
        <Alert
          showIcon
          type={bad ? "error" : "info"}
          title={
            bad ? t("bad", { record: `${departmentOf(bad.issuer)} · ${bad.kind} · ${String(bad.seq)}` }) : t("noBad")
          }
        />
      )}
    </div>
  );
}
