import { Button, Space, Table } from "antd";
import { useNavigate } from "react-router";
import { recallList } from "../../../../../sdk/client/routes/lineage-recalls.ts";
import type { RecallRecipient } from "../../../../../sdk/lineage/recall.ts";
import { readProof } from "../../../../../sdk/lineage/trace/read-proof.ts";
import type { TracedNode, TraceGap } from "../../../../../sdk/lineage/trace/types.ts";
import type { Hex } from "../../../../../sdk/protocol/bytes.ts";
import { evidenceJson } from "../../../../../sdk/protocol/evidence.ts";
import { describeFinding } from "../../../../../sdk/verify/codes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { Mark, State, useFormat } from "../format.tsx";
import { isBad } from "../lineage-groups.ts";
import { LINEAGE_TEXTS } from "./lineage-texts.ts";

/** The trace as a table: the same as the drawing, with the evidence of each record. */
export function Nodes({ nodes, gaps }: { readonly nodes: readonly TracedNode[]; readonly gaps: readonly TraceGap[] }) {
  const t = useTexts(LINEAGE_TEXTS);
  const format = useFormat();
  const { language } = useLanguage();
  const departmentOf = useDepartmentNames();
  const navigate = useNavigate();
  return (
    <>
      <Table
        rowKey={(one) => `${one.scope}/${one.seq}`}
        size="small"
        scroll={{ x: true }}
        dataSource={[...nodes]}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        columns={[
          { title: t("depth"), dataIndex: "depth" },
          { title: t("record"), key: "record", render: (_, one) => `${one.kind} ${one.seq}` },
          { title: t("issuer"), key: "issuer", render: (_, one) => departmentOf(one.issuer) },
          { title: t("genuine"), key: "verdict", render: (_, one) => <State kind="progress" code={one.verdict} /> },
          {
            title: t("status"),
            key: "status",
            render: (_, one) => (
              <>
                {isBad(one) && "✗ "}
                {describeFinding(one.status, language).what}
              </>
            ),
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
              <Space wrap>
                <Evidence node={one} />
                <Button size="small" onClick={() => void navigate(`/lineage?scope=${one.scope}&seq=${one.seq}`)}>
                  {t("later")}
                </Button>
              </Space>
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

/** As the department's node proved it, to be verified by itself. */
function Evidence({ node: { line, record } }: { readonly node: TracedNode }) {
  const t = useTexts(LINEAGE_TEXTS);
  const save = () => {
    const evidence = readProof(line);
    if (evidence !== undefined) saveJson(`${record.slice(2, 12)}.evidence.json`, evidenceJson(evidence));
  };
  return (
    <Button size="small" disabled={line.proof === undefined} onClick={save}>
      {t("evidence")}
    </Button>
  );
}

interface RecallProps {
  readonly scope: Hex;
  readonly seq: number;
  readonly asOf: number | undefined;
}

/** Everybody who has to be told when a record turns out bad. */
export function Recall({ scope, seq, asOf }: RecallProps) {
  const t = useTexts(LINEAGE_TEXTS);
  const departmentOf = useDepartmentNames();
  const recall = useAnswer(recallList, { params: { scope, seq }, query: { ...(asOf !== undefined && { asOf }) } });
  return (
    <>
      <h2>{t("recall")}</h2>
      <Shown of={recall}>
        {(list) => (
          <>
            <p>
              {t("recallCount", { count: list.recipients.length })} {!list.complete && t("recallPartial")}{" "}
              <Button size="small" onClick={() => saveJson(`recall-${seq}.json`, list)}>
                {t("export")}
              </Button>
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
