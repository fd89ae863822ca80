import { Button, Form, Input, InputNumber, Modal, Select, Space, Table } from "antd";
import { useState } from "react";
import { listDepartments } from "../../../../../sdk/client/routes/departments.ts";
import { takeStep } from "../../../../../sdk/client/routes/project-steps.ts";
import type { BodyOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { actionOf, useAct, type Action } from "../act.tsx";
import { useAnswer } from "../data.tsx";
import { useDepartmentNames } from "../directory.ts";
import { Mark, useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import type { ChainProject } from "./project-chain.tsx";
import { ISSUE_TEXTS } from "./project-texts.ts";

type Issue = ChainProject["issueList"][number];
type IssueStep = "report-issue" | "assign-issue" | "urge-issue" | "escalate-issue" | "answer-issue" | "close-issue";

interface IssuesProps {
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly onChanged: () => void;
}

interface Chosen {
  readonly step: IssueStep;
  /** From 1; 0 for a new one. */
  readonly issue: number;
}

/** What was found wrong with a project, who has to answer and until when; and what this department can do about it. */
export function Issues({ code, issues, onChanged }: IssuesProps) {
  const t = useTexts(ISSUE_TEXTS);
  const format = useFormat();
  const departmentOf = useDepartmentNames();
  const session = useOperator();
  const [chosen, setChosen] = useState<Chosen>();
  const act = useAct(onChanged);
  const may = session?.mayAsk.includes(takeStep.id) ?? false;
  const stepsFor = (issue: Issue): IssueStep[] => {
    if (!may || session === undefined) return [];
    const { id, role } = session.department;
    const oversees = role === "oversight";
    const late = issue.due > 0 && issue.due * 1000 < Date.now();
    return [
      ...(oversees && (issue.state === "reported" || issue.state === "answered") ? ["assign-issue" as const] : []),
      ...(oversees && issue.state === "assigned" ? ["urge-issue" as const] : []),
      ...(late && issue.state === "assigned" ? ["escalate-issue" as const] : []),
      ...(issue.assignee === id && issue.state === "assigned" ? ["answer-issue" as const] : []),
      ...(oversees && issue.state === "answered" ? ["close-issue" as const] : []),
    ];
  };
  return (
    <>
      <div className="heading">
        <h2>{t("issues")}</h2>
        {may && <Button onClick={() => setChosen({ step: "report-issue", issue: 0 })}>{t("report-issue")}</Button>}
      </div>
      <Table
        rowKey={(_, i) => i ?? 0}
        size="small"
        scroll={{ x: true }}
        pagination={false}
        locale={{ emptyText: t("none") }}
        dataSource={issues.map((issue, i) => ({ ...issue, number: i + 1 }))}
        columns={[
          { title: t("number"), dataIndex: "number" },
          { title: t("state"), key: "state", render: (_, one) => t(`state_${one.state}`) },
          { title: t("reporter"), key: "reporter", render: (_, one) => departmentOf(one.reporter) },
          {
            title: t("assignee"),
            key: "assignee",
            render: (_, one) => (one.assignee === "" ? "—" : departmentOf(one.assignee)),
          },
          {
            title: t("due"),
            key: "due",
            render: (_, one) => (
              <>
                {one.due === 0 ? "—" : format.date(one.due - 1)}{" "}
                {one.urged > 0 && <Mark colour="gold">{t("urged", { count: one.urged })}</Mark>}
                {one.level > 0 && <Mark colour="red">{t("escalated", { count: one.level })}</Mark>}
              </>
            ),
          },
          {
            title: "",
            key: "act",
            render: (_, one) => (
              <Space wrap>
                {stepsFor(one).map((step) => (
                  <Button key={step} size="small" onClick={() => setChosen({ step, issue: one.number })}>
                    {t(step)}
                  </Button>
                ))}
              </Space>
            ),
          },
        ]}
      />
      {chosen && (
        <StepDialog
          code={code}
          chosen={chosen}
          onClose={() => setChosen(undefined)}
          onAction={(next) => {
            setChosen(undefined);
            act.show(next);
          }}
        />
      )}
      {act.dialog}
    </>
  );
}

interface StepProps {
  readonly code: string;
  readonly chosen: Chosen;
  readonly onAction: (action: Action) => void;
  readonly onClose: () => void;
}

interface StepValues {
  readonly title: string;
  readonly assignee?: string;
  readonly workingDays?: number;
}

function StepDialog({ code, chosen: { step, issue }, onAction, onClose }: StepProps) {
  const t = useTexts(ISSUE_TEXTS);
  const app = useTexts(APP_TEXTS);
  const departmentOf = useDepartmentNames();
  const departments = useAnswer(listDepartments, {});
  const [form] = Form.useForm<StepValues>();
  const rules = [{ required: true, message: app("required") }];
  const finish = ({ title, assignee = "", workingDays = 0 }: StepValues) => {
    const taken: BodyOf<typeof takeStep>["step"] =
      step === "report-issue"
        ? { step }
        : step === "assign-issue"
          ? { step, issue, assignee, workingDays }
          : { step, issue };
    onAction(
      actionOf(
        takeStep,
        { params: { code }, body: { step: taken, filing: { title } } },
        {
          title: t(step),
          facts: [
            { name: t("project"), value: code },
            ...(issue === 0 ? [] : [{ name: t("number"), value: issue }]),
            { name: t("text"), value: title },
            ...(step === "assign-issue"
              ? [
                  { name: t("assignee"), value: departmentOf(assignee) },
                  { name: t("workingDays"), value: workingDays },
                ]
              : []),
          ],
        },
      ),
    );
  };
  return (
    <Modal
      open
      title={t(step)}
      okText={t("next")}
      cancelText={app("cancel")}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" initialValues={{ workingDays: 10 }} onFinish={finish}>
        <Form.Item name="title" label={t("text")} rules={rules}>
          <Input.TextArea rows={4} maxLength={500} showCount />
        </Form.Item>
        {step === "assign-issue" && (
          <>
            <Form.Item name="assignee" label={t("assignee")} rules={rules}>
              <Select
                options={(departments.loaded.state === "there" ? departments.loaded.value.departments : []).map(
                  ({ id, name }) => ({ value: id, label: name }),
                )}
              />
            </Form.Item>
            <Form.Item name="workingDays" label={t("workingDays")} rules={rules}>
              <InputNumber min={1} max={250} precision={0} />
            </Form.Item>
          </>
        )}
      </Form>
    </Modal>
  );
}
