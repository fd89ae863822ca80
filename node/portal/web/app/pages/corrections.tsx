import { Button, Descriptions, Form, Input, Modal, Space } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import {
  answerCorrection,
  getCorrectionEvidence,
  listCorrections,
  type CorrectionView,
} from "../../../../../sdk/client/routes/corrections.ts";
import type { Hex } from "../../../../../sdk/protocol/bytes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { actionOf, useAct, type Action } from "../act.tsx";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { useDoing } from "../doing.tsx";
import { patternTitle } from "../fields.ts";
import { Id, Mark, useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { CORRECTION_TEXTS } from "./correction-texts.ts";

const COLOURS = { undelivered: "blue", waiting: "blue", invalid: "red", corrected: "green", refused: "gold" } as const;

/** What was said to be wrong with received records, by this department and of its own; and what can be done about it. */
export function Corrections({ agreement }: { readonly agreement?: Hex }) {
  const t = useTexts(CORRECTION_TEXTS);
  const session = useOperator();
  const may = session?.may.includes(listCorrections.id) ?? false;
  const query = agreement === undefined ? {} : { agreement };
  const corrections = useAnswer(listCorrections, may ? { query } : undefined);
  const act = useAct(corrections.reload);
  if (!may) return null;
  return (
    <Shown of={corrections} isEmpty={({ corrections: all }) => all.length === 0} empty={t("none")}>
      {({ corrections: all }) => (
        <div className="stack">
          {all.map((one) => (
            <Correction key={one.id} correction={one} isAlone={agreement !== undefined} onAction={act.show} />
          ))}
          {act.dialog}
        </div>
      )}
    </Shown>
  );
}

interface CorrectionProps {
  readonly correction: CorrectionView;
  /** Shown where its agreement is. */
  readonly isAlone: boolean;
  readonly onAction: (action: Action) => void;
}

function Correction({ correction, isAlone, onAction }: CorrectionProps) {
  const t = useTexts(CORRECTION_TEXTS);
  const format = useFormat();
  const departmentOf = useDepartmentNames();
  const { id, side, state, code, department, agreement, about, fields, text, at, answer } = correction;
  return (
    <article>
      <Descriptions
        bordered
        size="small"
        column={{ xs: 1, md: 2 }}
        items={[
          { key: "side", label: t("side"), children: t(`side_${side}`) },
          { key: "department", label: t("department"), children: departmentOf(department) },
          {
            key: "state",
            label: t("state"),
            children: (
              <>
                <Mark colour={COLOURS[state]}>{t(`state_${state}`)}</Mark> {code !== undefined && <code>{code}</code>}
              </>
            ),
          },
          { key: "at", label: t("at"), children: format.time(at) },
          {
            key: "about",
            label: t("about"),
            children: (
              <>
                {t("record", { seq: about.seq })} <Id value={about.record} />
              </>
            ),
          },
          {
            key: "fields",
            label: t("wrongFields"),
            children: fields.length === 0 ? t("whole") : fields.map(patternTitle).join("、"),
          },
          { key: "text", label: t("what"), children: text },
          {
            key: "answer",
            label: t("answer"),
            children:
              answer === undefined ? (
                "—"
              ) : (
                <>
                  {answer.basis ?? (answer.successor && t("successor", { seq: answer.successor.seq }))}
                  {" · "}
                  {format.time(answer.at)}
                </>
              ),
          },
          ...(isAlone
            ? []
            : [
                {
                  key: "agreement",
                  label: t("agreement"),
                  children: <Link to={`/sharing/${agreement}`}>{agreement.slice(0, 10)}…</Link>,
                },
              ]),
          { key: "id", label: "ID", children: <Id value={id} /> },
        ]}
      />
      <Doings correction={correction} onAction={onAction} />
    </article>
  );
}

function Doings({ correction: { id, side, answer, department, text }, onAction }: Omit<CorrectionProps, "isAlone">) {
  const t = useTexts(CORRECTION_TEXTS);
  const session = useOperator();
  const departmentOf = useDepartmentNames();
  const { language } = useLanguage();
  const [refusing, setRefusing] = useState(false);
  const { busy, run, failure } = useDoing();
  const params = { id };
  const names = { department: departmentOf(department) };
  const isOurs =
    side === "provider" && answer === undefined && (session?.mayAsk.includes(answerCorrection.id) ?? false);
  const hasEvidence = side === "provider" || answer !== undefined;
  const save = async () =>
    saveJson(`${id.slice(2, 12)}.evidence.json`, await clientFor(language).call(getCorrectionEvidence, { params }));
  return (
    <p>
      <Space wrap>
        {isOurs && (
          <>
            <Button
              type="primary"
              title={t("correctedHow")}
              onClick={() =>
                onAction(
                  actionOf(
                    answerCorrection,
                    { params, body: { decision: "corrected" } },
                    {
                      title: t("correctedFact", names),
                      facts: [
                        { name: t("what"), value: text },
                        { name: t("answer"), value: t("correctedHow") },
                      ],
                    },
                  ),
                )
              }
            >
              {t("corrected")}
            </Button>
            <Button danger onClick={() => setRefusing(true)}>
              {t("refuse")}
            </Button>
          </>
        )}
        {hasEvidence && (
          <Button loading={busy} onClick={() => void run(save)}>
            {t("evidence")}
          </Button>
        )}
      </Space>
      {failure}
      {refusing && (
        <Refusal
          onClose={() => setRefusing(false)}
          onBasis={(basis) => {
            setRefusing(false);
            onAction(
              actionOf(
                answerCorrection,
                { params, body: { decision: "refused", basis } },
                {
                  title: t("refuseFact", names),
                  facts: [
                    { name: t("what"), value: text },
                    { name: t("basis"), value: basis },
                  ],
                },
              ),
            );
          }}
        />
      )}
    </p>
  );
}

function Refusal({ onBasis, onClose }: { readonly onBasis: (basis: string) => void; readonly onClose: () => void }) {
  const t = useTexts(CORRECTION_TEXTS);
  const app = useTexts(APP_TEXTS);
  const [form] = Form.useForm<{ basis: string }>();
  return (
    <Modal
      open
      title={t("refuse").replace("…", "")}
      okText={t("next")}
      cancelText={app("cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" onFinish={({ basis }) => onBasis(basis)}>
        <Form.Item name="basis" label={t("basis")} rules={[{ required: true, message: app("required") }]}>
          <Input.TextArea rows={4} maxLength={1000} showCount />
        </Form.Item>
      </Form>
    </Modal>
  );
}
