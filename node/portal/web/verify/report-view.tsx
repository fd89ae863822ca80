import type { Check, Report } from "../../../../sdk/verify/report.ts";
import { useLanguage, useSay, useTexts } from "../shared/language.tsx";
import { saveJson } from "../shared/save.ts";
import { Fact, OutcomeIcon, VerdictIcon } from "./atoms.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import type { Engine } from "./verifier.ts";

/** A file that was looked at: its report, and where it came from. */
export interface Judged {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly report: Report;
}

export function ReportView({ judged, engine }: { readonly judged: Judged; readonly engine: Engine }) {
  const t = useTexts(VERIFY_TEXTS);
  const { language } = useLanguage();
  const { report, name, bytes, digest } = judged;
  const means = { verified: "verifiedMeans", rejected: "rejectedMeans", undetermined: "undeterminedMeans" } as const;
  const { verdict } = report;
  return (
    <article className="report" aria-label={`${name}: ${t(verdict)}`}>
      <header className={`verdict ${verdict}`}>
        <VerdictIcon verdict={verdict} />
        <div>
          <h2>{t(verdict)}</h2>
          <p>{t(means[verdict])}</p>
          <p className="quiet">{name}</p>
        </div>
      </header>
      {report.evaluation && <p className="notice">{t("evaluation")}</p>}
      <Advice checks={report.checks} verdict={verdict} engine={engine} />
      <Facts report={report} engine={engine} />
      {verdict === "verified" ? (
        <section>
          <h3>{t("content")}</h3>
          <dl className="facts">
            {engine.contentOf(engine.parseEvidenceBytes(bytes), language).map(({ title, value }, i) => (
              <Fact key={i} name={title}>
                {value}
              </Fact>
            ))}
          </dl>
        </section>
      ) : (
        <p className="quiet">{t("contentHidden")}</p>
      )}
      <Checks checks={report.checks} engine={engine} open={verdict !== "verified"} />
      <p className="quiet small">{t("statementMade", { time: engine.formatTime(report.at), digest })}</p>
      <p className="actions no-print">
        <button type="button" onClick={() => print()}>
          {t("print")}
        </button>
        <button type="button" onClick={() => saveStatement(judged)}>
          {t("save")}
        </button>
      </p>
    </article>
  );
}

function Facts({ report, engine }: { readonly report: Report; readonly engine: Engine }) {
  const t = useTexts(VERIFY_TEXTS);
  const { record, policy, block, checks } = report;
  const issuerName = checks.find((check) => check.name === "issuer")?.values["name"];
  return (
    <dl className="facts">
      {record && (
        <>
          <Fact name={t("issuer")}>
            {issuerName !== undefined && <strong>{issuerName} </strong>}
            <code>{record.issuer}</code>
          </Fact>
          <Fact name={t("recordLine")}>{t("recordKind", { kind: record.kind, seq: record.seq })}</Fact>
          <Fact name={t("anchoredAt")}>{engine.formatTime(record.anchoredAt)}</Fact>
        </>
      )}
      <Fact name={t("askedAt")}>{engine.formatTime(report.at)}</Fact>
      <Fact name={t("policyLabel")}>
        {policy.name === "use" ? t("policyUse", { as: policy.as, purpose: policy.purpose }) : t("policyAuthentic")}
      </Fact>
      <Fact name={t("block")}>
        {block ? t("blockText", { number: block.number, time: engine.formatTime(block.time) }) : t("noBlock")}
      </Fact>
      {record && (
        <Fact name={t("recordId")}>
          <code>{record.id}</code>
        </Fact>
      )}
    </dl>
  );
}

interface AdviceProps {
  readonly checks: readonly Check[];
  readonly verdict: Report["verdict"];
  readonly engine: Engine;
}

/** What stands between the file and its use, each thing once, with who can put it right. */
function Advice({ checks, verdict, engine }: AdviceProps) {
  const t = useTexts(VERIFY_TEXTS);
  const say = useSay();
  const { language } = useLanguage();
  if (verdict === "verified") return null;
  const wanted = verdict === "rejected" ? "fail" : "error";
  const seen = new Set<string>();
  const advice = checks
    .filter(({ outcome }) => outcome === wanted)
    .map((check) => ({ check, ...engine.describeFinding(check, language) }))
    .filter(({ remedy }) => remedy !== "" && !seen.has(remedy) && seen.add(remedy));
  if (advice.length === 0) return null;
  return (
    <section className="advice">
      <h3>{t("whatToDo")}</h3>
      <ul>
        {advice.map(({ check, what, remedy, fixer }) => (
          <li key={check.name}>
            <strong>{what}</strong> {remedy}{" "}
            <span className="quiet">{t("whoCan", { who: say(engine.FIXER_WORDS[fixer]) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Checks({
  checks,
  engine,
  open,
}: {
  readonly checks: readonly Check[];
  readonly engine: Engine;
  readonly open: boolean;
}) {
  const t = useTexts(VERIFY_TEXTS);
  const say = useSay();
  const { language } = useLanguage();
  return (
    <details className="checks" open={open}>
      <summary>{t("checksAll", { count: checks.length })}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("outcome")}</th>
            <th scope="col">{t("check")}</th>
            <th scope="col">{t("explanation")}</th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => {
            const { what, remedy, fixer } = engine.describeFinding(check, language);
            const troubled = check.outcome === "fail" || check.outcome === "error";
            return (
              <tr key={check.name} className={check.outcome}>
                <td>
                  <OutcomeIcon outcome={check.outcome} />
                  {say(engine.OUTCOME_WORDS[check.outcome])}
                </td>
                <th scope="row">{say(engine.CHECK_WORDS[check.name])}</th>
                <td>
                  {what}
                  {troubled && remedy !== "" && (
                    <>
                      <br />
                      <span className="quiet">
                        {remedy} {t("whoCan", { who: say(engine.FIXER_WORDS[fixer]) })}
                      </span>
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}

/** The machine's form of what the page shows: the whole report, and which bytes it is about. */
const saveStatement = ({ name, digest, report }: Judged): void =>
  saveJson(`${name.replace(/(\.evidence)?\.json$/, "")}.statement.json`, {
    format: "suyuan/statement/1",
    file: { name, sha256: digest },
    report,
  });
