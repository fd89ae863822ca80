import { Button, Form, Input, InputNumber, Modal, Space } from "antd";
import { useState } from "react";
import {
  answerAgreement,
  completeAgreement,
  resumeAgreement,
  revokeAgreement,
  suspendAgreement,
  type AgreementView,
} from "../../../../../sdk/client/routes/agreements.ts";
import { useTexts } from "../../shared/language.tsx";
import { actionOf, type Action } from "../act.tsx";
import { useDepartmentNames, useResourceNames } from "../directory.ts";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { Extension, Supplement } from "./agreement-more.tsx";
import { SHARING_TEXTS } from "./sharing-texts.ts";

interface ActionsProps {
  readonly agreement: AgreementView;
  readonly onAction: (action: Action) => void;
}

type Asking = "refuse" | "askOnce" | "suspend" | "revoke";

/** What this side can do about an agreement as it stands. The contract has the last word. */
export function AgreementActions({ agreement, onAction }: ActionsProps) {
  const t = useTexts(SHARING_TEXTS);
  const session = useOperator();
  const resourceOf = useResourceNames();
  const departmentOf = useDepartmentNames();
  const [asking, setAsking] = useState<Asking>();
  const { id, state, provider, consumer, askedOnce } = agreement;
  const params = { id };
  const isProvider = provider === session?.department.id;
  const isConsumer = consumer === session?.department.id;
  const can = (route: { readonly id: string }) => session?.mayAsk.includes(route.id) ?? false;
  const names = { consumer: departmentOf(consumer) };
  const about = [
    { name: t("resource"), value: resourceOf(agreement.resource) },
    { name: t("consumer"), value: names.consumer },
    ...(agreement.application ? [{ name: t("purpose"), value: agreement.application.purpose }] : []),
  ];
  const reasoned = (what: Asking, { text = "", code = 1 }: Reason): Action => {
    const facts = (name: string, value: string) => [...about, { name, value }];
    switch (what) {
      case "refuse":
        return actionOf(
          answerAgreement,
          { params, body: { decision: "refuse", basis: text } },
          { title: t("refuseFact", names), facts: facts(t("refuseBasis"), text) },
        );
      case "askOnce":
        return actionOf(
          answerAgreement,
          { params, body: { decision: "ask", missing: text } },
          { title: t("askFact", names), facts: facts(t("askMissing"), text) },
        );
      case "suspend":
        return actionOf(
          suspendAgreement,
          { params, body: { reason: code } },
          { title: t("suspendFact"), facts: facts(t("reason"), String(code)) },
        );
      case "revoke":
        return actionOf(
          revokeAgreement,
          { params, body: { reason: code } },
          { title: t("revokeFact"), facts: facts(t("reason"), String(code)) },
        );
    }
  };
  return (
    <Space wrap>
      {isProvider && state === "applied" && can(answerAgreement) && (
        <>
          <Button
            type="primary"
            disabled={agreement.application === undefined}
            onClick={() =>
              onAction(
                actionOf(
                  answerAgreement,
                  { params, body: { decision: "agree" } },
                  { title: t("agreeFact", names), facts: about },
                ),
              )
            }
          >
            {t("agree")}
          </Button>
          <Button
            disabled={askedOnce}
            {...(askedOnce && { title: t("askedAlready") })}
            onClick={() => setAsking("askOnce")}
          >
            {t("askOnce")}
          </Button>
          <Button danger onClick={() => setAsking("refuse")}>
            {t("refuse")}
          </Button>
        </>
      )}
      {isProvider && state === "agreed" && can(suspendAgreement) && (
        <Button onClick={() => setAsking("suspend")}>{t("suspend")}</Button>
      )}
      {isProvider && state === "suspended" && can(resumeAgreement) && (
        <Button
          onClick={() =>
            onAction(actionOf(resumeAgreement, { params, body: {} }, { title: t("resumeFact"), facts: about }))
          }
        >
          {t("resume")}
        </Button>
      )}
      {isProvider && (state === "agreed" || state === "suspended") && can(revokeAgreement) && (
        <Button danger onClick={() => setAsking("revoke")}>
          {t("revoke")}
        </Button>
      )}
      {isConsumer && state === "agreed" && can(completeAgreement) && (
        <Button
          onClick={() =>
            onAction(actionOf(completeAgreement, { params, body: {} }, { title: t("completeFact"), facts: about }))
          }
        >
          {t("complete")}
        </Button>
      )}
      <Supplement agreement={agreement} about={about} onAction={onAction} />
      <Extension agreement={agreement} about={about} onAction={onAction} />
      {asking && (
        <ReasonDialog
          asking={asking}
          onClose={() => setAsking(undefined)}
          onReason={(reason) => {
            setAsking(undefined);
            onAction(reasoned(asking, reason));
          }}
        />
      )}
    </Space>
  );
}

interface Reason {
  readonly text?: string;
  readonly code?: number;
}

interface ReasonProps {
  readonly asking: Asking;
  readonly onReason: (reason: Reason) => void;
  readonly onClose: () => void;
}

function ReasonDialog({ asking, onReason, onClose }: ReasonProps) {
  const t = useTexts(SHARING_TEXTS);
  const app = useTexts(APP_TEXTS);
  const [form] = Form.useForm<Reason>();
  const isText = asking === "refuse" || asking === "askOnce";
  const rules = [{ required: true, message: app("required") }];
  return (
    <Modal
      open
      title={t(asking).replace("…", "")}
      okText={t("next")}
      cancelText={app("cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" onFinish={onReason} initialValues={{ code: 1 }}>
        {isText ? (
          <Form.Item name="text" label={t(asking === "refuse" ? "refuseBasis" : "askMissing")} rules={rules}>
            <Input.TextArea rows={4} maxLength={1000} showCount />
          </Form.Item>
        ) : (
          <Form.Item name="code" label={t("reason")} rules={rules}>
            <InputNumber min={1} max={65_534} precision={0} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
