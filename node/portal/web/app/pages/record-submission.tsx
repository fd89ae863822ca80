import { Modal, Progress } from "antd";
import { useMemo, useState } from "react";
import type { ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { submitRecords, type LineOutcome } from "../../../../../sdk/client/routes/records.ts";
import { utf8 } from "../../../../../sdk/protocol/bytes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { uploadingClient } from "../client.ts";
import { useDoing } from "../doing.tsx";
import { useFormat } from "../format.tsx";
import { APP_TEXTS } from "../texts.ts";
import { RECORD_TEXTS } from "./record-texts.ts";

const SHOWN_REFUSALS = 10;
/** Lines of one request: what was answered is known after each. */
const LINES_AT_ONCE = 500;

interface Group {
  /** Number of its first line. */
  readonly first: number;
  readonly bytes: Uint8Array;
}

function groupsOf(lines: readonly string[]): readonly Group[] {
  const groups: Group[] = [];
  for (let first = 0; first < lines.length; first += LINES_AT_ONCE)
    groups.push({ first, bytes: utf8(`${lines.slice(first, first + LINES_AT_ONCE).join("\n")}\n`) });
  return groups;
}

interface SubmissionProps {
  readonly resource: ResourceView;
  readonly lines: readonly string[];
  readonly onClose: (isDone: boolean) => void;
}

/** Sends in groups and tells how far it is, in bytes and in records; sending the same again is harmless. */
export function Submission({ resource, lines, onClose }: SubmissionProps) {
  const t = useTexts(RECORD_TEXTS);
  const app = useTexts(APP_TEXTS);
  const format = useFormat();
  const { language } = useLanguage();
  const [outcomes, setOutcomes] = useState<readonly LineOutcome[]>([]);
  const [sentBytes, setSentBytes] = useState(0);
  const [isOver, setOver] = useState(false);
  const { busy, run, failure } = useDoing();
  const groups = useMemo(() => groupsOf(lines), [lines]);
  const totalBytes = groups.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const send = async () => {
    const all: LineOutcome[] = [];
    let before = 0;
    for (const { first, bytes } of groups) {
      const client = uploadingClient(language, (sent) => setSentBytes(before + sent));
      const body = { mediaType: "application/x-ndjson", bytes } as const;
      const answers = await client.call(submitRecords, { params: { id: resource.id }, body });
      for await (const answer of answers) all.push({ ...answer, line: answer.line + first });
      before += bytes.length;
      setSentBytes(before);
      setOutcomes([...all]);
    }
    setOver(true);
  };
  const accepted = outcomes.filter(({ outcome }) => outcome === "accepted");
  const duplicates = accepted.filter((one) => one.outcome === "accepted" && one.duplicate).length;
  const refused = outcomes.filter((one) => one.outcome === "refused");
  const words = t("progress", {
    done: format.number(outcomes.length),
    total: format.number(lines.length),
    sent: format.bytes(sentBytes),
    size: format.bytes(totalBytes),
  });
  return (
    <Modal
      open
      title={t("confirm", { count: lines.length, resource: resource.name })}
      okText={app(isOver ? "close" : "do")}
      cancelText={app("cancel")}
      okButtonProps={{ loading: busy }}
      onOk={() => (isOver ? onClose(refused.length === 0) : void run(send))}
      onCancel={() => onClose(false)}
    >
      <p>{t("confirmHow")}</p>
      {(busy || isOver) && (
        <>
          <Progress percent={Math.floor((sentBytes / totalBytes) * 100)} aria-label={words} />
          <p className="sent">{words}</p>
        </>
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
          {refused.slice(0, SHOWN_REFUSALS).map((one) => (
            <li key={one.line}>{t("refusedLine", { line: one.line + 1, title: one.title, remedy: one.remedy })}</li>
          ))}
        </ul>
      </div>
      {failure}
    </Modal>
  );
}
