import { Button, Form, Input, InputNumber, Modal, Space, Table } from "antd";
import { useState } from "react";
import { reserveDeliveries, type AgreementView } from "../../../../../sdk/client/routes/agreements.ts";
import {
  askForDelivery,
  getReceivedEvidence,
  listDeliveries,
  type DeliveryView,
} from "../../../../../sdk/client/routes/deliveries.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { actionOf, type Action } from "../act.tsx";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { useDoing } from "../doing.tsx";
import { State, useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { RequestCorrection } from "./correction-request.tsx";
import { SHARING_TEXTS } from "./sharing-texts.ts";

interface DeliveriesProps {
  readonly agreement: AgreementView;
  readonly onAction: (action: Action) => void;
}

/** Every number of an agreement, what was handed over under it, and its receipt. */
export function Deliveries({ agreement, onAction }: DeliveriesProps) {
  const t = useTexts(SHARING_TEXTS);
  const format = useFormat();
  const deliveries = useAnswer(listDeliveries, { params: { id: agreement.id } });
  return (
    <>
      <div className="heading">
        <h2>{t("deliveries")}</h2>
        <Obtaining agreement={agreement} onAction={onAction} />
      </div>
      <Shown of={deliveries}>
        {({ deliveries: all }) => (
          <Table
            rowKey="k"
            size="small"
            scroll={{ x: true }}
            dataSource={all}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            locale={{ emptyText: t("noDeliveries") }}
            columns={[
              { title: t("number"), dataIndex: "k" },
              { title: t("state"), key: "state", render: (_, one) => <State kind="progress" code={one.state} /> },
              {
                title: t("at"),
                key: "at",
                render: (_, one) => (one.at === undefined ? "—" : format.time(one.at)),
              },
              { title: t("count"), key: "records", render: (_, one) => format.number(one.records) },
              {
                title: t("receipt"),
                key: "receipt",
                render: (_, one) => (one.records === 0 ? "—" : t(one.acknowledged ? "acknowledged" : "waitingReceipt")),
              },
              {
                title: t("settled"),
                key: "settled",
                render: (_, one) =>
                  one.settled ? (
                    <>
                      <State kind="progress" code={one.settled.outcome} />
                      <State kind="progress" code={one.settled.state} />
                    </>
                  ) : (
                    "—"
                  ),
              },
              {
                title: t("evidence"),
                key: "evidence",
                render: (_, one) => (
                  <Space wrap>
                    <Received agreement={agreement} delivery={one} />
                    <RequestCorrection agreement={agreement} delivery={one} onAction={onAction} />
                  </Space>
                ),
              },
            ]}
          />
        )}
      </Shown>
    </>
  );
}

/** Evidence received under a number, to keep or to verify. */
function Received({ agreement, delivery }: { readonly agreement: AgreementView; readonly delivery: DeliveryView }) {
  const t = useTexts(SHARING_TEXTS);
  const { language } = useLanguage();
  const session = useOperator();
  const { busy, run, failure } = useDoing();
  if (delivery.side !== "consumer" || !(session?.may.includes(getReceivedEvidence.id) ?? false)) return <>—</>;
  const save = async (index: number) => {
    const params = { id: agreement.id, k: delivery.k, index };
    const evidence = await clientFor(language).call(getReceivedEvidence, { params });
    saveJson(`${agreement.id.slice(2, 10)}-${delivery.k}-${index}.evidence.json`, evidence);
  };
  return (
    <Space wrap>
      {Array.from({ length: Math.min(delivery.records, 20) }, (_, index) => (
        <Button key={index} size="small" disabled={busy} onClick={() => void run(() => save(index))}>
          {t("download", { n: index + 1 })}
        </Button>
      ))}
      {failure}
    </Space>
  );
}

function Obtaining({ agreement, onAction }: DeliveriesProps) {
  const t = useTexts(SHARING_TEXTS);
  const app = useTexts(APP_TEXTS);
  const session = useOperator();
  const departmentOf = useDepartmentNames();
  const [dialog, setDialog] = useState<"reserve" | "obtain">();
  const [form] = Form.useForm<{ count: number; keys: string }>();
  const isOurs = agreement.consumer === session?.department.id && agreement.inForce;
  if (!isOurs || !session.may.includes(askForDelivery.id)) return null;
  const params = { id: agreement.id };
  const { application } = agreement;
  const finish = ({ count, keys }: { count: number; keys: string }) => {
    setDialog(undefined);
    if (dialog === "reserve")
      return onAction(
        actionOf(
          reserveDeliveries,
          { params, body: { count } },
          { title: t("reserveFact"), facts: [{ name: t("reserveCount"), value: count }] },
        ),
      );
    const list = keys.split(/\s+/).filter((key) => key !== "");
    const body = {
      keys: list,
      fields: application?.fields ?? [],
      purpose: application?.purpose ?? "",
      idempotencyKey: crypto.randomUUID(),
    };
    onAction(
      actionOf(
        askForDelivery,
        { params, body },
        {
          title: t("obtainFact", { provider: departmentOf(agreement.provider) }),
          facts: [
            { name: t("keys"), value: list.join("、") },
            { name: t("purpose"), value: body.purpose },
          ],
        },
      ),
    );
  };
  const rules = [{ required: true, message: app("required") }];
  return (
    <Space>
      <Button onClick={() => setDialog("reserve")}>{t("reserve")}</Button>
      <Button type="primary" disabled={application === undefined} onClick={() => setDialog("obtain")}>
        {t("obtain")}
      </Button>
      {dialog && (
        <Modal
          open
          title={t(dialog).replace("…", "")}
          okText={t("next")}
          cancelText={app("cancel")}
          onCancel={() => setDialog(undefined)}
          onOk={() => form.submit()}
        >
          <Form form={form} layout="vertical" initialValues={{ count: 4 }} onFinish={finish}>
            {dialog === "reserve" ? (
              <Form.Item name="count" label={t("reserveCount")} rules={rules}>
                <InputNumber min={1} max={Math.max(1, agreement.maximumUses - agreement.reserved)} precision={0} />
              </Form.Item>
            ) : (
              <Form.Item name="keys" label={t("keys")} rules={rules}>
                <Input.TextArea rows={5} spellCheck={false} />
              </Form.Item>
            )}
          </Form>
        </Modal>
      )}
    </Space>
  );
}
