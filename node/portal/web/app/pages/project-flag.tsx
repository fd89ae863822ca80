import { Card, Descriptions, Space } from "antd";
import type { FlagView } from "../../../../../sdk/client/routes/projects.ts";
import { useSay, useTexts } from "../../shared/language.tsx";
import { Mark, useFormat } from "../format.tsx";
import { EvidenceButton } from "./project-evidence.tsx";
import { PROJECT_TEXTS } from "./project-texts.ts";

/** Rules of the ledger of projects whose figures are 分; it names no currency. */
const MONEY_RULES: ReadonlySet<string> = new Set([
  "estimate-exceeded-reported",
  "contract-differs",
  "payment-above-contract",
  "payment-ahead",
]);
const TIME_RULES: ReadonlySet<string> = new Set(["time-overrun"]);

/** What a figure of a flag is: an amount, a moment, or a number. */
function useFigure({ rule, currency, source }: FlagView): (value: number) => string {
  const format = useFormat();
  if (source === "chain" && TIME_RULES.has(rule)) return format.time;
  if (source === "chain" && MONEY_RULES.has(rule)) return (fen) => format.money(fen);
  return currency === undefined ? format.number : (fen) => format.money(fen, currency);
}

interface FlagProps {
  readonly code: string;
  readonly flag: FlagView;
  readonly isNew: boolean;
}

/** Why a rule speaks: what it says, the article, the figures, what they were read from. */
export function Flag({ code, flag, isNew }: FlagProps) {
  const t = useTexts(PROJECT_TEXTS);
  const say = useSay();
  const format = useFormat();
  const figure = useFigure(flag);
  const figures = [
    ...(flag.actual === undefined ? [] : [t("actual", { value: figure(flag.actual) })]),
    ...(flag.limit === undefined ? [] : [t("limit", { value: figure(flag.limit) })]),
    // Basis points.
    ...(flag.excess === undefined ? [] : [t("excess", { value: format.number(flag.excess / 100) })]),
  ];
  const article = say(flag.article);
  return (
    <Card
      size="small"
      title={
        <>
          <Mark colour={flag.kind === "hard" ? "red" : "gold"}>{t(flag.kind)}</Mark> {say(flag.says)}{" "}
          {isNew && <Mark colour="blue">{t("new")}</Mark>}
        </>
      }
    >
      <Descriptions
        size="small"
        column={1}
        items={[
          ...(figures.length === 0 ? [] : [{ key: "figures", label: t("figures"), children: figures.join(" · ") }]),
          ...(article === "" ? [] : [{ key: "article", label: t("article"), children: article }]),
          { key: "check", label: t("check"), children: say(flag.check) },
          ...(flag.inputs.length === 0
            ? []
            : [{ key: "inputs", label: t("inputs"), children: flag.inputs.map(({ value }) => value).join(" → ") }]),
          { key: "source", label: t("source"), children: t(`source_${flag.source}`) },
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
