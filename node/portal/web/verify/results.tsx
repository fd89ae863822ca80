import { useEffect, useRef } from "react";
import { fillText } from "../../../../sdk/protocol/errors.ts";
import type { Comparison } from "../../../../sdk/verify/compare.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { VerdictIcon } from "./atoms.tsx";
import { ReportView } from "./report-view.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import type { Engine, Verifier } from "./verifier.ts";

/** What was found, announced and brought into view when it arrives. */
export function Results({ verifier: { engine, outcome } }: { readonly verifier: Verifier }) {
  const t = useTexts(VERIFY_TEXTS);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (outcome.kind === "judged") place.current?.scrollIntoView({ block: "start" });
  }, [outcome]);
  const isJudged = outcome.kind === "judged" && typeof engine !== "string";
  const spoken =
    outcome.kind === "judged"
      ? outcome.files.map(({ name, report }) => `${name}: ${t(report.verdict)}`).join("; ")
      : outcome.kind === "working"
        ? t("working")
        : "";
  return (
    <section ref={place} className="results">
      <p className="announced" role="status">
        {spoken}
      </p>
      {outcome.kind === "working" && <p className="busy">{t("working")}</p>}
      {isJudged && outcome.files.length > 1 && <Together comparison={outcome.comparison} engine={engine} />}
      {isJudged && outcome.files.map((judged, i) => <ReportView key={i} judged={judged} engine={engine} />)}
    </section>
  );
}

function Together({ comparison, engine }: { readonly comparison: Comparison; readonly engine: Engine }) {
  const t = useTexts(VERIFY_TEXTS);
  const { language } = useLanguage();
  const { equivocations, reports, verdict } = comparison;
  return (
    <article className="report">
      <header className={`verdict ${verdict}`}>
        <VerdictIcon verdict={verdict} />
        <div>
          <h2>{t(verdict)}</h2>
          <p>{equivocations.length > 0 ? t("contradiction") : t("noContradiction", { count: reports.length })}</p>
        </div>
      </header>
      <ul>
        {equivocations.map(({ code, files: [first, second], values }, i) => (
          <li key={i}>
            {t("pair", { first: first + 1, second: second + 1 })}:{" "}
            {fillText(engine.equivocationTexts[code][language], values)}{" "}
            {engine.equivocationTexts[code].remedy[language]}
          </li>
        ))}
      </ul>
    </article>
  );
}
