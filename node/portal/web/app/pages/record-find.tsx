import { Button, Descriptions, Form, Input, InputNumber, Modal, QRCode, Select, Space } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { describeNode } from "../../../../../sdk/client/routes/node.ts";
import {
  changeStatus,
  findRecord,
  getEvidence,
  STATUS_STATES,
  type RecordViewAnswer,
} from "../../../../../sdk/client/routes/records.ts";
import { recordCode } from "../../../../../sdk/protocol/record-code.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { actionOf, useAct, type Action } from "../act.tsx";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useDoing } from "../doing.tsx";
import { Id, State, useFormat, useWord } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { RECORD_TEXTS } from "./record-texts.ts";

/** One record by its business key: where it stands, its code, its evidence, a change of its status. */
export function FindRecord({ resource }: { readonly resource: ResourceView }) {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(RECORD_TEXTS);
  const [key, setKey] = useState<string>();
  const found = useAnswer(findRecord, key === undefined ? undefined : { params: { id: resource.id }, body: { key } });
  return (
    <>
      <Form<{ key: string }> layout="inline" onFinish={(values) => setKey(values.key.trim())}>
        <Form.Item name="key" label={t("key")} rules={[{ required: true, message: app("required") }]}>
          <Input spellCheck={false} />
        </Form.Item>
        <Button type="primary" htmlType="submit">
          {app("search")}
        </Button>
      </Form>
      {key !== undefined && <Shown of={found}>{(record) => <Found record={record} onChanged={found.reload} />}</Shown>}
    </>
  );
}

function Found({ record, onChanged }: { readonly record: RecordViewAnswer; readonly onChanged: () => void }) {
  const t = useTexts(RECORD_TEXTS);
  const format = useFormat();
  const { language } = useLanguage();
  const session = useOperator();
  const node = useAnswer(describeNode, {});
  const [asking, setAsking] = useState(false);
  const act = useAct(onChanged);
  const { busy, run, failure } = useDoing();
  const { scope, seq, batch, validFrom, validUntil } = record;
  const params = { scope, seq };
  const save = async () =>
    saveJson(`${scope.slice(2, 10)}-${seq}.evidence.json`, await clientFor(language).call(getEvidence, { params }));
  const day = (seconds: number | undefined) => (seconds === undefined ? t("openEnded") : format.date(seconds));
  return (
    <div className="stack">
      <Descriptions
        bordered
        size="small"
        column={{ xs: 1, md: 2 }}
        items={[
          { key: "seq", label: t("number"), children: seq },
          { key: "kind", label: t("kind"), children: record.kind },
          { key: "state", label: t("progressState"), children: <State kind="progress" code={record.state} /> },
          { key: "issued", label: t("issuedAt"), children: format.time(record.issuedAt) },
          { key: "valid", label: t("validity"), children: `${day(validFrom)} – ${day(validUntil)}` },
          {
            key: "anchored",
            label: t("anchored"),
            children: batch?.block === undefined ? "—" : t("block", { block: batch.block }),
          },
          { key: "id", label: "ID", children: <Id value={record.record} /> },
        ]}
      />
      <Space wrap align="start">
        {node.loaded.state === "there" && (
          <figure>
            <QRCode value={recordCode({ ledger: node.loaded.value.ledger.id, scope, seq, record: record.record })} />
            <figcaption>{t("code")}</figcaption>
          </figure>
        )}
        <Button loading={busy} onClick={() => void run(save)}>
          {t("evidence")}
        </Button>
        {session?.may.includes("traceRecord") && (
          <Link to={`/lineage?scope=${scope}&seq=${seq}`}>
            <Button>{t("lineage")}</Button>
          </Link>
        )}
        {session?.mayAsk.includes(changeStatus.id) && (
          <Button danger onClick={() => setAsking(true)}>
            {t("change")}
          </Button>
        )}
      </Space>
      {failure}
      {asking && (
        <StatusDialog
          record={record}
          onClose={() => setAsking(false)}
          onAction={(next) => {
            setAsking(false);
            act.show(next);
          }}
        />
      )}
      {act.dialog}
    </div>
  );
}

interface StatusProps {
  readonly record: RecordViewAnswer;
  readonly onClose: () => void;
  readonly onAction: (action: Action) => void;
}

function StatusDialog({ record: { scope, seq }, onClose, onAction }: StatusProps) {
  const t = useTexts(RECORD_TEXTS);
  const app = useTexts(APP_TEXTS);
  const word = useWord();
  const [form] = Form.useForm<{ state: (typeof STATUS_STATES)[number]; reason: number }>();
  const rules = [{ required: true, message: app("required") }];
  return (
    <Modal
      open
      title={t("change").replace("…", "")}
      okText={t("next")}
      cancelText={app("cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ reason: 1 }}
        onFinish={(body) =>
          onAction(
            actionOf(
              changeStatus,
              { params: { scope, seq }, body },
              {
                title: t("changeFact", { seq, state: word("status", body.state) }),
                facts: [
                  { name: t("newState"), value: word("status", body.state) },
                  { name: t("reason"), value: body.reason },
                ],
              },
            ),
          )
        }
      >
        <Form.Item name="state" label={t("newState")} rules={rules}>
          <Select options={STATUS_STATES.map((value) => ({ value, label: word("status", value) }))} />
        </Form.Item>
        <Form.Item name="reason" label={t("reason")} rules={rules}>
          <InputNumber min={1} max={65_534} precision={0} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
