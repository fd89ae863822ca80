import { App, ConfigProvider, theme as themes } from "antd";
import enGB from "antd/locale/en_GB.js";
import zhCN from "antd/locale/zh_CN.js";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider } from "react-router";
import { LanguageProvider, useLanguage } from "../shared/language.tsx";
import { ThemeContext, useTheme } from "../shared/theme.ts";
import { Frame, NotFound, PageFailed } from "./frame.tsx";
import { SessionProvider } from "./session.tsx";
import "./app.css";

const lazy = (load: () => Promise<{ readonly Page: React.ComponentType }>) => async () => ({
  Component: (await load()).Page,
});

const router = createBrowserRouter(
  [
    {
      element: <Frame />,
      errorElement: <PageFailed />,
      hydrateFallbackElement: <></>,
      children: [
        { index: true, lazy: lazy(() => import("./pages/catalogue.tsx")) },
        { path: "sign-in", lazy: lazy(() => import("./pages/sign-in.tsx")) },
        { path: "catalogue", lazy: lazy(() => import("./pages/catalogue.tsx")) },
        { path: "catalogue/:id", lazy: lazy(() => import("./pages/resource.tsx")) },
        { path: "sharing", lazy: lazy(() => import("./pages/sharing.tsx")) },
        { path: "sharing/apply", lazy: lazy(() => import("./pages/apply.tsx")) },
        { path: "sharing/:id", lazy: lazy(() => import("./pages/agreement.tsx")) },
        { path: "approvals", lazy: lazy(() => import("./pages/approvals.tsx")) },
        { path: "projects", lazy: lazy(() => import("./pages/projects.tsx")) },
        { path: "projects/:code", lazy: lazy(() => import("./pages/project.tsx")) },
        { path: "records", lazy: lazy(() => import("./pages/records.tsx")) },
        { path: "lineage", lazy: lazy(() => import("./pages/lineage.tsx")) },
        { path: "admin", lazy: lazy(() => import("./pages/admin.tsx")) },
        { path: "*", element: <NotFound /> },
      ],
    },
  ],
  { basename: "/app" },
);

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce;

function Portal() {
  const { language } = useLanguage();
  const { theme, toggle } = useTheme();
  return (
    <ConfigProvider
      {...(nonce !== undefined && { csp: { nonce } })}
      locale={(language === "zh" ? zhCN : enGB).default}
      theme={{
        // The same 4.5:1, on the lighter blue of the dark theme.
        components: { Button: { primaryColor: theme === "dark" ? "#06121f" : "#ffffff" } },
        algorithm: theme === "dark" ? themes.darkAlgorithm : themes.defaultAlgorithm,
        token: {
          colorPrimary: theme === "dark" ? "#5aa2e6" : "#0b5394",
          colorLink: theme === "dark" ? "#8ec2f5" : "#0b5394",
          fontSize: 15,
          // 4.5:1 on every ground that texts stand on.
          colorTextDescription: theme === "dark" ? "#b4bcc6" : "#525a63",
          colorTextTertiary: theme === "dark" ? "#b4bcc6" : "#525a63",
          colorTextDisabled: theme === "dark" ? "#a9b2bc" : "#626a73",
          colorError: theme === "dark" ? "#ff8a80" : "#b3261e",
          colorTextPlaceholder: theme === "dark" ? "#a9b2bc" : "#626a73",
        },
      }}
    >
      <App>
        <SessionProvider>
          <ThemeContext value={{ theme, toggle }}>
            <RouterProvider router={router} />
          </ThemeContext>
        </SessionProvider>
      </App>
    </ConfigProvider>
  );
}

const root = document.getElementById("root");
if (root === null) throw new TypeError("the page has no root");
createRoot(root).render(
  <LanguageProvider>
    <Portal />
  </LanguageProvider>,
);
