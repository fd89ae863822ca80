import { Button } from "antd";
import { projectEvidence } from "../../../../../sdk/client/routes/projects.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { saveJson } from "../../shared/save.ts";
import { clientFor } from "../client.ts";
import { useDoing } from "../doing.tsx";
import { PROJECT_TEXTS } from "./project-texts.ts";

/** The evidence of a filing, release or flag, to keep and to verify. */
export function EvidenceButton({ code, seq }: { readonly code: string; readonly seq: number }) {
  const t = useTexts(PROJECT_TEXTS);
  const { language } = useLanguage();
  const { busy, run, failure } = useDoing();
  const save = async () =>
    saveJson(
      `project-${seq}.evidence.json`,
      await clientFor(language).call(projectEvidence, { params: { code, seq } }),
    );
  return (
    <>
      <Button size="small" loading={busy} onClick={() => void run(save)}>
        {t("download")} {seq}
      </Button>
      {failure}
    </>
  );
}
