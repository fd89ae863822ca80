import { Alert, Button, Card, Form, Input } from "antd";
import { useNavigate, useSearchParams } from "react-router";
import { describeNode } from "../../../../../sdk/client/routes/node.ts";
import { signInWays } from "../../../../../sdk/client/routes/operators.ts";
import { problem } from "../../../../../sdk/client/routes/wire.ts";
import { ProblemError } from "../../../../../sdk/client/problem-error.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { useAnswer } from "../data.tsx";
import { useDoing } from "../doing.tsx";
import { PageBody } from "../frame.tsx";
import { useSigned } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";

interface Credentials {
  readonly name: string;
  readonly password: string;
}

export function Page() {
  const t = useTexts(APP_TEXTS);
  const { language } = useLanguage();
  const { refresh } = useSigned();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const node = useAnswer(describeNode, {});
  const ways = useAnswer(signInWays, {});
  const { busy, run, failure } = useDoing();
  const back = search.get("back");
  const code = search.get("problem");
  const problem = (["oidc.refused", "oidc.no-account", "oidc.unavailable"] as const).find((known) => known === code);
  const signIn = async (credentials: Credentials) => {
    await openSession(credentials, language);
    await refresh();
    // Inside this application only.
    await navigate(back?.startsWith("/") === true && !back.startsWith("//") ? back : "/sharing");
  };
  const department = node.loaded.state === "there" ? node.loaded.value.department.name : "";
  return (
    <div className="narrow">
      <PageBody title={t("signInTo", { department })}>
        <Card>
          <Form<Credentials>
            layout="vertical"
            requiredMark={false}
            onFinish={(values) => void run(() => signIn(values))}
          >
            <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("required") }]}>
              <Input autoComplete="username" autoFocus spellCheck={false} />
            </Form.Item>
            <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("required") }]}>
              <Input.Password autoComplete="current-password" />
            </Form.Item>
            {problem !== undefined && <Alert type="error" showIcon role="alert" title={t(problem)} />}
            {failure}
            <Button type="primary" htmlType="submit" block loading={busy}>
              {t("signInGo")}
            </Button>
          </Form>
          {ways.loaded.state === "there" && ways.loaded.value.oidc && (
            <p>
              <a href="/session/oidc">{t("signInOidc")}</a>
            </p>
          )}
        </Card>
      </PageBody>
    </div>
  );
}

/** Throws ProblemError. */
async function openSession(credentials: Credentials, language: "zh" | "en"): Promise<void> {
  const response = await fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": language === "zh" ? "zh-CN" : "en" },
    body: JSON.stringify(credentials),
  });
  if (response.status === 204) return;
  throw new ProblemError({ host: location.host, problem: problem.parse(await response.json()) });
}
