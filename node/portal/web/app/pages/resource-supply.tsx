import { Descriptions, Table } from "antd";
import { Link } from "react-router";
import type { ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { showSupply } from "../../../../../sdk/client/routes/quality.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { Mark, useFormat, useWord } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { CATALOGUE_TEXTS } from "./catalogue-texts.ts";

type Supply = AnswerOf<typeof showSupply>;

/** How much of a resource there is, whether it comes in time, and what became of it; then its lineage. */
export function ResourceSupply({ resource }: { readonly resource: ResourceView }) {
  const t = useTexts(CATALOGUE_TEXTS);
  const supply = useAnswer(showSupply, { params: { id: resource.id } });
  const mayTrace = useOperator()?.may.includes("traceRecord") ?? false;
  return (
    <>
      <h2>{t("supply")}</h2>
      <p>{t("supplyHow")}</p>
      <Shown of={supply}>
        {(one) => (
          <>
            <Figures supply={one} />
            <h3>{t("trend")}</h3>
            <Trend months={one.months} />
            {mayTrace && one.records > 0 && (
              <>
                <h2>{t("lineageTitle")}</h2>
                <p>
                  <Link to={`/lineage?scope=${resource.scope}&seq=${one.records - 1}&direction=down`}>
                    {t("lineageNewest")}
                  </Link>
                </p>
              </>
            )}
          </>
        )}
      </Shown>
    </>
  );
}

function Figures({ supply: one }: { readonly supply: Supply }) {
  const t = useTexts(CATALOGUE_TEXTS);
  const format = useFormat();
  const word = useWord();
  const day = (seconds: number | undefined) => (seconds === undefined ? "—" : format.time(seconds));
  const timely =
    one.promisedDays === 0 ? (
      t("noPromise")
    ) : (
      <Mark colour={one.isLate ? "red" : "green"}>{t(one.isLate ? "late" : "inTime", { days: one.promisedDays })}</Mark>
    );
  return (
    <Descriptions
      bordered
      size="small"
      column={{ xs: 1, md: 2 }}
      items={[
        { key: "records", label: t("records"), children: format.number(one.records) },
        { key: "batches", label: t("batches"), children: format.number(one.batches) },
        { key: "first", label: t("firstAt"), children: day(one.firstAt) },
        { key: "last", label: t("lastAt"), children: day(one.lastAt) },
        { key: "timely", label: t("timely"), children: timely },
        {
          key: "states",
          label: t("notActive"),
          children:
            one.states.length === 0
              ? t("allActive")
              : one.states.map(({ state, records }) => `${word("status", state)} ${format.number(records)}`).join("、"),
        },
        { key: "agreements", label: t("agreements"), children: t("agreementCount", one.agreements) },
      ]}
    />
  );
}

/** Bars beside their figures: the table is the chart. */
function Trend({ months }: Pick<Supply, "months">) {
  const t = useTexts(CATALOGUE_TEXTS);
  const format = useFormat();
  const most = Math.max(1, ...months.map(({ records }) => records));
  return (
    <Table
      rowKey="month"
      size="small"
      pagination={false}
      scroll={{ x: true }}
      dataSource={months}
      columns={[
        { title: t("month"), dataIndex: "month" },
        { title: t("records"), key: "records", align: "right", render: (_, { records }) => format.number(records) },
        {
          title: "",
          key: "bar",
          width: "60%",
          render: (_, { records }) => <meter className="meter" aria-hidden max={most} value={records} />,
        },
      ]}
    />
  );
}
