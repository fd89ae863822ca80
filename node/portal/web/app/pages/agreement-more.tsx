import { Button, Form, Input, InputNumber, Modal } from "antd";
import { useState, type ReactNode } from "react";
import {
  decideExtension,
  requestExtension,
  supplementAgreement,
  type AgreementView,
} from "../../../../../sdk/client/routes/agreements.ts";
import { useTexts } from "../../shared/language.tsx";
import { actionOf, type Action, type Fact } from "../act.tsx";
import { useDepartmentNames } from "../directory.ts";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { SHARING_TEXTS } from "./sharing-texts.ts";

interface MoreProps {
  readonly agreement: AgreementView;
  readonly about: readonly Fact[];
  readonly onAction: (action: Action) => void;
}

const PLACES = ["matter", "basis", "scenario"] as const;

/** The consumer adds what it was asked for once: the same application with more in it. */
export function Supplement({ agreement, about, onAction }: MoreProps) {
  const t = useTexts(SHARING_TEXTS);
  const session = useOperator();
  const departmentOf = useDepartmentNames();
  const { id, state, consumer, provider, application } = agreement;
  const [isOpen, setOpen] = useState(false);
  const isOurs = consumer === session?.department.id && state === "incomplete";
  if (!isOurs || application === undefined || !session.mayAsk.includes(supplementAgreement.id)) return null;
  const { matter: _matter, basis: _basis, scenario: _scenario, ...fixed } = application;
  const finish = (values: Readonly<Partial<Record<(typeof PLACES)[number], string>>>) => {
    setOpen(false);
    const texts = Object.fromEntries(
      PLACES.flatMap((name) => (values[name]?.trim() ? [[name, values[name].trim()]] : [])),
    );
    onAction(
      actionOf(
        supplementAgreement,
        { params: { id }, body: { ...fixed, ...texts } },
        {
          title: t("supplementFact", { provider: departmentOf(provider) }),
          facts: [...about, ...PLACES.map((name) => ({ name: t(name), value: texts[name] ?? "—" }))],
        },
      ),
    );
  };
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t("supplement")}
      </Button>
      {isOpen && (
        <Dialog title={t("supplement")} initial={application} onClose={() => setOpen(false)} onValues={finish}>
          {PLACES.map((name) => (
            <Form.Item key={name} name={name} label={t(name)}>
              <Input.TextArea rows={2} maxLength={name === "matter" ? 500 : 1000} />
            </Form.Item>
          ))}
        </Dialog>
      )}
    </>
  );
}

/** The provider asks for more time to answer, and the authority decides. */
export function Extension({ agreement, about, onAction }: MoreProps) {
  const t = useTexts(SHARING_TEXTS);
  const app = useTexts(APP_TEXTS);
  const session = useOperator();
  const [isOpen, setOpen] = useState(false);
  const { id, state, provider, extensionRequested: days } = agreement;
  const params = { id };
  const can = (route: { readonly id: string }) => session?.mayAsk.includes(route.id) ?? false;
  if (state !== "applied" || session === undefined) return null;
  if (days > 0) {
    if (session.department.role !== "authority" || !can(decideExtension)) return <>{t("extensionAsked", { days })}</>;
    const decide = (grant: boolean) =>
      onAction(
        actionOf(
          decideExtension,
          { params, body: { grant } },
          { title: t(grant ? "grantFact" : "denyFact", { days }), facts: about },
        ),
      );
    return (
      <>
        {t("extensionAsked", { days })}
        <Button type="primary" onClick={() => decide(true)}>
          {t("grant")}
        </Button>
        <Button onClick={() => decide(false)}>{t("deny")}</Button>
      </>
    );
  }
  if (provider !== session.department.id || !can(requestExtension)) return null;
  const rules = [{ required: true, message: app("required") }];
  const finish = (body: { readonly workingDays: number; readonly reason: string }) => {
    setOpen(false);
    onAction(
      actionOf(
        requestExtension,
        { params, body },
        {
          title: t("extendFact"),
          facts: [
            ...about,
            { name: t("extendDays"), value: body.workingDays },
            { name: t("extendReason"), value: body.reason },
          ],
        },
      ),
    );
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("extend")}</Button>
      {isOpen && (
        <Dialog title={t("extend")} initial={{ workingDays: 5 }} onClose={() => setOpen(false)} onValues={finish}>
          <Form.Item name="workingDays" label={t("extendDays")} rules={rules}>
            <InputNumber min={1} max={10} precision={0} />
          </Form.Item>
          <Form.Item name="reason" label={t("extendReason")} rules={rules}>
            <Input.TextArea rows={3} maxLength={1000} showCount />
          </Form.Item>
        </Dialog>
      )}
    </>
  );
}

interface DialogProps<T> {
  readonly title: string;
  readonly initial: object;
  readonly onValues: (values: T) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Dialog<T extends object>({ title, initial, onValues, onClose, children }: DialogProps<T>) {
  const t = useTexts(SHARING_TEXTS);
  const app = useTexts(APP_TEXTS);
  const [form] = Form.useForm<T>();
  return (
    <Modal
      open
      title={title.replace("…", "")}
      okText={t("next")}
      cancelText={app("cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" initialValues={initial} onFinish={onValues}>
        {children}
      </Form>
    </Modal>
  );
}
