import { useState } from "react";
import { useTexts } from "../shared/language.tsx";
import { Fact } from "./atoms.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import { addressFor, keepEndpoints, keepTrust, loadChosen, parseEndpoints } from "./trust.ts";
import type { Verifier } from "./verifier.ts";

/** What this page believes, and where it asks: shown, and for the person to replace. */
export function TrustPanel({ verifier }: { readonly verifier: Verifier }) {
  const t = useTexts(VERIFY_TEXTS);
  const { engine, chosen, trust } = verifier;
  const [bad, setBad] = useState(false);
  if (typeof engine === "string" || chosen === undefined) return null;
  const replace = async (file: File | undefined) => {
    if (file === undefined) return;
    const text = await file.text();
    try {
      engine.parseTrustBytes(new TextEncoder().encode(text));
    } catch {
      return setBad(true);
    }
    setBad(false);
    keepTrust(text);
    keepEndpoints([]);
    location.assign(addressFor(engine.parseTrustBytes(new TextEncoder().encode(text)).rpc));
  };
  const restore = async () => {
    keepTrust(undefined);
    keepEndpoints([]);
    verifier.choose(await loadChosen());
  };
  return (
    <details className="panel" open={typeof trust !== "object"}>
      <summary>{t("trust")}</summary>
      <p>{t("trustExplained")}</p>
      {typeof trust === "object" ? (
        <dl className="facts">
          <Fact name={t("trust")}>{t(chosen.trust?.from === "own" ? "trustOwn" : "trustNode")}</Fact>
          <Fact name={t("ledger")}>
            <code>{engine.trustedLedger(trust)}</code>
          </Fact>
          <Fact name={t("chainId")}>{trust.ledger.chainId}</Fact>
          <Fact name={t("genesis")}>
            <code>{trust.ledger.genesis}</code>
          </Fact>
          <Fact name={t("directory")}>
            <code>{trust.ledger.directory}</code>
          </Fact>
        </dl>
      ) : (
        <p className="notice" role="alert">
          {t(trust === "bad" ? "trustBad" : "trustMissing")}
        </p>
      )}
      <p className="actions">
        <label className="button">
          {t("trustReplace")}
          <input
            type="file"
            accept=".json,application/json"
            onChange={(event) => void replace(event.target.files?.[0])}
          />
        </label>
        {chosen.trust?.from === "own" && (
          <button type="button" onClick={() => void restore()}>
            {t("trustRestore")}
          </button>
        )}
      </p>
      {bad && <p role="alert">{t("trustBad")}</p>}
      <Endpoints verifier={verifier} />
      <p className="quiet">{t("honest")}</p>
    </details>
  );
}

function Endpoints({ verifier }: { readonly verifier: Verifier }) {
  const t = useTexts(VERIFY_TEXTS);
  const [text, setText] = useState(verifier.endpoints.join("\n"));
  const [bad, setBad] = useState(false);
  const use = () => {
    const endpoints = parseEndpoints(text);
    setBad(endpoints === undefined);
    if (endpoints === undefined) return;
    keepEndpoints(endpoints);
    location.assign(addressFor(endpoints));
  };
  return (
    <>
      <label className="field">
        {t("endpoints")}
        <textarea rows={2} value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} />
      </label>
      <p className="actions">
        <button type="button" onClick={use}>
          {t("endpointsSave")}
        </button>
        <span className="quiet">{t("endpointsReload")}</span>
      </p>
      {bad && <p role="alert">{t("endpointsBad")}</p>}
    </>
  );
}
