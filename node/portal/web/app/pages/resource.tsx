import { Alert, Button, Descriptions, Table, Tag } from "antd";
import { Link, useParams } from "react-router";
import {
  describeResource,
  getResource,
  metadata,
  type ResourceView,
} from "../../../../../sdk/client/routes/catalogue.ts";
import type { Hex } from "../../../../../sdk/protocol/bytes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { termsOf, useDepartmentNames } from "../directory.ts";
import { fieldsOf } from "../fields.ts";
import { Id, State, useFormat, useWord } from "../format.tsx";
import { PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { CATALOGUE_TEXTS } from "./catalogue-texts.ts";
import { ResourceSupply } from "./resource-supply.tsx";
import { ResourceUse } from "./resource-use.tsx";

/** One resource: what it holds, under which conditions, and how to apply. */
export function Page() {
  const t = useTexts(CATALOGUE_TEXTS);
  const { language } = useLanguage();
  const { id } = useParams();
  const params = { id: id as Hex }; // The node refuses what is none.
  const operator = useOperator();
  const resource = useAnswer(getResource, { params });
  const described = useAnswer(describeResource, operator && { params });
  const nameOf = useDepartmentNames();
  const word = useWord();
  const format = useFormat();
  return (
    <Shown of={resource}>
      {(one) => {
        const terms = termsOf(one);
        const isOthers = operator !== undefined && one.provider !== operator.department.id;
        return (
          <PageBody
            title={one.name}
            extra={
              isOthers &&
              one.state === "published" && (
                <Link to={`/sharing/apply?resource=${one.id}`}>
                  <Button type="primary">{t("apply")}</Button>
                </Link>
              )
            }
          >
            <Descriptions
              bordered
              size="small"
              column={{ xs: 1, md: 2 }}
              items={[
                { key: "provider", label: t("provider"), children: nameOf(one.provider) },
                { key: "code", label: t("code"), children: one.code },
                { key: "state", label: t("state"), children: <State kind="resource" code={one.state} /> },
                { key: "class", label: t("shareClass"), children: word("shareClass", terms?.shareClass ?? "none") },
                { key: "level", label: t("level"), children: terms?.level },
                { key: "personal", label: t("personal"), children: t(terms?.personal === true ? "yes" : "no") },
                { key: "cycle", label: t("cycle"), children: format.number(terms?.updateCycleDays ?? 0) },
                { key: "retention", label: t("retention"), children: format.number(terms?.retentionDays ?? 0) },
                { key: "id", label: "ID", children: <Id value={one.id} /> },
              ]}
            />
            <HowToApply resource={one} shareClass={terms?.shareClass} />
            {operator === undefined ? (
              <Alert type="info" showIcon title={t("noDescription")} style={{ marginTop: 16 }} />
            ) : (
              <Shown of={described}>
                {({ metadata: words, schema }) => {
                  const meta = metadata.safeParse(words).data;
                  return (
                    <>
                      {meta && (
                        <>
                          <h2>{t("conditions")}</h2>
                          <Descriptions
                            bordered
                            size="small"
                            column={1}
                            items={[
                              { key: "summary", label: t("summary"), children: meta.summary },
                              { key: "condition", label: t("conditions"), children: meta.shareCondition || "—" },
                              { key: "method", label: t("method"), children: meta.shareMethod },
                              { key: "openness", label: t("openness"), children: meta.openness },
                              { key: "published", label: t("published"), children: meta.publishedOn },
                            ]}
                          />
                        </>
                      )}
                      <h2>{t("fields")}</h2>
                      <Table
                        rowKey="pattern"
                        size="small"
                        pagination={false}
                        scroll={{ x: true }}
                        dataSource={fieldsOf(schema, language)}
                        columns={[
                          { title: t("field"), dataIndex: "title" },
                          { title: t("type"), dataIndex: "type" },
                          {
                            title: t("included"),
                            key: "required",
                            render: (_, field) => <Tag>{t(field.required ? "required" : "optional")}</Tag>,
                          },
                        ]}
                      />
                    </>
                  );
                }}
              </Shown>
            )}
            {operator !== undefined && <ResourceSupply resource={one} />}
            <ResourceUse resource={one} />
          </PageBody>
        );
      }}
    </Shown>
  );
}

interface HowProps {
  readonly resource: ResourceView;
  readonly shareClass: string | undefined;
}

function HowToApply({ resource: { id, provider, state }, shareClass }: HowProps) {
  const t = useTexts(CATALOGUE_TEXTS);
  const operator = useOperator();
  const isOpen = state === "published" && shareClass !== "not-shared";
  const how =
    shareClass === "not-shared"
      ? t("applyNot")
      : !isOpen
        ? t("applyClosed")
        : operator === undefined
          ? t("applySignIn")
          : provider === operator.department.id
            ? t("applyOwn")
            : t("applyHow");
  return (
    <>
      <h2>{t("applyTitle")}</h2>
      <p>
        {how}{" "}
        {isOpen && operator !== undefined && provider !== operator.department.id && (
          <Link to={`/sharing/apply?resource=${id}`}>{t("apply")}</Link>
        )}
      </p>
    </>
  );
}
