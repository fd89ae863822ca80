import { Table } from "antd";
import { Link } from "react-router";
import { listResources } from "../../../../../sdk/client/routes/catalogue.ts";
import { listDepartments } from "../../../../../sdk/client/routes/departments.ts";
import { describeNode } from "../../../../../sdk/client/routes/node.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { listProjects } from "../../../../../sdk/client/routes/projects.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer, type Asked } from "../data.tsx";
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
      <Statistics projects={projects} />
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
      <Elsewhere />
    </PageBody>
  );
}

/** Numbers that anyone may know, of this node's projects and of the whole ledger's catalogue. */
function Statistics({ projects: { loaded } }: { readonly projects: Asked<AnswerOf<typeof listProjects>> }) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const resources = useAnswer(listResources, { query: { state: "published" } });
  const departments = useAnswer(listDepartments, {});
  const projects = loaded.state === "there" ? loaded.value.projects : undefined;
  const figures = [
    ["projectCount", projects?.length],
    ["flaggedCount", projects?.filter(({ flags }) => flags > 0).length],
    ["resourceCount", resources.loaded.state === "there" ? resources.loaded.value.resources.length : undefined],
    ["departmentCount", departments.loaded.state === "there" ? departments.loaded.value.departments.length : undefined],
  ] as const;
  return (
    <dl className="figures" aria-label={t("statistics")}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd>{value === undefined ? "…" : format.number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Elsewhere() {
  const t = useTexts(PROJECT_TEXTS);
  const departments = useAnswer(listDepartments, {});
  const node = useAnswer(describeNode, {});
  if (departments.loaded.state !== "there" || node.loaded.state !== "there") return null;
  const own = node.loaded.value.department.id;
  const others = departments.loaded.value.departments.filter(
    ({ id, endpoint }) => id !== own && /^https?:$/.test(URL.parse(endpoint)?.protocol ?? ""),
  );
  if (others.length === 0) return null;
  return (
    <nav aria-label={t("elsewhere")}>
      <p>{t("elsewhere")}</p>
      <ul>
        {others.map(({ id, name, endpoint }) => (
          <li key={id}>
            <a href={new URL("/app/projects", endpoint).href}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const isNew = ({ code, updated }: { readonly code: string; readonly updated: number }): boolean => {
  const seen = lastVisit(`project ${code}`);
  return seen !== undefined && updated > seen;
};
