import { Button, DatePicker, Descriptions, Form, Table } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { Link } from "react-router";
import { resourceUse } from "../../../../../sdk/client/routes/lineage-use.ts";
import type { ResourceView } from "../../../../../sdk/client/routes/catalogue.ts";
import { useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { Shown, useAnswer } from "../data.tsx";
import { useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { CATALOGUE_TEXTS } from "./catalogue-texts.ts";

const COLD_YEARS = 1;

/** How often what this department provides is used, and what of it is cold: to be archived or destroyed. */
export function ResourceUse({ resource }: { readonly resource: ResourceView }) {
  const session = useOperator();
  const isOwn = resource.provider === session?.department.id && session.may.includes(resourceUse.id);
  return isOwn ? <Use resource={resource} /> : null;
}

function Use({ resource: { id, scope, code } }: { readonly resource: ResourceView }) {
  const t = useTexts(CATALOGUE_TEXTS);
  const format = useFormat();
  const [since, setSince] = useState<Dayjs>(() => dayjs().subtract(COLD_YEARS, "year").startOf("day"));
  const [from, setFrom] = useState(0);
  const use = useAnswer(resourceUse, { params: { id }, query: { before: since.unix(), from } });
  return (
    <>
      <h2>{t("use")}</h2>
      <p>{t("useHow")}</p>
      <Form layout="inline">
        <Form.Item label={t("coldSince")}>
          <DatePicker
            allowClear={false}
            value={since}
            disabledDate={(day) => day.valueOf() > Date.now()}
            onChange={(day) => {
              if (day === null) return;
              setSince(day);
              setFrom(0);
            }}
          />
        </Form.Item>
      </Form>
      <Shown of={use}>
        {(page) => (
          <>
            <Descriptions
              bordered
              size="small"
              column={{ xs: 1, md: 2 }}
              items={[
                { key: "records", label: t("lookedAt"), children: format.number(page.records) },
                { key: "kept", label: t("kept"), children: format.number(page.kept) },
                { key: "used", label: t("used"), children: format.number(page.used) },
                { key: "uses", label: t("uses"), children: format.number(page.uses) },
                { key: "cold", label: t("cold"), children: format.number(page.cold.length) },
              ]}
            />
            <Table
              rowKey="seq"
              size="small"
              scroll={{ x: true }}
              pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
              locale={{ emptyText: t("noCold") }}
              dataSource={page.cold}
              columns={[
                {
                  title: t("number"),
                  key: "seq",
                  render: (_, { seq }) => (
                    <Link to={`/lineage?scope=${scope}&seq=${seq}&direction=down`}>{format.number(seq)}</Link>
                  ),
                },
                { title: t("issuedAt"), key: "at", render: (_, { issuedAt }) => format.date(issuedAt) },
                { title: t("deliveredTimes"), dataIndex: "deliveries" },
                { title: t("derivedTimes"), dataIndex: "derived" },
                {
                  title: t("lastUsedAt"),
                  key: "used",
                  render: (_, { lastUsedAt }) => (lastUsedAt === undefined ? t("neverUsed") : format.date(lastUsedAt)),
                },
              ]}
            />
            {page.cold.length > 0 && (
              <>
                <Button onClick={() => saveJson(`cold-${code}-${from}.json`, page)}>{t("saveCold")}</Button>
                <p>{t("coldDo")}</p>
                <pre className="exact">
                  {`suyuan resource use ${id} --before ${since.format("YYYY-MM-DD")} --archive ${code}-cold.ndjson`}
                </pre>
              </>
            )}
            {page.next !== undefined && <Button onClick={() => setFrom(page.next ?? 0)}>{t("nextRecords")}</Button>}
          </>
        )}
      </Shown>
    </>
  );
}
