import { Alert, Button, Descriptions, Table } from "antd";
import { showNode } from "../../../../../sdk/client/routes/administration.ts";
import { describeNode, isReady } from "../../../../../sdk/client/routes/node.ts";
import { listAlarms } from "../../../../../sdk/client/routes/operations.ts";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { Id, useFormat } from "../format.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { HEALTH_TEXTS, REASON_TEXTS } from "./health-texts.ts";

type NodeStatus = AnswerOf<typeof showNode>;

/** Whether the node works, part by part, in figures, and what to do about a part that does not. */
export function Health({ isDetailed }: { readonly isDetailed: boolean }) {
  const app = useTexts(APP_TEXTS);
  const ready = useAnswer(isReady, {});
  const status = useAnswer(showNode, isDetailed ? {} : undefined);
  return (
    <>
      <p className="bar">
        <Button
          onClick={() => {
            ready.reload();
            status.reload();
          }}
        >
          {app("again")}
        </Button>
      </p>
      <Shown of={ready}>
        {({ parts }) => (
          <div className="stack" role="status">
            {parts.map(({ part, ready: isGood, reason }) => (
              <Part key={part} part={part} isGood={isGood} reason={reason} />
            ))}
          </div>
        )}
      </Shown>
      {isDetailed && <Shown of={status}>{(one) => <Figures status={one} />}</Shown>}
      <Alarms />
      <Ledger />
    </>
  );
}

const isNamed = <T extends object>(texts: T, key: string): key is keyof T & string => Object.hasOwn(texts, key);

function Part({
  part,
  isGood,
  reason,
}: {
  readonly part: string;
  readonly isGood: boolean;
  readonly reason?: string | undefined;
}) {
  const t = useTexts(HEALTH_TEXTS);
  const todo = useTexts(REASON_TEXTS);
  const partKey = `part_${part}`;
  const doKey = `do_${part}`;
  return (
    <Alert
      showIcon
      type={isGood ? "success" : "error"}
      title={`${isNamed(HEALTH_TEXTS, partKey) ? t(partKey) : part}: ${t(isGood ? "ready" : "notReady")}`}
      description={
        reason !== undefined && (
          <>
            <code>{reason}</code>{" "}
            {isNamed(REASON_TEXTS, reason) ? todo(reason) : isNamed(HEALTH_TEXTS, doKey) ? t(doKey) : t("do_other")}
          </>
        )
      }
    />
  );
}

function Figures({ status: { chain, backlog, disk, parts, key, now } }: { readonly status: NodeStatus }) {
  const t = useTexts(HEALTH_TEXTS);
  const format = useFormat();
  const wrong = parts.filter(({ reason }) => reason !== undefined);
  const block = ({ number, time }: { readonly number: number; readonly time: number }) =>
    t("blockAt", { number: format.number(number), time: format.time(time) });
  const items = [
    ["latest", chain ? block(chain.latest) : t("neverSeen")],
    ["final", chain ? block(chain.final) : t("neverSeen")],
    ["failedPolls", format.number(chain?.failedPolls ?? 0)],
    ["waiting", format.number(backlog.waiting)],
    [
      "waitingSince",
      backlog.waitingSince === undefined
        ? "—"
        : t("sinceAge", {
            time: format.time(backlog.waitingSince),
            seconds: format.number(now - backlog.waitingSince),
          }),
    ],
    ["notFinal", format.number(backlog.notFinal)],
    ["finalRecords", format.number(backlog.final)],
    ["disk", t("diskFree", { free: format.bytes(disk.freeBytes), total: format.bytes(disk.totalBytes) })],
    ["key", key ?? t("noKey")],
  ] as const;
  return (
    <>
      <h2>{t("figures")}</h2>
      {wrong.length > 0 ? (
        <div className="stack">
          {wrong.map(({ part, reason }) => (
            <Part key={part} part={part} isGood={false} reason={reason} />
          ))}
        </div>
      ) : (
        <p>{t("allWell")}</p>
      )}
      <Descriptions
        bordered
        size="small"
        column={{ xs: 1, md: 2 }}
        items={items.map(([name, children]) => ({ key: name, label: t(name), children }))}
      />
    </>
  );
}

function Alarms() {
  const t = useTexts(HEALTH_TEXTS);
  const todo = useTexts(REASON_TEXTS);
  const format = useFormat();
  const may = useOperator()?.may.includes(listAlarms.id) ?? false;
  const alarms = useAnswer(listAlarms, may ? {} : undefined);
  if (!may) return null;
  return (
    <>
      <h2>{t("alarms")}</h2>
      <Shown of={alarms} isEmpty={({ alarms: all }) => all.length === 0} empty={t("noAlarms")}>
        {({ alarms: all }) => (
          <Table
            rowKey="scope"
            size="small"
            pagination={false}
            scroll={{ x: true }}
            dataSource={all}
            columns={[
              { title: t("scope"), key: "scope", render: (_, { scope }) => <Id value={scope} /> },
              { title: t("code"), dataIndex: "code" },
              { title: t("at"), key: "at", render: (_, { at }) => format.time(at) },
              {
                title: t("whatToDo"),
                key: "do",
                render: (_, { code }) => (isNamed(REASON_TEXTS, code) ? todo(code) : t("do_other")),
              },
            ]}
          />
        )}
      </Shown>
    </>
  );
}

function Ledger() {
  const t = useTexts(HEALTH_TEXTS);
  const node = useAnswer(describeNode, {});
  return (
    <>
      <h2>{t("ledger")}</h2>
      <Shown of={node}>
        {({ ledger, version }) => (
          <Descriptions
            bordered
            size="small"
            column={1}
            items={[
              { key: "ledger", label: t("ledger"), children: <Id value={ledger.id} /> },
              { key: "chain", label: t("chainId"), children: ledger.chainId },
              { key: "version", label: t("version"), children: version },
            ]}
          />
        )}
      </Shown>
    </>
  );
}
