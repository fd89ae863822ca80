import { Alert, Button, Space, Table } from "antd";
import { useParams } from "react-router";
import { EXPORT_FORMATS, exportProject, showProject } from "../../../../../sdk/client/routes/projects.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useDoing } from "../doing.tsx";
import { Mark, State, useFormat } from "../format.tsx";
import { PageBody } from "../frame.tsx";
import { isSince, useVisit } from "../visits.ts";
import { chainProject, ChainFacts, Stages } from "./project-chain.tsx";
import { EvidenceButton } from "./project-evidence.tsx";
import { Flag } from "./project-flag.tsx";
import { Issues } from "./project-issues.tsx";
import { Money } from "./project-money.tsx";
import { TenderNotices } from "./project-notices.tsx";
import { PROJECT_TEXTS } from "./project-texts.ts";

type Project = AnswerOf<typeof showProject>;

/** One project: why it is flagged first, then its stages, money, issues, filings and data, all with evidence. */
export function Page() {
  const { code = "" } = useParams();
  const project = useAnswer(showProject, { params: { code } });
  const seen = useVisit(`project ${code}`);
  return (
    <Shown of={project}>
      {(one) => (
        <PageBody title={one.title === "" ? one.code : one.title} extra={<Exports code={one.code} />}>
          <Changes project={one} seen={seen} />
          <Flags project={one} seen={seen} />
          <OnChain project={one} onChanged={project.reload} />
          <Documents project={one} seen={seen} />
        </PageBody>
      )}
    </Shown>
  );
}

interface PartProps {
  readonly project: Project;
  /** When this browser was last here, seconds. */
  readonly seen: number | undefined;
}

function Changes({ project: { flags, filings }, seen }: PartProps) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  if (seen === undefined) return null;
  const counts = {
    flags: flags.filter(({ at }) => isSince(at, seen)).length,
    filings: filings.filter(({ at }) => isSince(at, seen)).length,
  };
  const none = counts.flags === 0 && counts.filings === 0;
  return (
    <Alert
      type={none ? "info" : "warning"}
      showIcon
      title={t(none ? "unchanged" : "changedSince", { time: format.time(seen), ...counts })}
    />
  );
}

function Flags({ project: { code, flags }, seen }: PartProps) {
  const t = useTexts(PROJECT_TEXTS);
  // What breaks a rule comes before what is worth a look; the larger excess first.
  const severity = ({ kind, excess = 0 }: (typeof flags)[number]) => [Number(kind === "hard"), excess] as const;
  const sorted = [...flags].sort((a, b) => severity(b)[0] - severity(a)[0] || severity(b)[1] - severity(a)[1]);
  return (
    <>
      <h2>{t("why")}</h2>
      {flags.length === 0 ? (
        <p>{t("noFlagsHere")}</p>
      ) : (
        <div className="stack">
          {sorted.map((flag, i) => (
            <Flag key={i} code={code} flag={flag} isNew={isSince(flag.at, seen)} />
          ))}
        </div>
      )}
    </>
  );
}

function OnChain({
  project: { code, chain, filings },
  onChanged,
}: {
  readonly project: Project;
  readonly onChanged: () => void;
}) {
  const t = useTexts(PROJECT_TEXTS);
  const onChain = chainProject.safeParse(chain).data;
  return (
    <>
      <h2>{t("money")}</h2>
      <Money code={code} budget={onChain?.budget} />
      <h2>{t("stages")}</h2>
      {onChain === undefined ? (
        <p>{t("notOnChain")}</p>
      ) : (
        <>
          <Stages project={onChain} />
          <ChainFacts project={onChain} />
          <TenderNotices code={code} lots={onChain.lotList.length} filings={filings} />
          <Issues code={code} issues={onChain.issueList} onChanged={onChanged} />
        </>
      )}
    </>
  );
}

function Documents({ project: { code, filings, releases }, seen }: PartProps) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const common = { size: "small", scroll: { x: true }, pagination: { pageSize: 20, hideOnSinglePage: true } } as const;
  const columns = [
    {
      title: t("state"),
      key: "state",
      render: (_: unknown, { state }: { readonly state: string }) => <State kind="progress" code={state} />,
    },
    {
      title: t("evidence"),
      key: "evidence",
      render: (_: unknown, { seq }: { readonly seq: number }) => <EvidenceButton code={code} seq={seq} />,
    },
  ];
  return (
    <>
      <h2>{t("filings")}</h2>
      <Table
        rowKey="seq"
        {...common}
        dataSource={filings}
        columns={[
          {
            title: t("title"),
            key: "title",
            render: (_, { title, at }) => (
              <>
                {title} {isSince(at, seen) && <Mark colour="blue">{t("new")}</Mark>}
              </>
            ),
          },
          { title: t("step"), dataIndex: "step" },
          { title: t("at"), key: "at", render: (_, filing) => format.time(filing.at) },
          ...columns,
        ]}
      />
      <h2>{t("data")}</h2>
      <p>{t("verifyHow")}</p>
      <Table
        rowKey="seq"
        {...common}
        dataSource={releases}
        columns={[
          { title: t("release"), dataIndex: "release" },
          { title: t("standard"), dataIndex: "standard" },
          {
            title: t("at"),
            key: "date",
            render: (_, { date }) => (Number.isFinite(Date.parse(date)) ? format.date(Date.parse(date) / 1000) : date),
          },
          ...columns,
        ]}
      />
    </>
  );
}

function Exports({ code }: { readonly code: string }) {
  const t = useTexts(PROJECT_TEXTS);
  const { language } = useLanguage();
  const { busy, run, failure } = useDoing();
  const save = async (format: (typeof EXPORT_FORMATS)[number]) =>
    saveJson(
      `${code}.${format}.json`,
      await clientFor(language).call(exportProject, { params: { code }, query: { format } }),
    );
  return (
    <Space wrap>
      {EXPORT_FORMATS.map((format) => (
        <Button key={format} size="small" disabled={busy} onClick={() => void run(() => save(format))}>
          {t("exports")} {format}
        </Button>
      ))}
      {failure}
    </Space>
  );
}
