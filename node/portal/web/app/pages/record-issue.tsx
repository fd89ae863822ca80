import { Alert, Button, Input, Upload } from "antd";
import { useDeferredValue, useMemo, useState } from "react";
import { describeResource, type ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { parseSchema } from "../../../../../sdk/protocol/schema.ts";
import type { JsonObject } from "../../../../../sdk/protocol/json.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useFormat } from "../format.tsx";
import { judgeLines, type LineFault } from "../record-lines.ts";
import { RecordForm } from "./record-form.tsx";
import { Submission } from "./record-submission.tsx";
import { RECORD_TEXTS } from "./record-texts.ts";

const SHOWN_FAULTS = 10;
/** A longer file is not shown as text: a field of that length is not usable. */
const MOST_TYPED_BYTES = 500_000;

export function IssueRecords({ resource }: { readonly resource: ResourceView }) {
  const described = useAnswer(describeResource, { params: { id: resource.id } });
  return <Shown of={described}>{({ schema }) => <Editor resource={resource} schema={schema} />}</Shown>;
}

interface EditorProps {
  readonly resource: ResourceView;
  readonly schema: JsonObject;
}

interface LongFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly text: string;
}

/** Records as text, judged as they are typed; nothing is sent before it was looked at. */
function Editor({ resource, schema: json }: EditorProps) {
  const t = useTexts(RECORD_TEXTS);
  const [text, setText] = useState("");
  const [file, setFile] = useState<LongFile>();
  const [confirming, setConfirming] = useState(false);
  const schema = useMemo(() => parseSchema(json), [json]);
  const format = useFormat();
  const typed = useDeferredValue(file?.text ?? text);
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
      {file === undefined ? (
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
      ) : (
        <p>
          {t("longFile", { name: file.name, size: format.bytes(file.sizeBytes) })}{" "}
          <Button size="small" onClick={() => setFile(undefined)}>
            {t("withoutFile")}
          </Button>
        </p>
      )}
      <div role="status" aria-live="polite">
        {isGood && <Alert type="success" showIcon title={t("good", { count: lines.length })} />}
        {faults.length > 0 && <Alert type="error" showIcon title={<Faults faults={faults} />} />}
      </div>
      <p className="bar">
        <Upload
          accept=".json,.ndjson,.jsonl"
          showUploadList={false}
          beforeUpload={async (given) => {
            const read = await given.text();
            const isLong = given.size > MOST_TYPED_BYTES;
            setFile(isLong ? { name: given.name, sizeBytes: given.size, text: read } : undefined);
            if (!isLong) setText(read);
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
            if (!isDone) return;
            setText("");
            setFile(undefined);
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
