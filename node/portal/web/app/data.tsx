import { Alert, Button, Empty, Skeleton } from "antd";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import type { AnswerOf, CallOf, RouteDefinition } from "../../../../sdk/client/route.ts";
import { isCodedError } from "../../../../sdk/protocol/errors.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { clientFor } from "./client.ts";
import { APP_TEXTS } from "./texts.ts";

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "there"; readonly value: T };

export interface Asked<T> {
  readonly loaded: Loaded<T>;
  readonly reload: () => void;
}

/** What a route answers. Asked again when the input changes, by value; undefined asks nothing yet. */
export function useAnswer<const D extends RouteDefinition>(route: D, input: CallOf<D> | undefined): Asked<AnswerOf<D>> {
  const { language } = useLanguage();
  const key = JSON.stringify(input);
  const work = useRef(() => clientFor(language).call(route, input as CallOf<D>)); // Called only with an input.
  work.current = () => clientFor(language).call(route, input as CallOf<D>);
  return useWork(() => work.current(), `${language} ${route.id} ${key ?? ""}`, input !== undefined);
}

/** The outcome of some work, done again when its key changes. The value stays while it is asked for again. */
export function useWork<T>(work: () => Promise<T>, key: string, ready = true): Asked<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  const [turn, setTurn] = useState(0);
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => setLoaded({ state: "loading" }), [key]);
  useEffect(() => {
    if (!ready) return;
    let over = false;
    latest.current().then(
      (value) => over || setLoaded({ state: "there", value }),
      (error: unknown) => over || setLoaded({ state: "failed", error }),
    );
    return () => {
      over = true;
    };
  }, [key, ready, turn]);
  const reload = useCallback(() => setTurn((value) => value + 1), []);
  return { loaded, reload };
}

interface ShownProps<T> {
  readonly of: Asked<T>;
  readonly isEmpty?: (value: T) => boolean;
  /** What an empty page says and offers. */
  readonly empty?: ReactNode;
  readonly children: (value: T) => ReactNode;
}

/** Loading, failed, empty or there: every page says which. */
export function Shown<T>({ of: { loaded, reload }, isEmpty, empty, children }: ShownProps<T>) {
  const t = useTexts(APP_TEXTS);
  switch (loaded.state) {
    case "loading":
      return (
        <div role="status" aria-label={t("loading")}>
          <Skeleton active />
        </div>
      );
    case "failed":
      return <Failure error={loaded.error} onAgain={reload} />;
    case "there":
      if (isEmpty?.(loaded.value) === true)
        return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty ?? t("nothing")} />;
      return <>{children(loaded.value)}</>;
  }
}

/** What went wrong and what to do, in the words of whoever noticed it. */
export function Failure({ error, onAgain }: { readonly error: unknown; readonly onAgain?: () => void }) {
  const t = useTexts(APP_TEXTS);
  const { language } = useLanguage();
  const coded = isCodedError(error) ? error : undefined;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={coded ? coded.describe(language) : t("unexpected")}
      description={
        <>
          {coded && <p>{coded.remedy(language)}</p>}
          {coded && <code>{coded.code}</code>}
        </>
      }
      action={
        onAgain && (
          <Button size="small" onClick={onAgain}>
            {t("again")}
          </Button>
        )
      }
    />
  );
}
