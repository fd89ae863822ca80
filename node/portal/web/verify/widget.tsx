import { createRoot } from "react-dom/client";
import { LanguageProvider, useTexts } from "../shared/language.tsx";
import { Intake } from "./intake.tsx";
import { Results } from "./results.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import { useVerifier } from "./verifier.ts";
import "./verify.css";

/** The verifier in another site's page: a field and what was found. */
function Widget() {
  const t = useTexts(VERIFY_TEXTS);
  const verifier = useVerifier();
  return (
    <main className="widget">
      <h1>{t("title")}</h1>
      <p className="quiet">{t("lead")}</p>
      {verifier.engine === "failed" && <p role="alert">{t("loadFailed")}</p>}
      <Intake
        compact
        verifier={verifier}
        onFiles={(sources) => verifier.verify(sources, { policy: { name: "authentic" } })}
      />
      <Results verifier={verifier} />
      <p>
        <a href="/" target="_blank" rel="noopener noreferrer">
          {t("full")}
        </a>
      </p>
    </main>
  );
}

const root = document.getElementById("root");
if (root === null) throw new TypeError("the page has no root");
createRoot(root).render(
  <LanguageProvider>
    <Widget />
  </LanguageProvider>,
);
