import { Button, Form, Input, Modal, Select, Space, Table, Tag } from "antd";
import { useState } from "react";
import {
  createOperator,
  listOperators,
  OPERATOR_ROLES,
  updateOperator,
  type OperatorRole,
  type OperatorView,
} from "../../../../../sdk/client/routes/operators.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useDoing } from "../doing.tsx";
import { useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS, ROLE_TEXTS } from "../texts.ts";
import { ADMIN_TEXTS } from "./admin-texts.ts";

/** The people who act for the department on this node. */
export function Operators() {
  const t = useTexts(ADMIN_TEXTS);
  const role = useTexts(ROLE_TEXTS);
  const format = useFormat();
  const { language } = useLanguage();
  const session = useOperator();
  const operators = useAnswer(listOperators, {});
  const [adding, setAdding] = useState(false);
  const { run, failure } = useDoing();
  const may = session?.may.includes(updateOperator.id) ?? false;
  const change = async (name: string, body: { readonly disabled?: boolean; readonly unlock?: true }) => {
    await clientFor(language).call(updateOperator, { params: { name }, body });
    operators.reload();
  };
  return (
    <>
      {may && (
        <p>
          <Button type="primary" onClick={() => setAdding(true)}>
            {t("add")}
          </Button>
        </p>
      )}
      {failure}
      <Shown of={operators}>
        {({ operators: all }) => (
          <Table
            rowKey="name"
            size="middle"
            scroll={{ x: true }}
            pagination={false}
            dataSource={all}
            columns={[
              { title: t("account"), dataIndex: "name" },
              { title: t("display"), dataIndex: "displayName" },
              {
                title: t("roles"),
                key: "roles",
                render: (_, { roles }) => roles.map((one) => <Tag key={one}>{role(one)}</Tag>),
              },
              {
                title: t("status"),
                key: "state",
                render: (_, { disabled, lockedUntil }) =>
                  lockedUntil === undefined
                    ? t(disabled ? "disabled" : "enabled")
                    : t("locked", { time: format.time(lockedUntil) }),
              },
              {
                title: "",
                key: "act",
                render: (_, one: OperatorView) =>
                  may &&
                  one.name !== session?.operator.name && (
                    <Space>
                      <Button
                        size="small"
                        onClick={() => void run(() => change(one.name, { disabled: !one.disabled }))}
                      >
                        {t(one.disabled ? "enable" : "disable")}
                      </Button>
                      {one.lockedUntil !== undefined && (
                        <Button size="small" onClick={() => void run(() => change(one.name, { unlock: true }))}>
                          {t("unlock")}
                        </Button>
                      )}
                    </Space>
                  ),
              },
            ]}
          />
        )}
      </Shown>
      {adding && (
        <NewOperator
          onClose={() => setAdding(false)}
          onDone={() => {
            setAdding(false);
            operators.reload();
          }}
        />
      )}
    </>
  );
}

interface NewOperatorValues {
  readonly name: string;
  readonly displayName: string;
  readonly roles: OperatorRole[];
  readonly password: string;
}

function NewOperator({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const t = useTexts(ADMIN_TEXTS);
  const app = useTexts(APP_TEXTS);
  const role = useTexts(ROLE_TEXTS);
  const { language } = useLanguage();
  const [form] = Form.useForm<NewOperatorValues>();
  const { busy, run, failure } = useDoing();
  const rules = [{ required: true, message: app("required") }];
  const create = async (body: NewOperatorValues) => {
    await clientFor(language).call(createOperator, { body });
    onDone();
  };
  return (
    <Modal
      open
      title={t("add").replace("…", "")}
      okText={t("save")}
      cancelText={app("cancel")}
      onCancel={onClose}
      okButtonProps={{ loading: busy }}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" autoComplete="off" onFinish={(values) => void run(() => create(values))}>
        <Form.Item
          name="name"
          label={t("account")}
          extra={t("accountForm")}
          rules={[...rules, { pattern: /^[a-z][a-z0-9._-]{1,31}$/, message: t("accountForm") }]}
        >
          <Input />
        </Form.Item>
        <Form.Item name="displayName" label={t("display")} rules={rules}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="roles" label={t("roles")} rules={rules}>
          <Select mode="multiple" options={OPERATOR_ROLES.map((value) => ({ value, label: role(value) }))} />
        </Form.Item>
        <Form.Item name="password" label={t("password")} rules={rules}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        {failure}
      </Form>
    </Modal>
  );
}
