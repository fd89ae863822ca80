import { Button, Input, Select, Table } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useTexts } from "../../shared/language.tsx";
import { Shown } from "../data.tsx";
import { termsOf, useDepartmentNames, useResources, type ResourceDetail } from "../directory.ts";
import { State, useWord } from "../format.tsx";
import { PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { CATALOGUE_TEXTS } from "./catalogue-texts.ts";

const CLASSES = ["unconditional", "conditional", "not-shared"] as const;

/** Every resource of the ledger, with search and facets that stay in the address. */
export function Page() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(CATALOGUE_TEXTS);
  const word = useWord();
  const nameOf = useDepartmentNames();
  const resources = useResources();
  const operator = useOperator();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const get = (name: string) => search.get(name) ?? "";
  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        if (value === "") before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const fits = (one: ResourceDetail) => {
    const text = `${one.name} ${one.code} ${nameOf(one.provider)}`.toLowerCase();
    return (
      text.includes(get("q").toLowerCase()) &&
      (get("provider") === "" || one.provider === get("provider")) &&
      (get("class") === "" || termsOf(one)?.shareClass === get("class"))
    );
  };
  const canApply = operator?.mayAsk.includes("applyForAgreement") ?? false;
  return (
    <PageBody
      title={app("catalogue")}
      extra={
        canApply && (
          <Button
            type="primary"
            disabled={chosen.length === 0}
            onClick={() => void navigate(`/sharing/apply?${chosen.map((id) => `resource=${id}`).join("&")}`)}
          >
            {t("applySelected", { count: chosen.length })}
          </Button>
        )
      }
    >
      <Shown of={resources}>
        {(all) => {
          const shown = all.filter(fits);
          const providers = [...new Set(all.map(({ provider }) => provider))];
          return (
            <>
              <div className="bar" role="search">
                <Input.Search
                  aria-label={t("searchLabel")}
                  placeholder={t("searchLabel")}
                  defaultValue={get("q")}
                  allowClear
                  style={{ maxWidth: 320 }}
                  onChange={(event) => set("q", event.target.value)}
                />
                <Select
                  aria-label={t("provider")}
                  style={{ minWidth: 220 }}
                  value={get("provider")}
                  onChange={(value) => set("provider", value)}
                  options={[
                    { value: "", label: `${t("provider")}: ${app("all")}` },
                    ...providers.map((value) => ({ value, label: nameOf(value) })),
                  ]}
                />
                <Select
                  aria-label={t("shareClass")}
                  style={{ minWidth: 180 }}
                  value={get("class")}
                  onChange={(value) => set("class", value)}
                  options={[
                    { value: "", label: `${t("shareClass")}: ${app("all")}` },
                    ...CLASSES.map((value) => ({ value, label: word("shareClass", value) })),
                  ]}
                />
                <span role="status">{t("count", { count: shown.length })}</span>
              </div>
              <Table
                rowKey="id"
                size="middle"
                dataSource={shown}
                scroll={{ x: true }}
                pagination={{ pageSize: 20, hideOnSinglePage: true }}
                locale={{ emptyText: t("none") }}
                {...(canApply && {
                  rowSelection: {
                    hideSelectAll: true,
                    selectedRowKeys: [...chosen],
                    onChange: (keys) => setChosen(keys.map(String)),
                    getCheckboxProps: (one: ResourceDetail) => ({
                      disabled: one.state !== "published" || one.provider === operator?.department.id,
                      "aria-label": one.name,
                    }),
                  },
                })}
                columns={[
                  {
                    title: t("name"),
                    key: "name",
                    render: (_, one) => <Link to={`/catalogue/${one.id}`}>{one.name}</Link>,
                  },
                  { title: t("code"), dataIndex: "code" },
                  { title: t("provider"), key: "provider", render: (_, one) => nameOf(one.provider) },
                  {
                    title: t("shareClass"),
                    key: "class",
                    render: (_, one) => word("shareClass", termsOf(one)?.shareClass ?? "none"),
                  },
                  { title: t("level"), key: "level", render: (_, one) => termsOf(one)?.level },
                  {
                    title: t("personal"),
                    key: "personal",
                    render: (_, one) => t(termsOf(one)?.personal === true ? "yes" : "no"),
                  },
                  { title: t("state"), key: "state", render: (_, one) => <State kind="resource" code={one.state} /> },
                ]}
              />
              <Coverage resources={all} />
            </>
          );
        }}
      </Shown>
    </PageBody>
  );
}

const LEVELS = [1, 2, 3, 4] as const;

/** Who has catalogued and published how much, by level of protection. */
function Coverage({ resources }: { readonly resources: readonly ResourceDetail[] }) {
  const t = useTexts(CATALOGUE_TEXTS);
  const nameOf = useDepartmentNames();
  const rows = [...Map.groupBy(resources, ({ provider }) => provider)].map(([provider, some]) => {
    const published = some.filter(({ state }) => state === "published");
    const levels = LEVELS.map((level) => published.filter((one) => termsOf(one)?.level === level).length);
    return { provider, total: some.length, published: published.length, levels };
  });
  return (
    <>
      <h2>{t("coverage")}</h2>
      <Table
        rowKey="provider"
        size="small"
        scroll={{ x: true }}
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        dataSource={rows}
        columns={[
          { title: t("byProvider"), key: "provider", render: (_, { provider }) => nameOf(provider) },
          { title: t("total_count"), dataIndex: "total" },
          { title: t("published_count"), dataIndex: "published" },
          ...LEVELS.map((level, i) => ({
            title: t("byLevel", { level }),
            key: `level ${level}`,
            render: (_: unknown, { levels }: (typeof rows)[number]) => levels[i],
          })),
        ]}
      />
    </>
  );
}
