import { Button, Table, Tabs } from "antd";
import { Link, useSearchParams } from "react-router";
import { listAgreements, type AgreementView } from "../../../../../sdk/client/routes/agreements.ts";
import { listCorrections } from "../../../../../sdk/client/routes/corrections.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames, useResourceNames } from "../directory.ts";
import { State, useFormat, Mark } from "../format.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { Applications } from "./applications.tsx";
import { CORRECTION_TEXTS } from "./correction-texts.ts";
import { Corrections } from "./corrections.tsx";
import { SHARING_TEXTS } from "./sharing-texts.ts";

export function Page() {
  return (
    <ForOperators>
      <Desk />
    </ForOperators>
  );
}

type Box = "inbox" | "provided" | "consumed" | "authority";
const APPLICATIONS = "applications";
const CORRECTIONS = "corrections";

/** Everything that the department shares or receives, what waits for its answer first. */
function Desk() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(SHARING_TEXTS);
  const corrections = useTexts(CORRECTION_TEXTS);
  const session = useOperator();
  const own = session?.department.id;
  const agreements = useAnswer(listAgreements, {});
  const [search, setSearch] = useSearchParams();
  return (
    <PageBody
      title={app("sharing")}
      extra={
        <Link to="/catalogue">
          <Button type="primary">{t("new")}</Button>
        </Link>
      }
    >
      <Shown of={agreements}>
        {({ agreements: all }) => {
          const boxes: Readonly<Record<Box, readonly AgreementView[]>> = {
            inbox: all.filter(({ provider, state }) => provider === own && state === "applied"),
            provided: all.filter(({ provider }) => provider === own),
            consumed: all.filter(({ consumer }) => consumer === own),
            authority: all.filter(({ provider, consumer }) => provider !== own && consumer !== own),
          };
          const shown = (Object.keys(boxes) as Box[]).filter((box) => box !== "authority" || boxes[box].length > 0);
          const first = boxes.inbox.length > 0 ? "inbox" : boxes.consumed.length > 0 ? "consumed" : "provided";
          return (
            <Tabs
              activeKey={search.get("box") ?? first}
              onChange={(box) => setSearch({ box }, { replace: true })}
              items={[
                ...shown.map((box) => ({
                  key: box,
                  label: `${t(box)}(${boxes[box].length})`,
                  children: <Agreements agreements={boxes[box]} empty={t(box === "inbox" ? "noInbox" : "none")} />,
                })),
                ...(session?.may.includes(listCorrections.id)
                  ? [{ key: CORRECTIONS, label: corrections("corrections"), children: <Corrections /> }]
                  : []),
                { key: APPLICATIONS, label: t("applications"), children: <Applications agreements={boxes.consumed} /> },
              ]}
            />
          );
        }}
      </Shown>
    </PageBody>
  );
}

interface AgreementsProps {
  readonly agreements: readonly AgreementView[];
  readonly empty: string;
}

function Agreements({ agreements, empty }: AgreementsProps) {
  const t = useTexts(SHARING_TEXTS);
  const departmentOf = useDepartmentNames();
  const resourceOf = useResourceNames();
  const format = useFormat();
  return (
    <Table
      rowKey="id"
      size="middle"
      scroll={{ x: true }}
      dataSource={[...agreements].sort((a, b) => b.appliedAt - a.appliedAt)}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      locale={{ emptyText: empty }}
      columns={[
        {
          title: t("resource"),
          key: "resource",
          render: (_, one) => <Link to={`/sharing/${one.id}`}>{resourceOf(one.resource)}</Link>,
        },
        { title: t("provider"), key: "provider", render: (_, one) => departmentOf(one.provider) },
        { title: t("consumer"), key: "consumer", render: (_, one) => departmentOf(one.consumer) },
        { title: t("state"), key: "state", render: (_, one) => <State kind="agreement" code={one.state} /> },
        { title: t("due"), key: "due", render: (_, one) => <Due agreement={one} /> },
        {
          title: t("uses"),
          key: "uses",
          render: (_, one) => `${format.number(one.reserved)} / ${format.number(one.maximumUses)}`,
        },
        { title: t("appliedAt"), key: "at", render: (_, one) => format.time(one.appliedAt) },
      ]}
    />
  );
}

export function Due({ agreement: { due } }: { readonly agreement: AgreementView }) {
  const t = useTexts(SHARING_TEXTS);
  const format = useFormat();
  if (due === undefined) return <>—</>;
  if (due.missed) return <Mark colour="red">{t("missed")}</Mark>;
  return (
    <>
      {due.workingDaysLeft !== undefined && (
        <Mark colour={due.workingDaysLeft <= 2 ? "gold" : "blue"}>{t("daysLeft", { days: due.workingDaysLeft })}</Mark>
      )}{" "}
      {format.date(due.at - 1)}
    </>
  );
}
