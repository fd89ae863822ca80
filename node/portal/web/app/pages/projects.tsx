import { Table } from "antd";
import { Link } from "react-router";
import { listProjects } from "../../../../../sdk/client/routes/projects.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useFormat, Mark } from "../format.tsx";
import { PageBody } from "../frame.tsx";
import { lastVisit } from "../visits.ts";
import { APP_TEXTS } from "../texts.ts";
import { PROJECT_TEXTS } from "./project-texts.ts";

const MOST = 500;

/** The board: every project that this node discloses, those with warnings first. No account is needed. */
export function Page() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const projects = useAnswer(listProjects, { query: { limit: MOST } });
  return (
    <PageBody title={app("projects")}>
      <p>{t("lead")}</p>
      <Shown of={projects} isEmpty={({ projects: all }) => all.length === 0} empty={t("none")}>
        {({ projects: all }) => (
          <Table
            rowKey="code"
            size="middle"
            scroll={{ x: true }}
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            dataSource={[...all].sort((a, b) => b.flags - a.flags || b.updated - a.updated)}
            columns={[
              {
                title: t("project"),
                key: "title",
                render: (_, one) => (
                  <Link to={`/projects/${encodeURIComponent(one.code)}`}>
                    {one.title === "" ? one.code : one.title}
                  </Link>
                ),
              },
              { title: t("code"), dataIndex: "code" },
              {
                title: t("flags"),
                key: "flags",
                sorter: (a, b) => a.flags - b.flags,
                render: (_, one) =>
                  one.flags === 0 ? t("noFlags") : <Mark colour="red">{t("flagCount", { count: one.flags })}</Mark>,
              },
              { title: t("releases"), key: "releases", render: (_, one) => format.number(one.releases) },
              {
                title: t("updated"),
                key: "updated",
                sorter: (a, b) => a.updated - b.updated,
                render: (_, one) => (
                  <>
                    {format.time(one.updated)} {isNew(one) && <Mark colour="blue">{t("changed")}</Mark>}
                  </>
                ),
              },
            ]}
          />
        )}
      </Shown>
    </PageBody>
  );
}

const isNew = ({ code, updated }: { readonly code: string; readonly updated: number }): boolean => {
  const seen = lastVisit(`project ${code}`);
  return seen !== undefined && updated > seen;
};
