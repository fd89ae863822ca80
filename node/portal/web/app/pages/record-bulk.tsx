import { Button, Form, Input, InputNumber, Select } from "antd";
import type { ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { changeStatus, findRecord, STATUS_STATES } from "../../../../../sdk/client/routes/records.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { actionOf, useAct, type Action } from "../act.tsx";
import { clientFor } from "../client.ts";
import { useDoing } from "../doing.tsx";
import { useWord } from "../format.tsx";
import { APP_TEXTS } from "../texts.ts";
import { RECORD_TEXTS } from "./record-texts.ts";

const MOST_KEYS = 200;

interface BulkValues {
  readonly keys: string;
  readonly state: (typeof STATUS_STATES)[number];
  readonly reason: number;
}

/** One change of status for many records: each is found by its key first, and shown before anything is asked for. */
export function BulkStatus({ resource }: { readonly resource: ResourceView }) {
  const t = useTexts(RECORD_TEXTS);
  const app = useTexts(APP_TEXTS);
  const word = useWord();
  const { language } = useLanguage();
  const { busy, run, failure } = useDoing();
  const act = useAct();
  const prepare = async ({ keys, ...body }: BulkValues) => {
    const list = keysOf(keys);
    const client = clientFor(language);
    const found: Action[] = [];
    // One after the other: the first key that is unknown stops it, before anything was asked for.
    for (const key of list) {
      const { scope, seq } = await client.call(findRecord, { params: { id: resource.id }, body: { key } });
      found.push(
        actionOf(
          changeStatus,
          { params: { scope, seq }, body },
          {
            title: t("changeFact", { seq, state: word("status", body.state) }),
            facts: [
              { name: t("key"), value: key },
              { name: t("newState"), value: word("status", body.state) },
              { name: t("reason"), value: body.reason },
            ],
          },
        ),
      );
    }
    act.show(...found);
  };
  const required = { required: true, message: app("required") };
  return (
    <>
      <Form<BulkValues>
        layout="vertical"
        initialValues={{ reason: 1 }}
        onFinish={(values) => void run(() => prepare(values))}
      >
        <Form.Item
          name="keys"
          label={t("keys")}
          rules={[
            required,
            {
              validator: (_, text: string) =>
                keysOf(text).length <= MOST_KEYS ? Promise.resolve() : Promise.reject(new Error()),
              message: t("tooManyKeys", { limit: MOST_KEYS }),
            },
          ]}
        >
          <Input.TextArea rows={6} spellCheck={false} />
        </Form.Item>
        <Form.Item name="state" label={t("newState")} rules={[required]}>
          <Select options={STATUS_STATES.map((value) => ({ value, label: word("status", value) }))} />
        </Form.Item>
        <Form.Item name="reason" label={t("reason")} rules={[required]}>
          <InputNumber min={1} max={65_534} precision={0} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("next")}
        </Button>
      </Form>
      {failure}
      {act.dialog}
    </>
  );
}

const keysOf = (text: string | undefined): readonly string[] => [
  ...new Set(
    (text ?? "")
      .split("\n")
      .map((key) => key.trim())
      .filter((key) => key !== ""),
  ),
];
