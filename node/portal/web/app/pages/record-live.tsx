import { Spin, Table } from "antd";
import { useEffect, useState } from "react";
import { followEvents } from "../../../../../sdk/client/routes/events.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { clientFor } from "../client.ts";
import { Failure } from "../data.tsx";
import { State, useFormat } from "../format.tsx";
import { RECORD_TEXTS } from "./record-texts.ts";

type Events = AnswerOf<typeof followEvents>;
type LifeEvent = Events extends AsyncIterable<{ readonly data: infer D }> ? D : never;

const KEPT = 200;

/** What happens to the records of a scope, as it happens. A connection that breaks is taken up again where it was. */
export function LiveRecords({ scope }: { readonly scope: string }) {
  const t = useTexts(RECORD_TEXTS);
  const format = useFormat();
  const { language } = useLanguage();
  const [events, setEvents] = useState<readonly LifeEvent[]>([]);
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    const follow = async () => {
      const stream = await clientFor(language).call(followEvents, {}, { signal: ending.signal });
      for await (const { data } of stream)
        if (data.scope === scope) setEvents((before) => [data, ...before].slice(0, KEPT));
    };
    follow().catch((cause: unknown) => ending.signal.aborted || setError(cause));
    return () => ending.abort();
  }, [language, scope, turn]);
  if (error !== undefined)
    return (
      <Failure
        error={error}
        onAgain={() => {
          setError(undefined);
          setTurn(turn + 1);
        }}
      />
    );
  return (
    <>
      <p role="status">
        <Spin size="small" /> {t("waiting")}
      </p>
      <Table
        rowKey={(one) => `${one.first} ${one.change} ${one.at}`}
        size="small"
        dataSource={events}
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        locale={{ emptyText: t("waiting") }}
        columns={[
          { title: t("time"), key: "at", render: (_, { at }) => format.time(at) },
          { title: t("event"), key: "change", render: (_, { change }) => <State kind="progress" code={change} /> },
          {
            title: t("number"),
            key: "range",
            render: (_, { first, count }) => (count === 1 ? first : t("range", { first, last: first + count - 1 })),
          },
        ]}
      />
    </>
  );
}
