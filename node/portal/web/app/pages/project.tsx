import { Button, Card, Descriptions, Space, Table } from "antd";
import { useEffect, useState } from "react";
import { useParams } from "react-router";
import {
  EXPORT_FORMATS,
  exportProject,
  projectEvidence,
  showProject,
  type FlagView,
} from "../../../../../sdk/client/routes/projects.ts";
import type { Json } from "../../../../../sdk/protocol/json.ts";
import { useLanguage, useSay, useTexts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { Failure, Shown, useAnswer } from "../data.tsx";
import { State, useFormat, Mark } from "../format.tsx";
import { PageBody } from "../frame.tsx";
import { noteVisit } from "../visits.ts";
import { saveJson } from "./deliveries.tsx";
import { PROJECT_TEXTS } from "./project-texts.ts";

/** One project: why it is flagged first, then its stages, filings and data, all with evidence. */
export function Page() {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const { code = "" } = useParams();
  const project = useAnswer(showProject, { params: { code } });
  useEffect(() => noteVisit(`project ${code}`), [code]);
  return (
    <Shown of={project}>
      {(one) => (
        <PageBody title={one.title === "" ? one.code : one.title} extra={<Exports code={one.code} />}>
          <h2>{t("why")}</h2>
          {one.flags.length === 0 ? (
            <p>{t("noFlagsHere")}</p>
          ) : (
            <div className="stack">
              {one.flags.map((flag, i) => (
                <Flag key={i} code={one.code} flag={flag} />
              ))}
            </div>
          )}
          <h2>{t("stages")}</h2>
          {one.chain === undefined ? (
            <p>{t("notOnChain")}</p>
          ) : (
            <Descriptions
              bordered
              size="small"
              column={1}
              items={Object.entries(one.chain).map(([name, value]) => ({
                key: name,
                label: name,
                children: <Value name={name} value={value} />,
              }))}
            />
          )}
          <h2>{t("filings")}</h2>
          <Table
            rowKey="seq"
            size="small"
            scroll={{ x: true }}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            dataSource={one.filings}
            columns={[
              { title: t("title"), dataIndex: "title" },
              { title: t("step"), dataIndex: "step" },
              { title: t("at"), key: "at", render: (_, filing) => format.time(filing.at) },
              { title: t("state"), key: "state", render: (_, { state }) => <State kind="progress" code={state} /> },
              {
                title: t("evidence"),
                key: "evidence",
                render: (_, { seq }) => <EvidenceButton code={one.code} seq={seq} />,
              },
            ]}
          />
          <h2>{t("data")}</h2>
          <p>{t("verifyHow")}</p>
          <Table
            rowKey="seq"
            size="small"
            scroll={{ x: true }}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            dataSource={one.releases}
            columns={[
              { title: t("release"), dataIndex: "release" },
              { title: t("standard"), dataIndex: "standard" },
              { title: t("at"), dataIndex: "date" },
              { title: t("state"), key: "state", render: (_, { state }) => <State kind="progress" code={state} /> },
              {
                title: t("evidence"),
                key: "evidence",
                render: (_, { seq }) => <EvidenceButton code={one.code} seq={seq} />,
              },
            ]}
          />
        </PageBody>
      )}
    </Shown>
  );
}

function Flag({ code, flag }: { readonly code: string; readonly flag: FlagView }) {
  const t = useTexts(PROJECT_TEXTS);
  const say = useSay();
  const format = useFormat();
  const { language } = useLanguage();
  const amount = (value: number) =>
    flag.currency === undefined
      ? format.number(value)
      : new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", {
          style: "currency",
          currency: flag.currency,
        }).format(value / 100);
  const figures = [
    ...(flag.actual === undefined ? [] : [t("actual", { value: amount(flag.actual) })]),
    ...(flag.limit === undefined ? [] : [t("limit", { value: amount(flag.limit) })]),
    // Basis points.
    ...(flag.excess === undefined ? [] : [t("excess", { value: flag.excess / 100 })]),
  ];
  return (
    <Card
      size="small"
      title={
        <>
          <Mark colour={flag.kind === "hard" ? "red" : "gold"}>{t(flag.kind)}</Mark> {say(flag.says)}
        </>
      }
    >
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: "figures", label: t("figures"), children: figures.length === 0 ? "—" : figures.join(" · ") },
          { key: "article", label: t("article"), children: say(flag.article) },
          { key: "check", label: t("check"), children: say(flag.check) },
          { key: "subject", label: t("subject"), children: flag.subject },
          { key: "at", label: t("at"), children: format.time(flag.at) },
        ]}
      />
      <Space wrap>
        {flag.records.map(({ seq }) => (
          <EvidenceButton key={seq} code={code} seq={seq} />
        ))}
      </Space>
    </Card>
  );
}

/** Amounts are 分 and times are seconds wherever the ledger of projects names them so. */
function Value({ name, value }: { readonly name: string; readonly value: Json }) {
  const format = useFormat();
  if (typeof value === "number" && /amount|limit|budget|estimate|paid|contract|total|fen/i.test(name))
    return <>{format.money(value)}</>;
  if (typeof value === "number" && /at$|time|date|since|due/i.test(name)) return <>{format.time(value)}</>;
  if (typeof value === "object" && value !== null)
    return (
      <ul>
        {Object.entries(value).map(([inner, member]) => (
          <li key={inner}>
            {inner}: <Value name={inner} value={member} />
          </li>
        ))}
      </ul>
    );
  return <>{String(value)}</>;
}

function EvidenceButton({ code, seq }: { readonly code: string; readonly seq: number }) {
  const t = useTexts(PROJECT_TEXTS);
  const { language } = useLanguage();
  const [error, setError] = useState<unknown>();
  const save = async () => {
    setError(undefined);
    try {
      const evidence = await clientFor(language).call(projectEvidence, { params: { code, seq } });
      saveJson(`project-${seq}.evidence.json`, evidence);
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <>
      <Button size="small" onClick={() => void save()}>
        {t("download")} {seq}
      </Button>
      {error !== undefined && <Failure error={error} />}
    </>
  );
}

function Exports({ code }: { readonly code: string }) {
  const t = useTexts(PROJECT_TEXTS);
  const { language } = useLanguage();
  const [failed, setFailed] = useState<unknown>();
  const save = async (format: (typeof EXPORT_FORMATS)[number]) => {
    setFailed(undefined);
    try {
      saveJson(
        `${code}.${format}.json`,
        await clientFor(language).call(exportProject, { params: { code }, query: { format } }),
      );
    } catch (cause) {
      setFailed(cause);
    }
  };
  return (
    <Space wrap>
      {EXPORT_FORMATS.map((format) => (
        <Button key={format} size="small" onClick={() => void save(format)}>
          {t("exports")} {format}
        </Button>
      ))}
      {failed !== undefined && <Failure error={failed} />}
    </Space>
  );
}
