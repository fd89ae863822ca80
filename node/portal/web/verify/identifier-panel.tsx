import { useState } from "react";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Field, OutcomeIcon } from "./atoms.tsx";
import type { Identified } from "./engine.ts";
import { KIND_TEXTS, VERIFY_TEXTS } from "./texts.ts";
import type { Verifier } from "./verifier.ts";

/** Whether an identifier was copied right. That is all it says, and it says so. */
export function IdentifierPanel({ verifier: { engine } }: { readonly verifier: Verifier }) {
  const t = useTexts(VERIFY_TEXTS);
  const kind = useTexts(KIND_TEXTS);
  const { language } = useLanguage();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Identified>();
  return (
    <details className="panel">
      <summary>{t("identifier")}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typeof engine !== "string") setFound(engine.identify(text, Date.now()));
        }}
      >
        <Field
          label={t("identifierLabel")}
          value={text}
          onValue={(value) => {
            setText(value);
            setFound(undefined);
          }}
        />
        <button type="submit" disabled={typeof engine === "string" || text.trim() === ""}>
          {t("identifierGo")}
        </button>
      </form>
      <div role="status">
        {found?.ok === true && (
          <p>
            <OutcomeIcon outcome="pass" /> {t("identifierGood", { kind: kind(found.kind) })}
          </p>
        )}
        {found?.ok === false && (
          <>
            <p>
              <OutcomeIcon outcome="fail" /> {t("identifierBad")}
            </p>
            <ul>
              {found.errors.map((error, i) => (
                <li key={i}>
                  {error.describe(language)} <span className="quiet">{error.remedy(language)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <p className="quiet">{t("identifierNote")}</p>
    </details>
  );
}
