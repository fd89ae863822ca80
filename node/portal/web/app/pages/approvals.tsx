import { Alert, Button, Card, Descriptions, Input, Modal, Tabs } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { decideApproval, listApprovals, type ApprovalView } from "../../../../../sdk/client/routes/approvals.ts";
import { ROUTES } from "../../../../../sdk/client/routes/all.ts";
import { useLanguage, useSay, useTexts, type Texts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useResourceNames } from "../directory.ts";
import { useDoing } from "../doing.tsx";
import { useFormat, Mark } from "../format.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";

const TEXTS = {
  waiting: { zh: "待审批", en: "Waiting" },
  done: { zh: "已执行", en: "Carried out" },
  refused: { zh: "未批准", en: "Refused" },
  failed: { zh: "执行失败", en: "Failed" },
  decided: { zh: "已有结论", en: "Decided" },
  noneWaiting: { zh: "没有待审批的事项。", en: "Nothing waits for approval." },
  noneDecided: { zh: "还没有已审批的事项。", en: "Nothing was decided yet." },
  askedBy: { zh: "提请人", en: "Asked by" },
  decidedBy: { zh: "审批人", en: "Decided by" },
  remark: { zh: "说明", en: "Note" },
  exact: { zh: "将要签名或发送的确切内容", en: "Exactly what will be signed or sent" },
  approve: { zh: "批准并执行", en: "Approve and carry out" },
  refuse: { zh: "不批准", en: "Refuse" },
  own: { zh: "您提请的事项须由另一人审批。", en: "Somebody else must approve what you asked for." },
  noRight: { zh: "等待审批人处理。", en: "Waiting for an approver." },
  opinion: { zh: "审批意见(可不填)", en: "Remark (optional)" },
  sure: {
    zh: "批准后立即以部门名义签名并执行,不能撤销。",
    en: "It is signed in the department's name and carried out at once; this cannot be undone.",
  },
  code: { zh: "失败代码", en: "Code" },
  agreement: { zh: "查看共享授权", en: "Open the agreement" },
  resource: { zh: "资源", en: "Resource" },
} as const satisfies Texts;

export function Page() {
  return (
    <ForOperators>
      <Approvals />
    </ForOperators>
  );
}

function Approvals() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(TEXTS);
  const approvals = useAnswer(listApprovals, {});
  return (
    <PageBody title={app("approvals")}>
      <Shown of={approvals}>
        {({ approvals: all }) => {
          const waiting = all.filter(({ state }) => state === "waiting");
          const decided = all.filter(({ state }) => state !== "waiting");
          const list = (some: readonly ApprovalView[], empty: string) =>
            some.length === 0 ? (
              <p>{empty}</p>
            ) : (
              <div className="stack">
                {some.map((one) => (
                  <Approval key={one.id} approval={one} onDecided={approvals.reload} />
                ))}
              </div>
            );
          return (
            <Tabs
              items={[
                {
                  key: "waiting",
                  label: `${t("waiting")}(${waiting.length})`,
                  children: list(waiting, t("noneWaiting")),
                },
                {
                  key: "decided",
                  label: `${t("decided")}(${decided.length})`,
                  children: list(decided, t("noneDecided")),
                },
              ]}
            />
          );
        }}
      </Shown>
    </PageBody>
  );
}

const COLOURS = { waiting: "blue", done: "green", refused: "red", failed: "red" } as const;

function Approval({ approval, onDecided }: { readonly approval: ApprovalView; readonly onDecided: () => void }) {
  const t = useTexts(TEXTS);
  const say = useSay();
  const format = useFormat();
  const resourceOf = useResourceNames();
  const session = useOperator();
  const [deciding, setDeciding] = useState<boolean>();
  const { operation, params, body, state, askedBy, askedAt, decidedBy, decidedAt, code, answer } = approval;
  const route = ROUTES.find(({ id }) => id === operation);
  const isOwn = askedBy === session?.operator.name;
  const may = (session?.mayApprove.includes(operation) ?? false) && !isOwn;
  const resource = body["resource"];
  const agreement = answer?.["agreement"] ?? (operation.includes("Agreement") ? params["id"] : undefined);
  return (
    <Card
      size="small"
      title={route ? say(route.summary) : operation}
      extra={<Mark colour={COLOURS[state]}>{t(state)}</Mark>}
      {...(state === "waiting" &&
        may && {
          actions: [
            <Button key="refuse" danger onClick={() => setDeciding(false)}>
              {t("refuse")}
            </Button>,
            <Button key="approve" type="primary" onClick={() => setDeciding(true)}>
              {t("approve")}
            </Button>,
          ],
        })}
    >
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: "by", label: t("askedBy"), children: `${askedBy} · ${format.time(askedAt)}` },
          ...(typeof resource === "string"
            ? [{ key: "resource", label: t("resource"), children: resourceOf(resource) }]
            : []),
          ...(approval.remark === undefined ? [] : [{ key: "remark", label: t("remark"), children: approval.remark }]),
          ...(decidedBy === undefined || decidedAt === undefined
            ? []
            : [
                {
                  key: "decided",
                  label: t("decidedBy"),
                  children: `${decidedBy} · ${format.time(decidedAt)}${approval.decisionRemark === undefined ? "" : ` · ${approval.decisionRemark}`}`,
                },
              ]),
          ...(code === undefined ? [] : [{ key: "code", label: t("code"), children: <code>{code}</code> }]),
        ]}
      />
      <details open={state === "waiting" && may}>
        <summary>{t("exact")}</summary>
        <pre className="exact">{JSON.stringify({ operation, params, body }, undefined, 2)}</pre>
      </details>
      {typeof agreement === "string" && <Link to={`/sharing/${agreement}`}>{t("agreement")}</Link>}
      {state === "waiting" && !may && <Alert type="info" showIcon title={t(isOwn ? "own" : "noRight")} />}
      {deciding !== undefined && (
        <Decision
          approval={approval}
          approve={deciding}
          onClose={() => setDeciding(undefined)}
          onDone={() => {
            setDeciding(undefined);
            onDecided();
          }}
        />
      )}
    </Card>
  );
}

interface DecisionProps {
  readonly approval: ApprovalView;
  readonly approve: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Decision({ approval, approve, onClose, onDone }: DecisionProps) {
  const t = useTexts(TEXTS);
  const app = useTexts(APP_TEXTS);
  const { language } = useLanguage();
  const [remark, setRemark] = useState("");
  const { busy, run, failure } = useDoing();
  const decide = async () => {
    const body = { approve, ...(remark.trim() !== "" && { remark: remark.trim() }) };
    await clientFor(language).call(decideApproval, { params: { id: approval.id }, body });
    onDone();
  };
  return (
    <Modal
      open
      title={t(approve ? "approve" : "refuse")}
      okText={t(approve ? "approve" : "refuse")}
      cancelText={app("cancel")}
      okButtonProps={{ loading: busy, danger: !approve }}
      onOk={() => void run(decide)}
      onCancel={onClose}
    >
      {approve && <p>{t("sure")}</p>}
      <label>
        {t("opinion")}
        <Input.TextArea rows={2} maxLength={1000} value={remark} onChange={(event) => setRemark(event.target.value)} />
      </label>
      {failure}
    </Modal>
  );
}
