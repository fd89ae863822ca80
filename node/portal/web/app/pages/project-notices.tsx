import { Table } from "antd";
import { listTenderNotices } from "../../../../../sdk/client/routes/bids.ts";
import type { showProject } from "../../../../../sdk/client/routes/projects.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { Id, Mark, useFormat } from "../format.tsx";
import { EvidenceButton } from "./project-evidence.tsx";
import { TENDER_TEXTS } from "./project-texts.ts";

type Notice = AnswerOf<typeof listTenderNotices>["notices"][number];
type Filing = AnswerOf<typeof showProject>["filings"][number];

interface NoticesProps {
  readonly code: string;
  readonly lots: number;
  /** Those of this node: a notice that it gave is held against them. */
  readonly filings: readonly Filing[];
}

/** What was told to all bidders of each lot at once, from the chain. */
export function TenderNotices({ code, lots, filings }: NoticesProps) {
  const t = useTexts(TENDER_TEXTS);
  if (lots === 0) return null;
  return (
    <>
      <h2>{t("notices")}</h2>
      {Array.from({ length: lots }, (_, i) => (
        <Lot key={i} code={code} lot={i + 1} filings={filings} />
      ))}
    </>
  );
}

function Lot({ code, lot, filings }: Pick<NoticesProps, "code" | "filings"> & { readonly lot: number }) {
  const t = useTexts(TENDER_TEXTS);
  const format = useFormat();
  const departmentOf = useDepartmentNames();
  const asked = useAnswer(listTenderNotices, { params: { code, lot } });
  return (
    <Shown of={asked}>
      {({ deadline, openObjections, notices }) => (
        <>
          <p>
            {t("lot", { number: lot })}
            {deadline !== undefined && ` · ${t("deadline", { time: format.time(deadline) })}`}{" "}
            {openObjections > 0 && <Mark colour="gold">{t("rests", { count: openObjections })}</Mark>}
          </p>
          <Table
            rowKey="number"
            size="small"
            scroll={{ x: true }}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            locale={{ emptyText: t("none") }}
            dataSource={notices}
            columns={[
              { title: t("number"), dataIndex: "number" },
              {
                title: t("kind"),
                key: "kind",
                render: (_, { kind, about }) =>
                  `${t(`kind_${kind}`)}${about === undefined ? "" : ` (${t("about", { number: about })})`}`,
              },
              { title: t("at"), key: "at", render: (_, { at }) => format.time(at) },
              { title: t("by"), key: "by", render: (_, { by }) => departmentOf(by) },
              {
                title: t("text"),
                key: "text",
                render: (_, notice) => <Said code={code} notice={notice} filings={filings} />,
              },
            ]}
          />
        </>
      )}
    </Shown>
  );
}

/** Its text, when the record that the chain names is here; else where it is. */
function Said({
  code,
  notice: { document },
  filings,
}: Pick<NoticesProps, "code" | "filings"> & { readonly notice: Notice }) {
  const t = useTexts(TENDER_TEXTS);
  const filing = filings.find(({ scope, seq }) => scope === document.scope && seq === document.seq);
  if (filing === undefined)
    return (
      <>
        {t("elsewhere")} <Id value={document.record} />
      </>
    );
  if (filing.record !== document.record)
    return (
      <>
        <Mark colour="red">{t("differs")}</Mark> <Id value={document.record} />
      </>
    );
  return (
    <>
      {filing.title} <span>✓ {t("fits")}</span> <EvidenceButton code={code} seq={filing.seq} />
    </>
  );
}
