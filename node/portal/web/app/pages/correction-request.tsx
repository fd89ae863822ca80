import { Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import type { AgreementView } from "../../../../../sdk/client/routes/agreements.ts";
import { requestCorrection } from "../../../../../sdk/client/routes/corrections.ts";
import type { DeliveryView } from "../../../../../sdk/client/routes/deliveries.ts";
import { useTexts } from "../../shared/language.tsx";
import { actionOf, type Action } from "../act.tsx";
import { useDepartmentNames } from "../directory.ts";
import { patternTitle } from "../fields.ts";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { CORRECTION_TEXTS } from "./correction-texts.ts";

interface RequestProps {
  readonly agreement: AgreementView;
  readonly delivery: DeliveryView;
  readonly onAction: (action: Action) => void;
}

interface RequestValues {
  readonly index: number;
  readonly fields?: string[];
  readonly text: string;
}

/** A record that was received is wrong: says which and what, to be looked at before it is sent. */
export function RequestCorrection({ agreement, delivery, onAction }: RequestProps) {
  const t = useTexts(CORRECTION_TEXTS);
  const app = useTexts(APP_TEXTS);
  const session = useOperator();
  const departmentOf = useDepartmentNames();
  const [isOpen, setOpen] = useState(false);
  const [form] = Form.useForm<RequestValues>();
  const { k, side, records, settled } = delivery;
  const isOurs = side === "consumer" && records > 0 && settled?.outcome === "received";
  if (!isOurs || !(session?.mayAsk.includes(requestCorrection.id) ?? false)) return null;
  const granted = agreement.application?.fields ?? [];
  const rules = [{ required: true, message: app("required") }];
  const finish = ({ index, fields = [], text }: RequestValues) => {
    setOpen(false);
    onAction(
      actionOf(
        requestCorrection,
        { params: { id: agreement.id, k }, body: { index, fields, text } },
        {
          title: t("askFact", { provider: departmentOf(agreement.provider), k, n: index + 1 }),
          facts: [
            { name: t("fields"), value: fields.length === 0 ? t("whole") : fields.map(patternTitle).join("、") },
            { name: t("what"), value: text },
          ],
        },
      ),
    );
  };
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t("ask")}
      </Button>
      {isOpen && (
        <Modal
          open
          title={t("ask").replace("…", "")}
          okText={t("next")}
          cancelText={app("cancel")}
          onCancel={() => setOpen(false)}
          onOk={() => form.submit()}
        >
          <Form form={form} layout="vertical" initialValues={{ index: 0 }} onFinish={finish}>
            <Form.Item name="index" label={t("which")} rules={rules}>
              <Select
                options={Array.from({ length: records }, (_, index) => ({
                  value: index,
                  label: t("nth", { n: index + 1 }),
                }))}
              />
            </Form.Item>
            {granted.length > 0 && (
              <Form.Item name="fields" label={t("fields")}>
                <Select
                  mode="multiple"
                  options={granted.map((pattern) => ({ value: pattern, label: patternTitle(pattern) }))}
                />
              </Form.Item>
            )}
            <Form.Item name="text" label={t("text")} rules={rules}>
              <Input.TextArea rows={4} maxLength={1000} showCount />
            </Form.Item>
          </Form>
        </Modal>
      )}
    </>
  );
}
