import { Button, Descriptions, Table } from "antd";
import { useState } from "react";
import {
  appendDeadlines,
  setCalendar,
  setListEntry,
  showRules,
} from "../../../../../sdk/client/routes/administration.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { useAct, type Action } from "../act.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames, useResourceNames } from "../directory.ts";
import { Id, Mark, useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { CalendarDialog, DeadlinesDialog, ListEntryDialog } from "./admin-rule-forms.tsx";
import { ADMIN_TEXTS } from "./admin-texts.ts";

type LedgerRules = AnswerOf<typeof showRules>;

/** What the ledger holds for everybody: lists, calendars, deadlines. */
export function Rules() {
  const t = useTexts(ADMIN_TEXTS);
  const rules = useAnswer(showRules, {});
  const act = useAct(rules.reload);
  return (
    <>
      <Shown of={rules}>
        {({ entries, calendars, profiles }) => (
          <>
            <h2>{t("lists")}</h2>
            <p>{t("listsHow")}</p>
            <Change what="setList" onAction={act.show} />
            <Lists entries={entries} />
            <h2>{t("calendars")}</h2>
            <p>{t("calendarsHow")}</p>
            <Change what="setCalendar" onAction={act.show} />
            <Calendars calendars={calendars} />
            <h2>{t("profiles")}</h2>
            <p>{t("profilesHow")}</p>
            <Change what="appendDeadlines" onAction={act.show} />
            <Profiles profiles={profiles} />
          </>
        )}
      </Shown>
      {act.dialog}
    </>
  );
}

const CHANGES = {
  setList: { route: setListEntry, Form: ListEntryDialog },
  setCalendar: { route: setCalendar, Form: CalendarDialog },
  appendDeadlines: { route: appendDeadlines, Form: DeadlinesDialog },
} as const;

interface ChangeProps {
  readonly what: keyof typeof CHANGES;
  readonly onAction: (action: Action) => void;
}

/** What the authority can change here. The contracts let no other department, and their operators are not offered it. */
function Change({ what, onAction }: ChangeProps) {
  const t = useTexts(ADMIN_TEXTS);
  const session = useOperator();
  const [isOpen, setOpen] = useState(false);
  const { route, Form } = CHANGES[what];
  if (session?.department.role !== "authority" || !session.mayAsk.includes(route.id)) return null;
  return (
    <p>
      <Button onClick={() => setOpen(true)}>{t(what)}</Button>
      {isOpen && (
        <Form
          onClose={() => setOpen(false)}
          onAction={(action) => {
            setOpen(false);
            onAction(action);
          }}
        />
      )}
    </p>
  );
}

function InForce({ is }: { readonly is: boolean }) {
  const t = useTexts(ADMIN_TEXTS);
  return is ? <Mark colour="green">{t("inForce")}</Mark> : <Mark>{t("notInForce")}</Mark>;
}

function Lists({ entries }: Pick<LedgerRules, "entries">) {
  const t = useTexts(ADMIN_TEXTS);
  const format = useFormat();
  const departmentOf = useDepartmentNames();
  const resourceOf = useResourceNames();
  return (
    <Table
      rowKey={({ department, resource = "" }) => `${department} ${resource}`}
      size="small"
      scroll={{ x: true }}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      locale={{ emptyText: t("noLists") }}
      dataSource={entries}
      columns={[
        { title: t("department"), key: "department", render: (_, { department }) => departmentOf(department) },
        {
          title: t("resource"),
          key: "resource",
          render: (_, { resource }) => (resource === undefined ? t("everyResource") : resourceOf(resource)),
        },
        {
          title: t("list"),
          key: "kind",
          render: (_, { kind }) => <Mark colour={kind === "deny" ? "red" : "green"}>{t(`list_${kind}`)}</Mark>,
        },
        { title: t("reason"), dataIndex: "reason" },
        {
          title: t("until"),
          key: "until",
          render: (_, { until }) => (until === undefined ? t("noEnd") : format.time(until)),
        },
        { title: t("status"), key: "state", render: (_, { inForce }) => <InForce is={inForce} /> },
      ]}
    />
  );
}

function Calendars({ calendars }: Pick<LedgerRules, "calendars">) {
  const t = useTexts(ADMIN_TEXTS);
  return (
    <div className="stack">
      {calendars.map(({ year, known, workingDays, source, exceptions }) => {
        const days = (wanted: boolean) =>
          exceptions
            .filter(({ works }) => works === wanted)
            .map(({ day }) => day.slice(5))
            .join("、");
        return (
          <Descriptions
            key={year}
            bordered
            size="small"
            column={1}
            title={year}
            items={
              known
                ? [
                    { key: "count", label: t("year"), children: t("workingDays", { count: workingDays }) },
                    { key: "off", label: t("off"), children: days(false) || "—" },
                    { key: "works", label: t("works"), children: days(true) || "—" },
                    { key: "source", label: t("source"), children: source && <Id value={source} /> },
                  ]
                : [{ key: "count", label: t("year"), children: <Mark colour="gold">{t("unknownYear")}</Mark> }]
            }
          />
        );
      })}
    </div>
  );
}

function Profiles({ profiles }: Pick<LedgerRules, "profiles">) {
  const t = useTexts(ADMIN_TEXTS);
  const format = useFormat();
  return (
    <Table
      rowKey="version"
      size="small"
      scroll={{ x: true }}
      pagination={false}
      dataSource={profiles}
      columns={[
        { title: t("version"), dataIndex: "version" },
        { title: t("replyUnconditional"), dataIndex: "replyUnconditional" },
        { title: t("replyConditional"), dataIndex: "replyConditional" },
        { title: t("supply"), dataIndex: "supply" },
        { title: t("settlement"), dataIndex: "settlement" },
        { title: t("effectiveFrom"), key: "from", render: (_, one) => format.date(one.effectiveFrom) },
        { title: t("source"), key: "source", render: (_, { source }) => <Id value={source} /> },
        { title: t("status"), key: "state", render: (_, { inForce }) => <InForce is={inForce} /> },
      ]}
    />
  );
}
