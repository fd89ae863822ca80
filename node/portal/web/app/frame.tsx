import { Alert, Button, Result, Spin, theme as themes } from "antd";
import { Suspense, use, useEffect, type ReactNode } from "react";
import { Link, NavLink, Outlet, useLocation, useNavigation, useRouteError } from "react-router";
import { describeNode } from "../../../../sdk/client/routes/node.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { ThemeContext } from "../shared/theme.ts";
import { Failure, useAnswer } from "./data.tsx";
import { useOperator, useSigned } from "./session.tsx";
import { APP_TEXTS, ROLE_TEXTS } from "./texts.ts";

interface Place {
  readonly to: string;
  readonly text: keyof typeof APP_TEXTS;
  /** Shown to whoever may do one of these. */
  readonly needs?: readonly string[];
}

const PLACES: readonly Place[] = [
  { to: "/catalogue", text: "catalogue" },
  { to: "/sharing", text: "sharing", needs: ["listAgreements"] },
  { to: "/approvals", text: "approvals", needs: ["listApprovals"] },
  { to: "/records", text: "records", needs: ["submitRecords", "getRecord"] },
  { to: "/lineage", text: "lineage", needs: ["traceRecord"] },
  { to: "/projects", text: "projects" },
  { to: "/admin", text: "admin", needs: ["listOperators"] },
];

/** What surrounds every page of the application. */
export function Frame() {
  const t = useTexts(APP_TEXTS);
  const { token } = themes.useToken();
  const { state } = useNavigation();
  const node = useAnswer(describeNode, {});
  const isEvaluation = node.loaded.state === "there" && node.loaded.value.evaluation;
  return (
    <div className="frame" style={{ background: token.colorBgLayout, color: token.colorText }}>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <Top department={node.loaded.state === "there" ? node.loaded.value.department.name : ""} />
      {isEvaluation && <Alert banner type="warning" title={t("evaluation")} />}
      <main id="main" tabIndex={-1} aria-busy={state !== "idle"}>
        <Suspense fallback={<Spin />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

function Top({ department }: { readonly department: string }) {
  const t = useTexts(APP_TEXTS);
  const role = useTexts(ROLE_TEXTS);
  const { language, choose } = useLanguage();
  const { theme, toggle } = use(ThemeContext);
  const { token } = themes.useToken();
  const { session, signOut } = useSigned();
  const operator = useOperator();
  const places = PLACES.filter(({ needs }) => needs === undefined || needs.some((id) => operator?.may.includes(id)));
  return (
    <header className="top" style={{ background: token.colorBgContainer, borderColor: token.colorBorder }}>
      <a className="brand" href="/">
        {t("product")}
      </a>
      <span className="department">{department}</span>
      <nav aria-label={t("navigation")}>
        <a href="/">{t("verify")}</a>
        {places.map(({ to, text }) => (
          <NavLink key={to} to={to}>
            {t(text)}
          </NavLink>
        ))}
      </nav>
      {operator && (
        <span className="who">
          {operator.operator.displayName}({operator.operator.roles.map((name) => role(name)).join("、")})
        </span>
      )}
      {operator && (
        <Button size="small" onClick={() => void signOut()}>
          {t("signOut")}
        </Button>
      )}
      {session === undefined && <Link to="/sign-in">{t("signIn")}</Link>}
      <Button size="small" onClick={toggle}>
        {t(theme === "dark" ? "light" : "dark")}
      </Button>
      <Button
        size="small"
        lang={language === "zh" ? "en" : "zh-CN"}
        onClick={() => choose(language === "zh" ? "en" : "zh")}
      >
        {t("otherLanguage")}
      </Button>
    </header>
  );
}

interface PageProps {
  readonly title: string;
  readonly extra?: ReactNode;
  readonly children: ReactNode;
}

/** A page's heading and body; its title is the window's too. */
export function PageBody({ title, extra, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · 溯源 Suyuan`;
  }, [title]);
  return (
    <>
      <div className="heading">
        <h1>{title}</h1>
        <div>{extra}</div>
      </div>
      {children}
    </>
  );
}

/** A page for operators: whoever is not signed in is told where to. */
export function ForOperators({ children }: { readonly children: ReactNode }) {
  const t = useTexts(APP_TEXTS);
  const { session } = useSigned();
  const { pathname, search } = useLocation();
  if (session === "unknown") return <Spin aria-label={t("loading")} />;
  if (session !== undefined) return <>{children}</>;
  return (
    <Result
      status="403"
      title={t("signInNeeded")}
      subTitle={t("signInWhy")}
      extra={<Link to={`/sign-in?back=${encodeURIComponent(`${pathname}${search}`)}`}>{t("signIn")}</Link>}
    />
  );
}

export function NotFound() {
  const t = useTexts(APP_TEXTS);
  return <Result status="404" title={t("notFound")} subTitle={t("notFoundHelp")} />;
}

export function PageFailed() {
  return <Failure error={useRouteError()} onAgain={() => location.reload()} />;
}
