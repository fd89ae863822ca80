import { Alert, Checkbox, Input, Table } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { listResources } from "../../../../../sdk/client/routes/catalogue.ts";
import { listDepartments } from "../../../../../sdk/client/routes/departments.ts";
import { describeNode } from "../../../../../sdk/client/routes/node.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { bySeverity, readBoard, type BoardLine } from "../board.ts";
import { clientFor } from "../client.ts";
import { Shown, useAnswer, useWork, type Asked } from "../data.tsx";
import { useFormat, Mark } from "../format.tsx";
import { PageBody } from "../frame.tsx";
import { isSince, useVisit } from "../visits.ts";
import { APP_TEXTS } from "../texts.ts";
import { PROJECT_TEXTS } from "./project-texts.ts";

/** The board: every project that this node discloses, the worst warnings first. No account is needed. */
export function Page() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(PROJECT_TEXTS);
  const { language } = useLanguage();
  const seen = useVisit("projects");
  const projects = useWork(() => readBoard(clientFor(language)), `projects ${language}`);
  return (
    <PageBody title={app("projects")}>
      <p>{t("lead")}</p>
      <Statistics projects={projects} />
      <Shown of={projects} isEmpty={(all) => all.length === 0} empty={t("none")}>
        {(all) => <Board projects={all} seen={seen} />}
      </Shown>
      <Elsewhere />
    </PageBody>
  );
}

interface BoardProps {
  readonly projects: readonly BoardLine[];
  /** When this browser was here before, seconds. */
  readonly seen: number | undefined;
}

function Board({ projects, seen }: BoardProps) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const [text, setText] = useState("");
  const [only, setOnly] = useState<readonly string[]>([]);
  const wanted = text.trim().toLowerCase();
  const shown = projects
    .filter(({ code, title }) => `${code} ${title}`.toLowerCase().includes(wanted))
    .filter(({ flags }) => !only.includes("flagged") || flags > 0)
    .filter(({ updated }) => !only.includes("changed") || isSince(updated, seen))
    .sort(bySeverity);
  return (
    <>
      <Changes projects={projects} seen={seen} />
      <div className="bar">
        <Input.Search
          allowClear
          aria-label={t("filter")}
          placeholder={t("filter")}
          style={{ maxWidth: "22rem" }}
          onChange={(event) => setText(event.target.value)}
        />
        <Checkbox.Group
          value={[...only]}
          onChange={setOnly}
          options={[
            { value: "flagged", label: t("onlyFlagged") },
            ...(seen === undefined ? [] : [{ value: "changed", label: t("onlyChanged") }]),
          ]}
        />
      </div>
      <Table
        rowKey="code"
        size="middle"
        scroll={{ x: true }}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: t("none") }}
        dataSource={shown}
        columns={[
          {
            title: t("project"),
            key: "title",
            render: (_, one) => (
              <Link to={`/projects/${encodeURIComponent(one.code)}`}>{one.title === "" ? one.code : one.title}</Link>
            ),
          },
          { title: t("code"), dataIndex: "code" },
          {
            title: t("severity"),
            key: "flags",
            sorter: (a, b) => bySeverity(b, a),
            render: (_, one) => <Flags of={one} />,
          },
          { title: t("releases"), key: "releases", render: (_, one) => format.number(one.releases) },
          {
            title: t("updated"),
            key: "updated",
            sorter: (a, b) => a.updated - b.updated,
            render: (_, one) => (
              <>
                {format.time(one.updated)} {isSince(one.updated, seen) && <Mark colour="blue">{t("changed")}</Mark>}
              </>
            ),
          },
        ]}
      />
    </>
  );
}

/** How bad it is, in words: rules that are broken, and what is worth a look. */
function Flags({ of: { flags, hard } }: { readonly of: BoardLine }) {
  const t = useTexts(PROJECT_TEXTS);
  if (flags === 0) return <>{t("noFlags")}</>;
  return (
    <>
      {hard > 0 && <Mark colour="red">{t("hardCount", { count: hard })}</Mark>}
      {flags > hard && <Mark colour="gold">{t("softCount", { count: flags - hard })}</Mark>}
    </>
  );
}

function Changes({ projects, seen }: BoardProps) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  if (seen === undefined) return null;
  const updated = projects.filter((one) => isSince(one.updated, seen)).length;
  const time = format.time(seen);
  return (
    <Alert
      showIcon
      style={{ marginBottom: 16 }}
      type={updated === 0 ? "info" : "warning"}
      title={t(updated === 0 ? "sinceNothing" : "sinceVisit", { time, updated })}
    />
  );
}

/** Numbers that anyone may know, of this node's projects and of the whole ledger's catalogue. */
function Statistics({ projects: { loaded } }: { readonly projects: Asked<readonly BoardLine[]> }) {
  const t = useTexts(PROJECT_TEXTS);
  const format = useFormat();
  const resources = useAnswer(listResources, { query: { state: "published" } });
  const departments = useAnswer(listDepartments, {});
  const projects = loaded.state === "there" ? loaded.value : undefined;
  const figures = [
    ["projectCount", projects?.length],
    ["hardProjects", projects?.filter(({ hard }) => hard > 0).length],
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
