import { Button, Modal, Space, Table } from "antd";
import { useState } from "react";
import {
  admitDepartment,
  getDepartment,
  listDepartments,
  setDepartmentStatus,
} from "../../../../../sdk/client/routes/departments.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { useAct } from "../act.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { Id, Mark, useFormat, useWord } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { AdmitDialog, StatusDialog } from "./admin-department-forms.tsx";
import { ADMIN_TEXTS } from "./admin-texts.ts";

type Department = AnswerOf<typeof listDepartments>["departments"][number];
type Key = AnswerOf<typeof getDepartment>["keys"][number];

/** Who acts on the ledger and with which keys; the authority admits and suspends. */
export function Departments() {
  const t = useTexts(ADMIN_TEXTS);
  const word = useWord();
  const session = useOperator();
  const departments = useAnswer(listDepartments, {});
  const [keysOf, setKeysOf] = useState<Department>();
  const [changing, setChanging] = useState<Department>();
  const [admitting, setAdmitting] = useState(false);
  const act = useAct(departments.reload);
  // The contract lets nobody else; their nodes would only be told so.
  const governs = session?.department.role === "authority";
  const may = (route: { readonly id: string }) => governs && (session?.mayAsk.includes(route.id) ?? false);
  return (
    <>
      {may(admitDepartment) && (
        <p>
          <Button onClick={() => setAdmitting(true)}>{t("admit")}</Button>
        </p>
      )}
      <Shown of={departments}>
        {({ departments: all }) => (
          <Table
            rowKey="id"
            size="middle"
            scroll={{ x: true }}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            dataSource={all}
            columns={[
              { title: t("department"), dataIndex: "name" },
              { title: "USCC", key: "id", render: (_, { id }) => <code>{id}</code> },
              { title: t("role"), key: "role", render: (_, one) => word("role", one.role) },
              { title: t("status"), key: "status", render: (_, one) => word("department", one.status) },
              { title: t("endpoint"), dataIndex: "endpoint" },
              {
                title: "",
                key: "act",
                render: (_, one) => (
                  <Space wrap>
                    <Button size="small" onClick={() => setKeysOf(one)}>
                      {t("keys")}
                    </Button>
                    {may(setDepartmentStatus) && (
                      <Button size="small" onClick={() => setChanging(one)}>
                        {t("changeStatus")}
                      </Button>
                    )}
                  </Space>
                ),
              },
            ]}
          />
        )}
      </Shown>
      {keysOf && <Keys department={keysOf} onClose={() => setKeysOf(undefined)} />}
      {changing && (
        <StatusDialog
          department={changing}
          onClose={() => setChanging(undefined)}
          onAction={(action) => {
            setChanging(undefined);
            act.show(action);
          }}
        />
      )}
      {admitting && (
        <AdmitDialog
          onClose={() => setAdmitting(false)}
          onAction={(action) => {
            setAdmitting(false);
            act.show(action);
          }}
        />
      )}
      {act.dialog}
    </>
  );
}

interface KeysProps {
  readonly department: Department;
  readonly onClose: () => void;
}

function Keys({ department: { id, name }, onClose }: KeysProps) {
  const t = useTexts(ADMIN_TEXTS);
  const format = useFormat();
  const department = useAnswer(getDepartment, { params: { id } });
  return (
    <Modal open width={860} title={t("keysOf", { name })} footer={null} onCancel={onClose}>
      <p>{t("keyDo")}</p>
      <Shown of={department}>
        {({ keys }) => (
          <Table
            rowKey="index"
            size="small"
            scroll={{ x: true }}
            pagination={false}
            dataSource={keys}
            columns={[
              { title: t("key"), dataIndex: "index" },
              { title: t("algorithm"), dataIndex: "algorithm" },
              { title: t("keyState"), key: "state", render: (_, key) => <KeyState of={key} /> },
              { title: t("validFrom"), key: "from", render: (_, key) => format.date(key.validFrom) },
              {
                title: t("validUntil"),
                key: "until",
                render: (_, { validUntil }) => (validUntil === undefined ? t("noEnd") : format.time(validUntil)),
              },
              { title: "", key: "material", render: (_, { material }) => <Id value={material} /> },
            ]}
          />
        )}
      </Shown>
    </Modal>
  );
}

const SOON_DAYS = 60;

function KeyState({ of: { validUntil, distrustedSince } }: { readonly of: Key }) {
  const t = useTexts(ADMIN_TEXTS);
  const format = useFormat();
  if (distrustedSince !== undefined)
    return <Mark colour="red">{t("keyDistrusted", { time: format.time(distrustedSince) })}</Mark>;
  if (validUntil === undefined) return <Mark colour="green">{t("keyGood")}</Mark>;
  const days = Math.floor((validUntil * 1000 - Date.now()) / 86_400_000);
  if (days < 0) return <Mark>{t("keyOver")}</Mark>;
  return days <= SOON_DAYS ? (
    <Mark colour="gold">{t("keySoon", { days })}</Mark>
  ) : (
    <Mark colour="green">{t("keyGood")}</Mark>
  );
}
