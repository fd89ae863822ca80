import { Tabs } from "antd";
import { useSearchParams } from "react-router";
import { showNode, showRules } from "../../../../../sdk/client/routes/administration.ts";
import { listOperators } from "../../../../../sdk/client/routes/operators.ts";
import { useTexts } from "../../shared/language.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { APP_TEXTS } from "../texts.ts";
import { listAssessments } from "../../../../../sdk/client/routes/lineage-use.ts";
import { ASSESSMENT_TEXTS } from "./admin-assessment-texts.ts";
import { Assessments } from "./admin-assessments.tsx";
import { Departments } from "./admin-departments.tsx";
import { Health } from "./admin-health.tsx";
import { Operators } from "./admin-operators.tsx";
import { Rules } from "./admin-rules.tsx";
import { ADMIN_TEXTS } from "./admin-texts.ts";

export function Page() {
  return (
    <ForOperators>
      <Administration />
    </ForOperators>
  );
}

function Administration() {
  const app = useTexts(APP_TEXTS);
  const t = useTexts(ADMIN_TEXTS);
  const assessments = useTexts(ASSESSMENT_TEXTS);
  const session = useOperator();
  const [search, setSearch] = useSearchParams();
  const may = (route: { readonly id: string }) => session?.may.includes(route.id) ?? false;
  return (
    <PageBody title={app("admin")}>
      <Tabs
        activeKey={search.get("tab") ?? "health"}
        onChange={(tab) => setSearch({ tab }, { replace: true })}
        destroyOnHidden
        items={[
          { key: "health", label: t("health"), children: <Health isDetailed={may(showNode)} /> },
          ...(may(listOperators) ? [{ key: "operators", label: t("operators"), children: <Operators /> }] : []),
          { key: "departments", label: t("departments"), children: <Departments /> },
          ...(may(showRules) ? [{ key: "rules", label: t("rules"), children: <Rules /> }] : []),
          ...(may(listAssessments)
            ? [{ key: "assessments", label: assessments("title"), children: <Assessments /> }]
            : []),
        ]}
      />
    </PageBody>
  );
}
