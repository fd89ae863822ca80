import { DatePicker, Form, Input, InputNumber, Select } from "antd";
import type { Dayjs } from "dayjs";
import { appendDeadlines, setCalendar, setListEntry } from "../../../../../sdk/client/routes/administration.ts";
import { listResources } from "../../../../../sdk/client/routes/catalogue.ts";
import { listDepartments } from "../../../../../sdk/client/routes/departments.ts";
import type { BodyOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { actionOf, type Action } from "../act.tsx";
import { useAnswer } from "../data.tsx";
import { useDepartmentNames, useResourceNames } from "../directory.ts";
import { useFormat } from "../format.tsx";
import { APP_TEXTS } from "../texts.ts";
import { Dialog } from "./admin-department-forms.tsx";
import { ADMIN_TEXTS } from "./admin-texts.ts";

interface FormProps {
  readonly onAction: (action: Action) => void;
  readonly onClose: () => void;
}

const DIGEST = /^0x[0-9a-f]{64}$/;
/** The beginning of a day in China, seconds. */
const dayBegins = (day: Dayjs): number => Date.parse(`${day.format("YYYY-MM-DD")}T00:00:00+08:00`) / 1000;

function useRules() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(ADMIN_TEXTS);
  const required = { required: true, message: app("required") };
  return { required: [required], digest: [required, { pattern: DIGEST, message: t("form") }] };
}

type Entry = Omit<BodyOf<typeof setListEntry>, "until"> & { readonly until?: Dayjs | null };

/** The authority puts a department on a list, or takes it off. */
export function ListEntryDialog({ onAction, onClose }: FormProps) {
  const t = useTexts(ADMIN_TEXTS);
  const format = useFormat();
  const rules = useRules();
  const departmentOf = useDepartmentNames();
  const resourceOf = useResourceNames();
  const departments = useAnswer(listDepartments, {}).loaded;
  const resources = useAnswer(listResources, {}).loaded;
  const [form] = Form.useForm<Entry>();
  const finish = ({ department, resource, kind, reason, until }: Entry) => {
    // The last day counts.
    const ends = until ? dayBegins(until) + 86_400 : undefined;
    const body = {
      department,
      kind,
      reason,
      ...(resource && { resource }),
      ...(ends !== undefined && { until: ends }),
    };
    onAction(
      actionOf(
        setListEntry,
        { body },
        {
          title: t("listFact", { name: departmentOf(department), list: t(`list_${kind}`) }),
          facts: [
            { name: t("department"), value: `${departmentOf(department)} ${department}` },
            { name: t("resource"), value: resource ? resourceOf(resource) : t("everyResource") },
            { name: t("list"), value: t(`list_${kind}`) },
            { name: t("reason"), value: reason },
            { name: t("until"), value: ends === undefined ? t("noEnd") : format.time(ends) },
          ],
        },
      ),
    );
  };
  return (
    <Dialog title={t("setList")} form={form} onClose={onClose}>
      <Form form={form} layout="vertical" initialValues={{ kind: "deny", reason: 1 }} onFinish={finish}>
        <Form.Item name="department" label={t("department")} rules={rules.required}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={(departments.state === "there" ? departments.value.departments : []).map(({ id, name }) => ({
              value: id,
              label: name,
            }))}
          />
        </Form.Item>
        <Form.Item name="resource" label={t("resourceOrAll")}>
          <Select
            allowClear
            options={(resources.state === "there" ? resources.value.resources : []).map(({ id, name }) => ({
              value: id,
              label: name,
            }))}
          />
        </Form.Item>
        <Form.Item name="kind" label={t("list")} rules={rules.required}>
          <Select
            options={(["deny", "allow", "none"] as const).map((value) => ({ value, label: t(`list_${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t("reason")} rules={rules.required}>
          <InputNumber min={1} max={65_534} precision={0} />
        </Form.Item>
        <Form.Item name="until" label={t("lastDay")}>
          <DatePicker disabledDate={(day) => day.valueOf() < Date.now()} />
        </Form.Item>
      </Form>
    </Dialog>
  );
}

interface CalendarValues {
  readonly year: number;
  readonly off?: string;
  readonly worked?: string;
  readonly source: string;
}

const datesOf = (text = ""): string[] => text.split(/[\s,、]+/).filter((part) => part !== "");

/** The authority enters a year's calendar from the notice; the weekends are known. */
export function CalendarDialog({ onAction, onClose }: FormProps) {
  const t = useTexts(ADMIN_TEXTS);
  const rules = useRules();
  const [form] = Form.useForm<CalendarValues>();
  const dates = {
    validator: (_: unknown, text?: string) =>
      datesOf(text).every((date) => /^\d{4}-\d{2}-\d{2}$/.test(date))
        ? Promise.resolve()
        : Promise.reject(new Error(t("form"))),
  };
  const finish = ({ year, source, ...lists }: CalendarValues) => {
    const [off, worked] = [datesOf(lists.off), datesOf(lists.worked)];
    onAction(
      actionOf(
        setCalendar,
        { body: { year, off, worked, source: source as `0x${string}` } }, // The rule has checked its form.
        {
          title: t("calendarFact", { year }),
          facts: [
            { name: t("off"), value: off.join("、") || "—" },
            { name: t("works"), value: worked.join("、") || "—" },
            { name: t("source"), value: source },
          ],
        },
      ),
    );
  };
  return (
    <Dialog title={t("setCalendar")} form={form} onClose={onClose}>
      <Form form={form} layout="vertical" initialValues={{ year: new Date().getFullYear() + 1 }} onFinish={finish}>
        <Form.Item name="year" label={t("year")} rules={rules.required}>
          <InputNumber min={2000} max={2199} precision={0} />
        </Form.Item>
        <Form.Item name="off" label={t("off")} rules={[dates]} extra={t("datesHow")}>
          <Input.TextArea rows={3} />
        </Form.Item>
        <Form.Item name="worked" label={t("works")} rules={[dates]} extra={t("datesHow")}>
          <Input.TextArea rows={2} />
        </Form.Item>
        <Form.Item name="source" label={t("source")} rules={rules.digest}>
          <Input spellCheck={false} />
        </Form.Item>
      </Form>
    </Dialog>
  );
}

const PERIODS = ["replyUnconditional", "replyConditional", "supply", "settlement"] as const;
type DeadlineValues = Omit<BodyOf<typeof appendDeadlines>, "effectiveFrom"> & { readonly effectiveFrom: Dayjs };

/** The authority appends deadlines for applications from a day on. */
export function DeadlinesDialog({ onAction, onClose }: FormProps) {
  const t = useTexts(ADMIN_TEXTS);
  const format = useFormat();
  const rules = useRules();
  const [form] = Form.useForm<DeadlineValues>();
  const finish = (values: DeadlineValues) => {
    const effectiveFrom = dayBegins(values.effectiveFrom);
    onAction(
      actionOf(
        appendDeadlines,
        { body: { ...values, effectiveFrom } },
        {
          title: t("deadlinesFact"),
          facts: [
            ...PERIODS.map((name) => ({ name: t(name), value: values[name] })),
            { name: t("effectiveFrom"), value: format.date(effectiveFrom) },
            { name: t("source"), value: values.source },
          ],
        },
      ),
    );
  };
  return (
    <Dialog title={t("appendDeadlines")} form={form} onClose={onClose}>
      <Form form={form} layout="vertical" onFinish={finish}>
        {PERIODS.map((name) => (
          <Form.Item key={name} name={name} label={t(name)} rules={rules.required}>
            <InputNumber min={1} max={250} precision={0} />
          </Form.Item>
        ))}
        <Form.Item name="effectiveFrom" label={t("effectiveFrom")} rules={rules.required}>
          <DatePicker disabledDate={(day) => day.valueOf() < Date.now()} />
        </Form.Item>
        <Form.Item name="source" label={t("source")} rules={rules.digest}>
          <Input spellCheck={false} />
        </Form.Item>
      </Form>
    </Dialog>
  );
}
