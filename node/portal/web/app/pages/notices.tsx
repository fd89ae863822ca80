import { Alert, List } from "antd";
import type { listNotices } from "../../../../../sdk/client/routes/agreements.ts";
import { type NoticeView } from "../../../../../sdk/client/routes/agreements.ts";
import { useTexts } from "../../shared/language.tsx";
import { Shown, type Asked } from "../data.tsx";
import { Id, useFormat } from "../format.tsx";
import type { AnswerOf } from "../../../../../sdk/client/route.ts";
import { SHARING_TEXTS } from "./sharing-texts.ts";

/** What the provider wrote about an agreement, each held against its digest on chain by this department's node. */
export function Notices({ of }: { readonly of: Asked<AnswerOf<typeof listNotices>> }) {
  const t = useTexts(SHARING_TEXTS);
  return (
    <>
      <h2>{t("notices")}</h2>
      <Shown of={of}>
        {({ notices }) => (
          <List
            bordered
            size="small"
            dataSource={notices}
            rowKey="digest"
            locale={{ emptyText: t("noNotices") }}
            renderItem={(one) => <Notice one={one} />}
          />
        )}
      </Shown>
    </>
  );
}

function Notice({ one }: { readonly one: NoticeView }) {
  const t = useTexts(SHARING_TEXTS);
  const format = useFormat();
  const kind = t(`notice_${one.kind}`);
  if (one.verdict === "verified")
    return (
      <List.Item>
        <List.Item.Meta title={`${kind} · ${format.time(one.notice.at)}`} description={one.notice.text} />
        <span>✓ {t("notice_fits")}</span>
      </List.Item>
    );
  const isRejected = one.verdict === "rejected";
  return (
    <List.Item>
      <Alert
        type={isRejected ? "error" : "warning"}
        showIcon
        title={`${kind} · ${t(isRejected ? "notice_rejected" : "notice_undetermined")}`}
        description={
          <>
            <p>{t(isRejected ? "notice_rejectedHelp" : "notice_undeterminedHelp")}</p>
            <Id value={one.digest} />
          </>
        }
      />
    </List.Item>
  );
}
