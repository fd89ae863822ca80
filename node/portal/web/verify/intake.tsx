import { useEffect, useId, useRef, useState } from "react";
import { useTexts } from "../shared/language.tsx";
import { VERIFY_TEXTS } from "./texts.ts";
import type { Engine, Source, Verifier } from "./verifier.ts";

interface IntakeProps {
  readonly verifier: Verifier;
  readonly onFiles: (sources: readonly Source[]) => void;
  /** In another site's page: nothing but the field. */
  readonly compact?: boolean;
}

/** Where a file comes in: dropped, chosen or pasted. A file given before the verifier is loaded waits for it. */
export function Intake({ verifier: { engine }, onFiles, compact = false }: IntakeProps) {
  const t = useTexts(VERIFY_TEXTS);
  const id = useId();
  const [over, setOver] = useState(false);
  const [waiting, setWaiting] = useState<readonly File[]>([]);
  const receive = useRef(onFiles);
  useEffect(() => {
    receive.current = onFiles;
  });
  useEffect(() => {
    if (typeof engine === "string" || waiting.length === 0) return;
    setWaiting([]);
    void readAll(engine, waiting).then((sources) => receive.current(sources));
  }, [engine, waiting]);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      const files = [...(event.clipboardData?.files ?? [])];
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (files.length > 0) setWaiting(files);
      else if (text.trimStart().startsWith("{")) receive.current([pasted(text)]);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);
  return (
    <div className="no-print">
      <div
        className={`drop${over ? " over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          setWaiting([...event.dataTransfer.files]);
        }}
      >
        <input
          id={id}
          type="file"
          multiple
          accept=".json,application/json"
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            setWaiting([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
        <label htmlFor={id}>
          <strong>{t("drop")}</strong>
        </label>
        <span id={`${id}-hint`} className="quiet">
          {waiting.length > 0 && engine === "loading" ? t("loading") : t("dropHint")}
        </span>
      </div>
      {!compact && <PasteField onText={(text) => onFiles([pasted(text)])} ready={typeof engine !== "string"} />}
    </div>
  );
}

function PasteField({ onText, ready }: { readonly onText: (text: string) => void; readonly ready: boolean }) {
  const t = useTexts(VERIFY_TEXTS);
  const [text, setText] = useState("");
  return (
    <details className="panel">
      <summary>{t("paste")}</summary>
      <label className="field">
        {t("pasteLabel")}
        <textarea rows={4} value={text} spellCheck={false} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="button" disabled={!ready || text.trim() === ""} onClick={() => onText(text)}>
        {t("pasteGo")}
      </button>
    </details>
  );
}

const pasted = (text: string): Source => ({ name: "evidence.json", bytes: new TextEncoder().encode(text) });

const readAll = (engine: Engine, files: readonly File[]): Promise<Source[]> =>
  Promise.all(files.map(async (file) => ({ name: file.name, bytes: await engine.readBeginning(file) })));
