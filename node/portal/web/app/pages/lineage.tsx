import { Alert, Button, Form, Input, InputNumber, Select, Slider, Space, Table } from "antd";
import { Link, useSearchParams } from "react-router";
import { recallList, traceRecord } from "../../../../../sdk/client/routes/lineage.ts";
import type { Hex } from "../../../../../sdk/protocol/bytes.ts";
import type { TracedLink, TracedNode, TraceEnd, TraceEvent, TraceGap } from "../../../../../sdk/lineage/trace/types.ts";
import type { RecallRecipient } from "../../../../../sdk/lineage/recall.ts";
import { describeFinding } from "../../../../../sdk/verify/codes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { Shown, useAnswer, useWork } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { State, useFormat, Mark } from "../format.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { LineageDrawing, MOST_DRAWN } from "../lineage-drawing.tsx";
import { APP_TEXTS } from "../texts.ts";
import { saveJson } from "./deliveries.tsx";
import { LINEAGE_TEXTS } from "./lineage-texts.ts";

const DAY_SECONDS = 86_400;
const MOST_DAYS = 365;

export interface Trace {
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

/** Where a record came from or what it fed, as of a day; the question is in the address. */
function Lineage() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(LINEAGE_TEXTS);
  const [search, setSearch] = useSearchParams();
  const scope = search.get("scope") ?? "";
  const seq = Number(search.get("seq") ?? Number.NaN);
  const direction = search.get("direction") === "down" ? "down" : "up";
  const daysBack = Number(search.get("days") ?? 0);
  const set = (values: Readonly<Record<string, string>>) =>
    setSearch(
      (before) => {
        for (const [name, value] of Object.entries(values)) before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const isAsked = /^0x[0-9a-f]{64}$/.test(scope) && Number.isInteger(seq) && seq >= 0;
  return (
    <PageBody title={app("lineage")}>
      <p>{t("how")}</p>
      <Form<{ scope: string; seq: number }>
        layout="vertical"
        initialValues={{ scope, ...(Number.isInteger(seq) && { seq }) }}
        onFinish={(values) => set({ scope: values.scope.trim(), seq: String(values.seq) })}
      >
        <Space wrap align="end">
          <Form.Item name="scope" label={t("scope")} rules={[{ required: true, message: app("required") }]}>
            <Input spellCheck={false} style={{ width: 340 }} />
          </Form.Item>
          <Form.Item name="seq" label={t("seq")} rules={[{ required: true, message: app("required") }]}>
            <InputNumber min={0} precision={0} />
          </Form.Item>
          <Form.Item>
            <Button type="primary" htmlType="submit">
              {t("go")}
            </Button>
          </Form.Item>
        </Space>
        <Form.Item label={t("direction")}>
          <Select
            aria-label={t("direction")}
            value={direction}
            onChange={(value) => set({ direction: value })}
            options={[
              { value: "up", label: t("up") },
              { value: "down", label: t("down") },
            ]}
          />
        </Form.Item>
        <Form.Item label={`${t("slider")}: ${daysBack}`}>
          <Slider
            min={0}
            max={MOST_DAYS}
            defaultValue={daysBack}
            ariaLabelForHandle={t("slider")}
            onChangeComplete={(days) => set({ days: String(days) })}
          />
        </Form.Item>
      </Form>
      {isAsked && <Traced scope={scope as Hex} seq={seq} direction={direction} daysBack={daysBack} />}
    </PageBody>
  );
}

interface Question {
  readonly scope: Hex;
  readonly seq: number;
  readonly direction: "up" | "down";
  readonly daysBack: number;
}

function Traced({ scope, seq, direction, daysBack }: Question) {
  const t = useTexts(LINEAGE_TEXTS);
  const { language } = useLanguage();
  const key = `${scope} ${seq} ${direction} ${daysBack} ${language}`;
  const traced = useWork(async (): Promise<Trace> => {
    const asOf = daysBack > 0 && { asOf: Math.floor(Date.now() / 1000) - daysBack * DAY_SECONDS };
    const events = await clientFor(language).call(traceRecord, {
      params: { scope, seq },
      query: { direction, ...asOf },
    });
    const all: TraceEvent[] = [];
    for await (const event of events) all.push(event as unknown as TraceEvent); // The route says so.
    return {
      nodes: all.filter((event) => event.type === "node"),
      links: all.filter((event) => event.type === "link"),
      gaps: all.filter((event) => event.type === "gap"),
      end: all.find((event) => event.type === "end"),
    };
  }, key);
  return (
    <Shown of={traced}>
      {(trace) => (
        <>
          <Summary trace={trace} />
          <Space wrap>
            <Button onClick={() => saveJson(`lineage-${seq}.json`, trace)}>{t("export")}</Button>
          </Space>
          {trace.nodes.length <= MOST_DRAWN ? (
            <LineageDrawing trace={trace} label={t("drawing")} />
          ) : (
            <p>{t("tooMany", { limit: MOST_DRAWN })}</p>
          )}
          <Nodes trace={trace} />
          {direction === "down" && <Recall scope={scope} seq={seq} />}
        </>
      )}
    </Shown>
  );
}

/** Not genuine, or not good at the time asked about. */
const isBad = ({ verdict, status, period }: TracedNode): boolean =>
  verdict === "rejected" || status.outcome === "fail" || period.outcome === "fail";

function Summary({ trace: { nodes, end } }: { readonly trace: Trace }) {
  const t = useTexts(LINEAGE_TEXTS);
  const departmentOf = useDepartmentNames();
  const bad = nodes.filter(isBad).sort((a, b) => a.depth - b.depth)[0];
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
      <Alert
        showIcon
        type={bad ? "error" : "info"}
        title={
          bad ? t("bad", { record: `${departmentOf(bad.issuer)} · ${bad.kind} · ${String(bad.seq)}` }) : t("noBad")
        }
      />
    </div>
  );
}

function Nodes({ trace: { nodes, gaps } }: { readonly trace: Trace }) {
  const t = useTexts(LINEAGE_TEXTS);
  const format = useFormat();
  const { language } = useLanguage();
  const departmentOf = useDepartmentNames();
  return (
    <>
      <Table
        rowKey={(one) => `${one.scope}/${one.seq}`}
        size="small"
        scroll={{ x: true }}
        dataSource={[...nodes]}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        columns={[
          { title: t("depth"), dataIndex: "depth" },
          { title: t("record"), key: "record", render: (_, one) => `${one.kind} ${one.seq}` },
          { title: t("issuer"), key: "issuer", render: (_, one) => departmentOf(one.issuer) },
          {
            title: t("genuine"),
            key: "verdict",
            render: (_, one) => <State kind="progress" code={one.verdict} />,
          },
          {
            title: t("status"),
            key: "status",
            render: (_, one) => describeFinding(one.status, language).what,
          },
          {
            title: t("anchoredAt"),
            key: "at",
            render: (_, one) => (one.anchoredAt === undefined ? "—" : format.time(one.anchoredAt)),
          },
          {
            title: "",
            key: "go",
            render: (_, one) => (
              <Link to={`/lineage?scope=${one.scope}&seq=${one.seq}`} reloadDocument>
                {t("later")}
              </Link>
            ),
          },
        ]}
      />
      {gaps.length > 0 && (
        <>
          <h2>{t("gaps")}</h2>
          <ul>
            {gaps.map((gap) => (
              <li key={`${gap.scope}/${gap.seq}`}>
                <Mark colour="gold">{t("gap")}</Mark>
                {gap.department === undefined ? "" : departmentOf(gap.department)} {gap.seq} <code>{gap.code}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Recall({ scope, seq }: { readonly scope: Hex; readonly seq: number }) {
  const t = useTexts(LINEAGE_TEXTS);
  const departmentOf = useDepartmentNames();
  const recall = useAnswer(recallList, { params: { scope, seq } });
  return (
    <>
      <h2>{t("recall")}</h2>
      <Shown of={recall}>
        {(list) => (
          <>
            <p>
              {t("recallCount", { count: list.recipients.length })} {!list.complete && t("recallPartial")}
            </p>
            <Table
              rowKey="department"
              size="small"
              pagination={false}
              dataSource={list.recipients as unknown as RecallRecipient[]} // Of recallListOf.
              columns={[
                { title: t("recipient"), key: "department", render: (_, one) => departmentOf(one.department) },
                { title: t("deliveries"), key: "deliveries", render: (_, one) => one.deliveries.length },
                { title: t("derived"), key: "derived", render: (_, one) => one.derived.length },
              ]}
            />
          </>
        )}
      </Shown>
    </>
  );
}
