import { Select, Tabs } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { listResources } from "../../../../../sdk/client/routes/catalogue.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { BulkStatus } from "./record-bulk.tsx";
import { FindRecord } from "./record-find.tsx";
import { IssueRecords } from "./record-issue.tsx";
import { LiveRecords } from "./record-live.tsx";
import { RECORD_TEXTS } from "./record-texts.ts";

export function Page() {
  return (
    <ForOperators>
      <Records />
    </ForOperators>
  );
}

/** The department's own records: issue them, find one, watch them on their way. */
function Records() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(RECORD_TEXTS);
  const session = useOperator();
  const own = useAnswer(listResources, session && { query: { provider: session.department.id, state: "published" } });
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<string>();
  const may = (id: string) => session?.may.includes(id) ?? false;
  return (
    <PageBody title={app("records")}>
      <Shown of={own} isEmpty={({ resources }) => resources.length === 0} empty={t("noResources")}>
        {({ resources }) => {
          const resource = resources.find(({ id }) => id === chosen) ?? resources[0];
          if (resource === undefined) return null;
          return (
            <>
              <div className="bar">
                <label>
                  {t("resource")}{" "}
                  <Select
                    value={resource.id}
                    style={{ minWidth: 220 }}
                    onChange={setChosen}
                    options={resources.map(({ id, name }) => ({ value: id, label: name }))}
                  />
                </label>
              </div>
              <Tabs
                activeKey={search.get("tab") ?? (may("submitRecords") ? "issue" : "live")}
                onChange={(tab) => setSearch({ tab }, { replace: true })}
                destroyOnHidden
                items={[
                  ...(may("submitRecords")
                    ? [
                        {
                          key: "issue",
                          label: t("issue"),
                          children: <IssueRecords key={resource.id} resource={resource} />,
                        },
                      ]
                    : []),
                  ...(may("findRecord")
                    ? [
                        {
                          key: "find",
                          label: t("find"),
                          children: <FindRecord key={resource.id} resource={resource} />,
                        },
                      ]
                    : []),
                  ...(session?.mayAsk.includes("changeStatus") && may("findRecord")
                    ? [
                        {
                          key: "bulk",
                          label: t("bulk"),
                          children: <BulkStatus key={resource.id} resource={resource} />,
                        },
                      ]
                    : []),
                  { key: "live", label: t("live"), children: <LiveRecords scope={resource.scope} /> },
                ]}
              />
            </>
          );
        }}
      </Shown>
    </PageBody>
  );
}
