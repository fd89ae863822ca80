import { Alert, Button, Input, Modal, Progress, Upload } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import { describeResource, type ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { submitRecords, type LineOutcome } from "../../../../../sdk/client/routes/records.ts";
import { utf8 } from "../../../../../sdk/protocol/bytes.ts";
import { parseSchema } from "../../../../../sdk/protocol/schema.ts";
import type { JsonObject } from "../../../../../sdk/protocol/json.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { Failure, Shown, useAnswer } from "../data.tsx";
import { judgeLines, type LineFault } from "../record-lines.ts";
import { APP_TEXTS } from "../texts.ts";
import { RecordForm } from "./record-form.tsx";
import { RECORD_TEXTS } from "./record-texts.ts";

const SHOWN_FAULTS = 10;
/** Lines of one request: progress is told after each. */
const LINES_AT_ONCE = 200;

export function IssueRecords({ resource }: { readonly resource: ResourceView }) {
  const described = useAnswer(describeResource, { params: { id: resource.id } });
  return <Shown of={described}>{({ schema }) => <Editor resource={resource} schema={schema} />}</Shown>;
}

interface EditorProps {
  readonly resource: ResourceView;
  readonly schema: JsonObject;
}

/** Records as text, judged as they are typed; nothing is sent before it was looked at. */
function Editor({ resource, schema: json }: EditorProps) {
  const t = useTexts(RECORD_TEXTS);
  const [text, setText] = useState("");
  const [confirming, setConfirming] = useState(false);
  const schema = useMemo(() => parseSchema(json), [json]);
  const typed = useDeferredValue(text);
  const { lines, faults } = useMemo(() => judgeLines(typed, schema), [typed, schema]);
  const isGood = lines.length > 0 && faults.length === 0;
  return (
    <>
      <details>
        <summary>{t("form")}</summary>
        <RecordForm
          json={json}
          schema={schema}
          onAdd={(line) => setText((before) => (before.trim() === "" ? line : `${before.trimEnd()}\n${line}`))}
        />
      </details>
      <label>
        {t("lines")}
        <Input.TextArea
          rows={10}
          value={text}
          spellCheck={false}
          status={faults.length > 0 ? "error" : ""}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div role="status" aria-live="polite">
        {isGood && <Alert type="success" showIcon title={t("good", { count: lines.length })} />}
        {faults.length > 0 && <Alert type="error" showIcon title={<Faults faults={faults} />} />}
      </div>
      <p className="bar">
        <Upload
          accept=".json,.ndjson,.jsonl"
          showUploadList={false}
          beforeUpload={async (file) => {
            setText(await file.text());
            return false;
          }}
        >
          <Button>{t("file")}</Button>
        </Upload>
        <Button type="primary" disabled={!isGood} onClick={() => setConfirming(true)}>
          {t("submit")}
        </Button>
      </p>
      {confirming && (
        <Submission
          resource={resource}
          lines={lines}
          onClose={(isDone) => {
            setConfirming(false);
            if (isDone) setText("");
          }}
        />
      )}
    </>
  );
}

function Faults({ faults }: { readonly faults: readonly LineFault[] }) {
  const t = useTexts(RECORD_TEXTS);
  return (
    <ul>
      {faults.slice(0, SHOWN_FAULTS).map((fault, i) => (
        <li key={i}>
          {fault.kind === "not-json"
            ? t("lineNotJson", { line: fault.line })
            : t(fault.rule === "required" ? "lineMissing" : "lineFault", {
                line: fault.line,
                at: fault.at.slice(1),
                rule: fault.rule,
              })}
        </li>
      ))}
      {faults.length > SHOWN_FAULTS && <li>{t("moreFaults", { count: faults.length - SHOWN_FAULTS })}</li>}
    </ul>
  );
}

interface SubmissionProps {
  readonly resource: ResourceView;
  readonly lines: readonly string[];
  readonly onClose: (isDone: boolean) => void;
}

/** Sends in groups and tells how far it is; sending the same again is harmless. */
function Submission({ resource, lines, onClose }: SubmissionProps) {
  const t = useTexts(RECORD_TEXTS);
  const app = useTexts(APP_TEXTS);
  const { language } = useLanguage();
  const [outcomes, setOutcomes] = useState<readonly LineOutcome[]>([]);
  const [state, setState] = useState<"asked" | "sending" | "over">("asked");
  const [error, setError] = useState<unknown>();
  const send = async () => {
    setState("sending");
    setError(undefined);
    const all: LineOutcome[] = [];
    try {
      for (let first = 0; first < lines.length; first += LINES_AT_ONCE) {
        const some = lines.slice(first, first + LINES_AT_ONCE).join("\n");
        const body = { mediaType: "application/x-ndjson", bytes: utf8(`${some}\n`) } as const;
        const answers = await clientFor(language).call(submitRecords, { params: { id: resource.id }, body });
        for await (const answer of answers) all.push({ ...answer, line: answer.line + first });
        setOutcomes([...all]);
      }
      setState("over");
    } catch (cause) {
      setError(cause);
      setState("asked");
    }
  };
  const accepted = outcomes.filter(({ outcome }) => outcome === "accepted");
  const duplicates = accepted.filter((one) => one.outcome === "accepted" && one.duplicate).length;
  const refused = outcomes.filter((one) => one.outcome === "refused");
  return (
    <Modal
      open
      title={t("confirm", { count: lines.length, resource: resource.name })}
      okText={app(state === "over" ? "close" : "do")}
      cancelText={app("cancel")}
      okButtonProps={{ loading: state === "sending" }}
      onOk={() => (state === "over" ? onClose(refused.length === 0) : void send())}
      onCancel={() => onClose(false)}
    >
      <p>{t("confirmHow")}</p>
      {state !== "asked" && (
        <Progress
          percent={Math.round((outcomes.length / lines.length) * 100)}
          aria-label={t("progress", { done: outcomes.length, total: lines.length })}
        />
      )}
      <div role="status">
        {outcomes.length > 0 && (
          <p>
            {t("accepted", { count: accepted.length })}
            {duplicates > 0 && `,${t("duplicates", { count: duplicates })}`}
            {refused.length > 0 && `,${t("refusedCount", { count: refused.length })}`}
          </p>
        )}
        <ul>
          {refused.slice(0, SHOWN_FAULTS).map((one) => (
            <li key={one.line}>{t("refusedLine", { line: one.line + 1, title: one.title, remedy: one.remedy })}</li>
          ))}
        </ul>
      </div>
      {error !== undefined && <Failure error={error} />}
    </Modal>
  );
}
