import { App, Alert, Descriptions, Input, Modal } from "antd";
import { useState, type ReactNode } from "react";
import { askApproval } from "../../../../sdk/client/routes/approvals.ts";
import type { BodyOf, RouteDefinition } from "../../../../sdk/client/route.ts";
import type { JsonObject } from "../../../../sdk/protocol/json.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { clientFor } from "./client.ts";
import { useDoing } from "./doing.tsx";
import { useOperator } from "./session.tsx";
import { APP_TEXTS } from "./texts.ts";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** An action with everything that it says, ready to be looked at before it is sent. */
export interface Action {
  readonly title: string;
  /** The same in words. */
  readonly facts: readonly Fact[];
  readonly route: RouteDefinition;
  readonly params: Readonly<Record<string, string | number>>;
  readonly body: object;
}

export const actionOf = <const D extends RouteDefinition>(
  route: D,
  input: { readonly params?: Readonly<Record<string, string | number>>; readonly body: BodyOf<D> & object },
  words: Pick<Action, "title" | "facts">,
): Action => ({ route, params: input.params ?? {}, body: input.body, ...words });

const TRACKING_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The day in China and eight letters drawn at random: what a person can read out on the telephone. */
function newTracking(): string {
  const day = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10).replaceAll("-", "");
  const drawn = crypto.getRandomValues(new Uint8Array(8));
  return `${day}-${[...drawn].map((byte) => TRACKING_LETTERS[byte % TRACKING_LETTERS.length] ?? "").join("")}`;
}

interface Acting {
  /** Shows actions, to be looked at and then sent. */
  readonly show: (...actions: readonly Action[]) => void;
  /** Belongs at the end of what shows them. */
  readonly dialog: ReactNode;
}

/** Actions that a page offers: looked at and sent in a dialog, which closes when they are done. */
export function useAct(onDone?: () => void): Acting {
  const [actions, setActions] = useState<readonly Action[]>();
  const close = () => setActions(undefined);
  const dialog = actions && (
    <Act
      actions={actions}
      onClose={close}
      onDone={() => {
        close();
        onDone?.();
      }}
    />
  );
  return { show: (...chosen) => setActions(chosen), dialog };
}

interface ActProps {
  readonly actions: readonly Action[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Shows what will be signed or sent, in words and exactly; then asks for its approval or carries it out. */
function Act({ actions, onClose, onDone }: ActProps) {
  const t = useTexts(APP_TEXTS);
  const { language } = useLanguage();
  const { message } = App.useApp();
  const session = useOperator();
  const [remark, setRemark] = useState("");
  const { busy, run, failure } = useDoing();
  const [sent, setSent] = useState(0);
  const [number] = useState(newTracking);
  const asks = actions.every(({ route }) => session?.mayAsk.includes(route.id) ?? false);
  const may = asks || actions.every(({ route }) => session?.may.includes(route.id) ?? false);

  const send = async () => {
    const client = clientFor(language);
    const tracking = actions.length > 1 ? number : undefined;
    // What was sent before a failure is not sent again.
    for (let i = sent; i < actions.length; i++) {
      const { route, params, body } = actions[i] as Action; // Below its length.
      if (asks) {
        const asked = { operation: route.id, params: { ...params }, body: body as JsonObject };
        await client.call(askApproval, {
          body: { ...asked, ...(remark.trim() !== "" && { remark: remark.trim() }), ...(tracking && { tracking }) },
        });
      } else await client.call(route, { params, body });
      setSent(i + 1);
    }
    void message.success(t(asks ? "asked" : "done"));
    onDone();
  };
  return (
    <Modal
      open
      width={720}
      title={t("confirmTitle")}
      okText={t(asks ? "ask" : "do")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: busy, disabled: !may }}
      onOk={() => void run(send)}
      onCancel={onClose}
    >
      <Alert
        type={may ? "info" : "warning"}
        showIcon
        title={t(may ? (asks ? "confirmAsk" : "confirmDo") : "notAllowed")}
      />
      {actions.map(({ title, facts, route, params, body }, i) => (
        <section key={i}>
          <h3>{title}</h3>
          <Descriptions
            size="small"
            column={1}
            bordered
            items={facts.map(({ name, value }, key) => ({ key, label: name, children: value }))}
          />
          <details>
            <summary>{t("confirmExact")}</summary>
            <pre className="exact">{JSON.stringify({ operation: route.id, params, body }, undefined, 2)}</pre>
          </details>
        </section>
      ))}
      {asks && actions.length > 1 && <p>{t("trackingNumber", { number })}</p>}
      {asks && (
        <label>
          {t("remark")}
          <Input.TextArea
            rows={2}
            maxLength={1000}
            value={remark}
            onChange={(event) => setRemark(event.target.value)}
          />
        </label>
      )}
      {failure}
    </Modal>
  );
}
