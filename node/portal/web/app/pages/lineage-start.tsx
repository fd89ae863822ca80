import { Button, DatePicker, Form, Input, Select, Slider, Space, Upload } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { findByRecordId } from "../../../../../sdk/client/routes/lineage-walk.ts";
import { isHex, type Hex } from "../../../../../sdk/protocol/bytes.ts";
import { parseEvidenceBytes } from "../../../../../sdk/protocol/evidence.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { useDoing } from "../doing.tsx";
import { useFormat } from "../format.tsx";
import { APP_TEXTS } from "../texts.ts";
import { LINEAGE_TEXTS } from "./lineage-texts.ts";

export interface Place {
  readonly scope: Hex;
  readonly seq: number;
}

/** Which record to begin at: by its id, by its place (`scope/number`), or by an evidence file. */
export function StartForm({
  initial,
  onPlace,
}: {
  readonly initial: string;
  readonly onPlace: (place: Place) => void;
}) {
  const t = useTexts(LINEAGE_TEXTS);
  const app = useTexts(APP_TEXTS);
  const { language } = useLanguage();
  const { busy, run, failure } = useDoing();
  const find = async (text: string) => {
    const [scope, seq] = text.split("/");
    if (seq !== undefined && isHex(scope) && /^\d{1,13}$/.test(seq)) return onPlace({ scope, seq: Number(seq) });
    onPlace(await clientFor(language).call(findByRecordId, { params: { record: text as Hex } })); // The form's rule says so.
  };
  const read = async (file: Blob) => {
    const { scope, seq } = parseEvidenceBytes(new Uint8Array(await file.arrayBuffer())).header;
    onPlace({ scope, seq });
  };
  return (
    <>
      <Form<{ start: string }>
        layout="vertical"
        initialValues={{ start: initial }}
        onFinish={({ start }) => void run(() => find(start.trim()))}
      >
        <Form.Item
          name="start"
          label={t("startLabel")}
          rules={[
            { required: true, message: app("required") },
            { pattern: /^\s*0x[0-9a-f]{64}(?:\/\d{1,13})?\s*$/, message: t("startBad") },
          ]}
        >
          <Input spellCheck={false} />
        </Form.Item>
        <Space wrap>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t("go")}
          </Button>
          <Upload
            accept=".json"
            showUploadList={false}
            beforeUpload={(file) => {
              void run(() => read(file));
              return false;
            }}
          >
            <Button>{t("startFile")}</Button>
          </Upload>
        </Space>
      </Form>
      {failure}
    </>
  );
}

const WEEK_SECONDS = 7 * 86_400;
const STEPS = 200;

interface AsOfProps {
  /** Seconds; undefined: now. */
  readonly asOf: number | undefined;
  /** When the first of the records seen was anchored, seconds. */
  readonly earliest: number | undefined;
  readonly onAsOf: (asOf: number | undefined) => void;
}

/** The moment that is asked about: a slider over what was seen, a day and time, and two moments that are often meant. */
export function AsOf({ asOf, earliest, onAsOf }: AsOfProps) {
  const t = useTexts(LINEAGE_TEXTS);
  const format = useFormat();
  const [now] = useState(() => Math.floor(Date.now() / 1000));
  const from = Math.min(earliest ?? now - WEEK_SECONDS, asOf ?? now);
  const step = Math.max(1, Math.ceil((now - from) / STEPS));
  return (
    <Form layout="vertical" component="div">
      <Form.Item label={`${t("asOf")}: ${asOf === undefined ? t("now") : format.time(asOf)}`}>
        <Slider
          key={asOf ?? "now"}
          min={from}
          max={now}
          step={step}
          defaultValue={asOf ?? now}
          tooltip={{ formatter: (value) => (value === undefined ? "" : format.time(value)) }}
          ariaLabelForHandle={t("asOf")}
          onChangeComplete={(value) => onAsOf(value + step > now ? undefined : value)}
        />
        <Space wrap>
          <Button size="small" onClick={() => onAsOf(undefined)}>
            {t("now")}
          </Button>
          <Button size="small" onClick={() => onAsOf(now - WEEK_SECONDS)}>
            {t("lastWeek")}
          </Button>
          <DatePicker
            showTime
            aria-label={t("asOf")}
            value={asOf === undefined ? null : dayjs.unix(asOf)}
            onChange={(moment) => onAsOf(moment === null ? undefined : moment.unix())}
          />
        </Space>
      </Form.Item>
    </Form>
  );
}

interface FilterProps {
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: readonly string[];
  readonly nameOf: (value: string) => string;
  readonly onChosen: (values: readonly string[]) => void;
}

export function Filter({ label, values, chosen, nameOf, onChosen }: FilterProps) {
  return (
    <Select
      mode="multiple"
      allowClear
      aria-label={label}
      placeholder={label}
      style={{ minWidth: 200 }}
      value={[...chosen]}
      onChange={onChosen}
      options={[...new Set(values)].map((value) => ({ value, label: nameOf(value) }))}
    />
  );
}
