import { Button, Table } from "antd";
import { Link } from "react-router";
import { z } from "zod";
import { listAssessments, makeAssessment } from "../../../../../sdk/client/routes/lineage-use.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useResourceNames } from "../directory.ts";
import { useDoing } from "../doing.tsx";
import { Id, Mark, useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { ASSESSMENT_TEXTS } from "./admin-assessment-texts.ts";

type Assessment = AnswerOf<typeof listAssessments>["assessments"][number];

/** Of a report, what is shown of each resource; the rest is in the file. */
const resources = z.array(
  z.object({
    resource: z.string(),
    records: z.number(),
    used: z.number(),
    uses: z.number(),
    cold: z.number(),
    agreementsInForce: z.number(),
    retentionOver: z.boolean().optional(),
    stage: z.string().optional(),
  }),
);

/** The regular assessments of the department's data: each is anchored by its digest before anybody reads it. */
export function Assessments() {
  const t = useTexts(ASSESSMENT_TEXTS);
  const { language } = useLanguage();
  const session = useOperator();
  const format = useFormat();
  const made = useAnswer(listAssessments, {});
  const { busy, run, failure } = useDoing();
  const assess = async () => {
    await clientFor(language).call(makeAssessment, {});
    made.reload();
  };
  return (
    <>
      <p>{t("how")}</p>
      {session?.may.includes(makeAssessment.id) && (
        <p>
          <Button loading={busy} onClick={() => void run(assess)}>
            {t("make")}
          </Button>
        </p>
      )}
      {failure}
      <Shown of={made}>
        {({ assessments }) => (
          <Table
            rowKey="record"
            size="small"
            scroll={{ x: true }}
            pagination={{ pageSize: 10, hideOnSinglePage: true }}
            locale={{ emptyText: t("none") }}
            dataSource={assessments}
            expandable={{
              defaultExpandedRowKeys: assessments.slice(0, 1).map(({ record }) => record),
              expandedRowRender: (one) => <Report of={one} />,
            }}
            columns={[
              { title: t("at"), key: "at", render: (_, { at }) => format.time(at) },
              { title: t("digest"), key: "digest", render: (_, { digest }) => <Id value={digest} /> },
              {
                title: t("record"),
                key: "record",
                render: (_, { scope, seq }) => <Link to={`/lineage?scope=${scope}&seq=${seq}`}>{seq}</Link>,
              },
              {
                title: "",
                key: "save",
                render: (_, { report, at }) => (
                  <Button size="small" onClick={() => saveJson(`assessment-${at}.json`, report)}>
                    {t("save")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Shown>
    </>
  );
}

function Report({ of: { report } }: { readonly of: Assessment }) {
  const t = useTexts(ASSESSMENT_TEXTS);
  const format = useFormat();
  const resourceOf = useResourceNames();
  const parsed = resources.safeParse(report["resources"]);
  if (!parsed.success) return <p>{t("unread")}</p>;
  return (
    <Table
      rowKey="resource"
      size="small"
      pagination={false}
      locale={{ emptyText: t("noResources") }}
      dataSource={parsed.data}
      columns={[
        {
          title: t("resource"),
          key: "resource",
          render: (_, { resource }) => <Link to={`/catalogue/${resource}`}>{resourceOf(resource)}</Link>,
        },
        { title: t("records"), key: "records", render: (_, one) => format.number(one.records) },
        {
          title: t("uses"),
          key: "uses",
          render: (_, one) => `${format.number(one.used)} / ${format.number(one.uses)}`,
        },
        { title: t("cold"), key: "cold", render: (_, one) => format.number(one.cold) },
        { title: t("agreements"), key: "agreements", render: (_, one) => format.number(one.agreementsInForce) },
        { title: t("stage"), key: "stage", render: (_, one) => one.stage ?? "—" },
        {
          title: t("retention"),
          key: "retention",
          render: (_, { retentionOver }) =>
            retentionOver === true ? <Mark colour="gold">{t("over")}</Mark> : t("notOver"),
        },
      ]}
    />
  );
}
