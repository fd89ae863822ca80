import { Form, Input, InputNumber, Modal, Select, type FormInstance } from "antd";
import type { ReactNode } from "react";
import {
  admitDepartment,
  LEVELS,
  ROLES,
  setDepartmentStatus,
  type listDepartments,
} from "../../../../../sdk/client/routes/departments.ts";
import type { AnswerOf, BodyOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { actionOf, type Action } from "../act.tsx";
import { useWord } from "../format.tsx";
import { APP_TEXTS } from "../texts.ts";
import { ADMIN_TEXTS } from "./admin-texts.ts";

interface DialogProps {
  readonly onAction: (action: Action) => void;
  readonly onClose: () => void;
}

interface FrameProps<T> {
  readonly title: string;
  readonly form: FormInstance<T>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form whose values are looked at before they are sent. */
export function Dialog<T>({ title, form, onClose, children }: FrameProps<T>) {
  const t = useTexts(ADMIN_TEXTS);
  const app = useTexts(APP_TEXTS);
  return (
    <Modal
      open
      title={title.replace("…", "")}
      okText={t("next")}
      cancelText={app("cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      {children}
    </Modal>
  );
}

type StatusBody = BodyOf<typeof setDepartmentStatus>;

interface StatusProps extends DialogProps {
  readonly department: AnswerOf<typeof listDepartments>["departments"][number];
}

/** The authority suspends, resumes or dissolves a department. */
export function StatusDialog({ department: { id, name }, onAction, onClose }: StatusProps) {
  const t = useTexts(ADMIN_TEXTS);
  const app = useTexts(APP_TEXTS);
  const word = useWord();
  const [form] = Form.useForm<StatusBody>();
  const rules = [{ required: true, message: app("required") }];
  const finish = (body: StatusBody) => {
    const status = word("department", body.status);
    onAction(
      actionOf(
        setDepartmentStatus,
        { params: { id }, body },
        {
          title: t("statusFact", { name, status }),
          facts: [
            { name: t("department"), value: name },
            { name: t("newStatus"), value: status },
            { name: t("reason"), value: body.reason },
          ],
        },
      ),
    );
  };
  return (
    <Dialog title={t("changeStatus")} form={form} onClose={onClose}>
      <Form form={form} layout="vertical" initialValues={{ reason: 1 }} onFinish={finish}>
        <Form.Item name="status" label={t("newStatus")} rules={rules}>
          <Select
            options={(["active", "suspended", "dissolved"] as const).map((value) => ({
              value,
              label: word("department", value),
            }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t("reason")} rules={rules}>
          <InputNumber min={1} max={65_534} precision={0} />
        </Form.Item>
      </Form>
    </Dialog>
  );
}

type Admission = BodyOf<typeof admitDepartment>;

/** The authority admits a department with its chain account and its exchange key. */
export function AdmitDialog({ onAction, onClose }: DialogProps) {
  const t = useTexts(ADMIN_TEXTS);
  const app = useTexts(APP_TEXTS);
  const word = useWord();
  const [form] = Form.useForm<Admission>();
  const required = { required: true, message: app("required") };
  const formed = (pattern: RegExp) => [required, { pattern, message: t("form") }];
  const finish = (body: Admission) =>
    onAction(
      actionOf(
        admitDepartment,
        { body },
        {
          title: t("admitFact", { name: body.name }),
          facts: [
            { name: t("uscc"), value: body.id },
            { name: t("role"), value: word("role", body.role) },
            { name: t("region"), value: body.region },
            { name: t("endpoint"), value: body.endpoint },
            { name: t("chainAccount"), value: body.account },
            { name: t("exchangeKey"), value: body.exchangeKey },
          ],
        },
      ),
    );
  return (
    <Dialog title={t("admit")} form={form} onClose={onClose}>
      <Form form={form} layout="vertical" initialValues={{ role: "department", level: "city" }} onFinish={finish}>
        <Form.Item name="name" label={t("name")} rules={[required]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="id" label={t("uscc")} rules={formed(/^[0-9A-HJ-NPQRTUWXY]{18}$/)}>
          <Input spellCheck={false} />
        </Form.Item>
        <Form.Item name="role" label={t("role")} rules={[required]}>
          <Select options={ROLES.map((value) => ({ value, label: word("role", value) }))} />
        </Form.Item>
        <Form.Item name="level" label={t("level")} rules={[required]}>
          <Select options={LEVELS.map((value) => ({ value, label: t(`level_${value}`) }))} />
        </Form.Item>
        <Form.Item name="region" label={t("region")} rules={[required]}>
          <InputNumber min={100_000} max={999_999} precision={0} />
        </Form.Item>
        <Form.Item name="endpoint" label={t("endpoint")} rules={formed(/^https?:\/\/\S+$/)}>
          <Input spellCheck={false} />
        </Form.Item>
        <Form.Item name="account" label={t("chainAccount")} rules={formed(/^0x[0-9a-fA-F]{40}$/)}>
          <Input spellCheck={false} />
        </Form.Item>
        <Form.Item name="exchangeKey" label={t("exchangeKey")} rules={formed(/^0x[0-9a-f]{64}$/)}>
          <Input spellCheck={false} />
        </Form.Item>
      </Form>
    </Dialog>
  );
}
