import { Table, theme as themes } from "antd";
import { exportProject } from "../../../../../sdk/client/routes/projects.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useFormat } from "../format.tsx";
import { moneySeries, type MoneyPoint } from "../money-series.ts";
import { PROJECT_TEXTS } from "./project-texts.ts";

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 8;
const TOP = 24;
const FLOOR = HEIGHT - 28;

interface MoneyProps {
  readonly code: string;
  /** The ratified budget, 分; the project may cost no more. */
  readonly budget: number | undefined;
}

/** Contracted and paid over time against the budget, as the published releases tell it. */
export function Money({ code, budget }: MoneyProps) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const releases = useAnswer(exportProject, { params: { code }, query: { format: "ocds-releases" } });
  return (
    <Shown of={releases}>
      {(found) => {
        const points = moneySeries(found);
        if (points.length === 0) return <p>{t("noMoney")}</p>;
        return (
          <>
            <Chart points={points} budget={budget} />
            <Table
              rowKey="at"
              size="small"
              scroll={{ x: true }}
              pagination={false}
              dataSource={[...points]}
              columns={[
                { title: t("at"), key: "at", render: (_, { at }) => format.date(at) },
                { title: t("contracted"), key: "contracted", render: (_, one) => format.money(one.contracted) },
                { title: t("paid"), key: "paid", render: (_, one) => format.money(one.paid) },
                {
                  title: t("against"),
                  key: "against",
                  render: (_, one) =>
                    one.paid > one.contracted
                      ? t("above", { value: format.money(one.paid - one.contracted) })
                      : t("within"),
                },
              ]}
            />
          </>
        );
      }}
    </Shown>
  );
}

/** Steps, as amounts stand until they change. Lines differ by their stroke and name too, not by colour alone. */
function Chart({ points, budget }: { readonly points: readonly MoneyPoint[]; readonly budget: number | undefined }) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const { token } = themes.useToken();
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first + 1;
  const most = Math.max(budget ?? 0, ...points.flatMap(({ contracted, paid }) => [contracted, paid]));
  const x = (at: number) => LEFT + ((at - first) / Math.max(1, last - first)) * (WIDTH - 2 * LEFT);
  const y = (amount: number) => FLOOR - (amount / Math.max(1, most)) * (FLOOR - TOP);
  const steps = (of: "contracted" | "paid") =>
    points
      .map((one, i) => `${i === 0 ? "M" : `H${x(one.at)}V`}${i === 0 ? `${x(one.at)} ` : ""}${y(one[of])}`)
      .join("");
  const final = points.at(-1);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="chart" role="img" aria-label={t("moneyChart")}>
      <line x1={LEFT} x2={WIDTH - LEFT} y1={FLOOR} y2={FLOOR} stroke={token.colorBorder} />
      {budget !== undefined && budget > 0 && (
        <>
          <line
            {...{ x1: LEFT, x2: WIDTH - LEFT, y1: y(budget), y2: y(budget) }}
            stroke={token.colorError}
            strokeDasharray="2 4"
            strokeWidth={2}
          />
          <text x={LEFT} y={y(budget) - 6} fontSize={13} fill={token.colorText}>
            {t("budget")} {format.money(budget)}
          </text>
        </>
      )}
      <path d={steps("contracted")} fill="none" stroke={token.colorPrimary} strokeWidth={3} />
      <path d={steps("paid")} fill="none" stroke={token.colorText} strokeWidth={3} strokeDasharray="8 4" />
      {final && (
        <>
          <text x={WIDTH - LEFT} y={y(final.contracted) + 18} textAnchor="end" fontSize={13} fill={token.colorText}>
            ━ {t("contracted")}
          </text>
          <text x={WIDTH - LEFT} y={y(final.paid) - 6} textAnchor="end" fontSize={13} fill={token.colorText}>
            ╌ {t("paid")}
          </text>
        </>
      )}
      <text x={LEFT} y={HEIGHT - 8} fontSize={12} fill={token.colorTextSecondary}>
        {format.date(first)}
      </text>
      <text x={WIDTH - LEFT} y={HEIGHT - 8} textAnchor="end" fontSize={12} fill={token.colorTextSecondary}>
        {format.date(last)}
      </text>
    </svg>
  );
}
