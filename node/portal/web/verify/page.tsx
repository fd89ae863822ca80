import { useEffect, useState } from "react";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { useTheme } from "../shared/theme.ts";
import { Field } from "./atoms.tsx";
import { CodePanel } from "./code-panel.tsx";
import { IdentifierPanel } from "./identifier-panel.tsx";
import { Intake } from "./intake.tsx";
import { Results } from "./results.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import { TrustPanel } from "./trust-panel.tsx";
import { useVerifier, type Question, type Source } from "./verifier.ts";

/** The public page: anyone verifies, without an account. */
export function VerifyPage() {
  const t = useTexts(VERIFY_TEXTS);
  const verifier = useVerifier();
  const [question, setQuestion] = useState<Question>({ policy: { name: "authentic" } });
  const [sources, setSources] = useState<readonly Source[]>([]);
  const title = t("title");
  useEffect(() => {
    document.title = `${title} · 溯源 Suyuan`;
  }, [title]);
  const take = (next: readonly Source[]) => {
    setSources(next);
    verifier.verify(next, question);
  };
  return (
    <>
      <Top />
      <main id="main">
        <h1>{title}</h1>
        <p className="lead">{t("lead")}</p>
        {verifier.engine === "failed" && (
          <p className="notice" role="alert">
            {t("loadFailed")}
          </p>
        )}
        <Intake verifier={verifier} onFiles={take} />
        <UsePanel
          question={question}
          onChange={setQuestion}
          onAgain={sources.length > 0 ? () => verifier.verify(sources, question) : undefined}
        />
        <Results verifier={verifier} />
        <div className="panels no-print">
          <CodePanel verifier={verifier} />
          <IdentifierPanel verifier={verifier} />
          <TrustPanel verifier={verifier} />
          <details className="panel">
            <summary>{t("embed")}</summary>
            <p>{t("embedHow")}</p>
            <pre>
              <code>{`<iframe src="${location.origin}/widget" title="溯源核验 Suyuan" width="100%" height="520"></iframe>`}</code>
            </pre>
          </details>
        </div>
      </main>
    </>
  );
}

function Top() {
  const t = useTexts(VERIFY_TEXTS);
  const { language, choose } = useLanguage();
  const { theme, toggle } = useTheme();
  return (
    <header className="top no-print">
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <a className="brand" href="/">
        {t("product")}
      </a>
      <nav aria-label={t("product")}>
        <a href="/" aria-current="page">
          {t("home")}
        </a>
        <a href="/app/catalogue">{t("catalogue")}</a>
        <a href="/app/projects">{t("disclosure")}</a>
        <a href="/app/sign-in">{t("signIn")}</a>
      </nav>
      <button type="button" onClick={toggle}>
        {t(theme === "dark" ? "light" : "dark")}
      </button>
      <button
        type="button"
        lang={language === "zh" ? "en" : "zh-CN"}
        onClick={() => choose(language === "zh" ? "en" : "zh")}
      >
        {t("otherLanguage")}
      </button>
    </header>
  );
}

interface UseProps {
  readonly question: Question;
  readonly onChange: (question: Question) => void;
  readonly onAgain: (() => void) | undefined;
}

/** For whom, for what and as of when: without it, only whether the file is genuine and current now. */
function UsePanel({ question, onChange, onAgain }: UseProps) {
  const t = useTexts(VERIFY_TEXTS);
  const [as, setAs] = useState("");
  const [purpose, setPurpose] = useState("");
  const [at, setAt] = useState("");
  const tell = (next: { as: string; purpose: string; at: string }) => {
    setAs(next.as);
    setPurpose(next.purpose);
    setAt(next.at);
    const both = next.as.trim() !== "" && next.purpose.trim() !== "";
    const seconds = Date.parse(`${next.at}+08:00`) / 1000;
    onChange({
      policy: both ? { name: "use", as: next.as.trim(), purpose: next.purpose.trim() } : { name: "authentic" },
      ...(Number.isFinite(seconds) && { at: seconds }),
    });
  };
  return (
    <details className="panel no-print" open={question.policy.name === "use" || question.at !== undefined}>
      <summary>{t("use")}</summary>
      <p className="quiet">{t("useHint")}</p>
      <div className="fields">
        <Field label={t("useAs")} value={as} onValue={(value) => tell({ as: value.toUpperCase(), purpose, at })} />
        <Field label={t("usePurpose")} value={purpose} onValue={(value) => tell({ as, purpose: value, at })} />
        <Field label={t("at")} type="datetime-local" value={at} onValue={(value) => tell({ as, purpose, at: value })} />
      </div>
      {onAgain && (
        <button type="button" onClick={onAgain}>
          {t("again")}
        </button>
      )}
    </details>
  );
}
