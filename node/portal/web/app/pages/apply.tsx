import { Button, Card, Checkbox, DatePicker, Empty, Form, Input, InputNumber } from "antd";
import type { Dayjs } from "dayjs";
import { Link, useNavigate, useSearchParams } from "react-router";
import { applyForAgreement } from "../../../../../sdk/client/routes/agreements.ts";
import { describeResource, getResource } from "../../../../../sdk/client/routes/catalogue.ts";
import type { Hex } from "../../../../../sdk/protocol/bytes.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { actionOf, useAct } from "../act.tsx";
import { clientFor } from "../client.ts";
import { Shown, useWork } from "../data.tsx";
import { useDepartmentNames, type ResourceDetail } from "../directory.ts";
import { fieldsOf, type Field } from "../fields.ts";
import { useFormat } from "../format.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { APP_TEXTS } from "../texts.ts";
import { CATALOGUE_TEXTS } from "./catalogue-texts.ts";
import { SHARING_TEXTS } from "./sharing-texts.ts";

export function Page() {
  return (
    <ForOperators>
      <Application />
    </ForOperators>
  );
}

interface Wanted {
  readonly resource: ResourceDetail;
  readonly fields: readonly Field[];
}

interface Terms {
  readonly purpose: string;
  readonly matter?: string;
  readonly basis?: string;
  readonly scenario?: string;
  readonly until: Dayjs;
  readonly maximumUses: number;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

/** One form for several resources: a request for each, approved and tracked together. */
function Application() {
  const t = useTexts(SHARING_TEXTS);
  const app = useTexts(APP_TEXTS);
  const catalogue = useTexts(CATALOGUE_TEXTS);
  const { language } = useLanguage();
  const departmentOf = useDepartmentNames();
  const format = useFormat();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const ids = search.getAll("resource");
  const act = useAct(() => void navigate("/approvals"));
  const wanted = useWork(
    async (): Promise<Wanted[]> => {
      const client = clientFor(language);
      return Promise.all(
        ids.map(async (id) => {
          const params = { id: id as Hex }; // The node refuses what is none.
          const resource = await client.call(getResource, { params });
          const { schema } = await client.call(describeResource, { params });
          return { resource, fields: fieldsOf(schema, language) };
        }),
      );
    },
    `${language} ${ids.join(" ")}`,
  );

  const review = (all: readonly Wanted[], terms: Terms) => {
    const { until, purpose, maximumUses, fields: chosen = {} } = terms;
    const texts = Object.fromEntries(
      (["matter", "basis", "scenario"] as const).flatMap((name) => {
        const text = terms[name]?.trim() ?? "";
        return text === "" ? [] : [[name, text]];
      }),
    );
    const validFrom = Math.floor(Date.now() / 1000);
    // The day itself belongs to the period: it ends when the next one begins in China.
    const validUntil = Date.parse(`${until.format("YYYY-MM-DD")}T00:00:00+08:00`) / 1000 + 86_400;
    act.show(
      ...all.map(({ resource, fields }) => {
        const picked = [...(chosen[resource.id] ?? [])];
        const titles = fields.filter(({ pattern }) => picked.includes(pattern)).map(({ title }) => title);
        const body = { resource: resource.id, purpose, fields: picked, ...texts, validFrom, validUntil, maximumUses };
        const provider = departmentOf(resource.provider);
        return actionOf(
          applyForAgreement,
          { body },
          {
            title: t("applyFact", { provider, resource: resource.name }),
            facts: [
              { name: t("fields"), value: titles.length === 0 ? t("noOptional") : titles.join("、") },
              { name: t("purpose"), value: purpose },
              ...Object.entries(texts).map(([name, value]) => ({
                name: t(name as "matter" | "basis" | "scenario"), // The members of texts.
                value: String(value),
              })),
              { name: t("period"), value: `${format.date(validFrom)} – ${format.date(validUntil - 1)}` },
              { name: t("maximumUses"), value: format.number(maximumUses) },
            ],
          },
        );
      }),
    );
  };
  if (ids.length === 0)
    return (
      <PageBody title={t("applyTitle")}>
        <Empty description={<Link to="/catalogue">{t("chooseFirst")}</Link>} />
      </PageBody>
    );
  const required = { required: true, message: app("required") };
  return (
    <PageBody title={t("applyTitle")}>
      <p>{catalogue("applyHow")}</p>
      <Shown of={wanted}>
        {(all) => (
          <Form<Terms>
            layout="vertical"
            initialValues={{ maximumUses: 100 }}
            onFinish={(terms) => review(all, terms)}
            scrollToFirstError
          >
            <Form.Item
              name="purpose"
              label={t("purpose")}
              extra={t("purposeHint")}
              rules={[required, { pattern: /^[a-z][a-z0-9-]{0,63}$/, message: t("purposeBad") }]}
            >
              <Input spellCheck={false} />
            </Form.Item>
            <Form.Item name="matter" label={t("matter")}>
              <Input maxLength={500} />
            </Form.Item>
            <Form.Item name="basis" label={t("basis")}>
              <Input maxLength={1000} />
            </Form.Item>
            <Form.Item name="scenario" label={t("scenario")}>
              <Input maxLength={1000} />
            </Form.Item>
            <Form.Item name="until" label={t("until")} rules={[required]}>
              <DatePicker disabledDate={(day) => day.valueOf() < Date.now()} />
            </Form.Item>
            <Form.Item name="maximumUses" label={t("maximumUses")} rules={[required]}>
              <InputNumber min={1} max={2 ** 32 - 1} precision={0} />
            </Form.Item>
            <div className="stack">
              {all.map(({ resource, fields }) => (
                <Card key={resource.id} size="small" title={t("fieldsOf", { name: resource.name })}>
                  <p>
                    {t("requiredNote", {
                      fields: fields
                        .filter((field) => field.required)
                        .map(({ title }) => title)
                        .join("、"),
                    })}
                  </p>
                  <Form.Item name={["fields", resource.id]} noStyle>
                    <Checkbox.Group
                      options={fields
                        .filter((field) => !field.required)
                        .map(({ pattern, title }) => ({ value: pattern, label: title }))}
                    />
                  </Form.Item>
                </Card>
              ))}
            </div>
            <p>
              <Button type="primary" htmlType="submit">
                {t("review")}
              </Button>
            </p>
          </Form>
        )}
      </Shown>
      {act.dialog}
    </PageBody>
  );
}
