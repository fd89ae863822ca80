import { Card, Table } from "antd";
import { Link } from "react-router";
import { applyForAgreement, type AgreementView } from "../../../../../sdk/client/routes/agreements.ts";
import { listApprovals, type ApprovalView } from "../../../../../sdk/client/routes/approvals.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames, useResourceNames } from "../directory.ts";
import { State, useFormat } from "../format.tsx";
import { SHARING_TEXTS } from "./sharing-texts.ts";

const MOST = 500;

/** What the department applied for, by tracking number: each part with where it stands, here and at its provider. */
export function Applications({ agreements }: { readonly agreements: readonly AgreementView[] }) {
  const t = useTexts(SHARING_TEXTS);
  const approvals = useAnswer(listApprovals, { query: { limit: MOST } });
  return (
    <Shown of={approvals} isEmpty={({ approvals: all }) => groupsOf(all).size === 0} empty={t("noApplications")}>
      {({ approvals: all }) => (
        <div className="stack">
          {[...groupsOf(all)].map(([number, parts]) => (
            <Application key={number} number={number} parts={parts} agreements={agreements} />
          ))}
        </div>
      )}
    </Shown>
  );
}

/** One that was asked for alone has its own number. */
function groupsOf(approvals: readonly ApprovalView[]): ReadonlyMap<string, readonly ApprovalView[]> {
  const groups = new Map<string, ApprovalView[]>();
  for (const one of approvals) {
    if (one.operation !== applyForAgreement.id) continue;
    const number = one.tracking ?? one.id.slice(2, 12);
    groups.set(number, [...(groups.get(number) ?? []), one]);
  }
  return groups;
}

interface ApplicationProps {
  readonly number: string;
  readonly parts: readonly ApprovalView[];
  readonly agreements: readonly AgreementView[];
}

function Application({ number, parts, agreements }: ApplicationProps) {
  const t = useTexts(SHARING_TEXTS);
  const format = useFormat();
  const resourceOf = useResourceNames();
  const departmentOf = useDepartmentNames();
  const rows = parts.map((part) => ({
    ...part,
    agreement: agreements.find(({ id }) => id === part.answer?.["agreement"]),
  }));
  const answered = rows.filter(({ agreement }) => agreement !== undefined && agreement.state !== "applied").length;
  const [first] = parts;
  return (
    <Card
      size="small"
      title={`${t("tracking")} ${number}`}
      extra={`${first === undefined ? "" : format.time(first.askedAt)} · ${t("progressOf", { answered, all: parts.length })}`}
    >
      <Table
        rowKey="id"
        size="small"
        scroll={{ x: true }}
        pagination={false}
        dataSource={rows}
        columns={[
          {
            title: t("resource"),
            key: "resource",
            render: (_, { agreement, body }) => {
              const name = resourceOf(typeof body["resource"] === "string" ? body["resource"] : "");
              return agreement === undefined ? name : <Link to={`/sharing/${agreement.id}`}>{name}</Link>;
            },
          },
          {
            title: t("provider"),
            key: "provider",
            render: (_, { agreement }) => (agreement === undefined ? "—" : departmentOf(agreement.provider)),
          },
          { title: t("approvalState"), key: "approval", render: (_, { state }) => t(`approval_${state}`) },
          {
            title: t("state"),
            key: "state",
            render: (_, { agreement }) =>
              agreement === undefined ? "—" : <State kind="agreement" code={agreement.state} />,
          },
        ]}
      />
    </Card>
  );
}
