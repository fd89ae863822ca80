import { Alert, Descriptions } from "antd";
import { useState } from "react";
import { useParams } from "react-router";
import { getAgreement, listNotices, type AgreementView } from "../../../../../sdk/client/routes/agreements.ts";
import type { Hex } from "../../../../../sdk/protocol/bytes.ts";
import { useTexts } from "../../shared/language.tsx";
import { useAct } from "../act.tsx";
import { Shown, useAnswer } from "../data.tsx";
import { useDepartmentNames, useResourceNames } from "../directory.ts";
import { patternTitle } from "../fields.ts";
import { Id, State, useFormat } from "../format.tsx";
import { ForOperators, PageBody } from "../frame.tsx";
import { useOperator } from "../session.tsx";
import { AgreementActions } from "./agreement-actions.tsx";
import { CORRECTION_TEXTS } from "./correction-texts.ts";
import { Corrections } from "./corrections.tsx";
import { Deliveries } from "./deliveries.tsx";
import { Notices } from "./notices.tsx";
import { SHARING_TEXTS } from "./sharing-texts.ts";
import { Due } from "./sharing.tsx";

export function Page() {
  return (
    <ForOperators>
      <Agreement />
    </ForOperators>
  );
}

/** One agreement: what was asked, where it stands, what can be done, and what was delivered. */
function Agreement() {
  const { id } = useParams();
  const params = { id: id as Hex }; // The node refuses what is none.
  const agreement = useAnswer(getAgreement, { params });
  const notices = useAnswer(listNotices, { params });
  const resourceOf = useResourceNames();
  const t = useTexts(SHARING_TEXTS);
  const corrections = useTexts(CORRECTION_TEXTS);
  const own = useOperator()?.department.id;
  const [turn, setTurn] = useState(0);
  const act = useAct(() => {
    agreement.reload();
    notices.reload();
    setTurn((value) => value + 1);
  });
  return (
    <Shown of={agreement}>
      {(one) => (
        <PageBody title={resourceOf(one.resource)} extra={<AgreementActions agreement={one} onAction={act.show} />}>
          <Facts agreement={one} />
          {one.application === undefined && one.provider === own && (
            <Alert type="warning" showIcon title={t("documentMissing")} />
          )}
          <Notices of={notices} />
          <Deliveries key={`deliveries ${turn}`} agreement={one} onAction={act.show} />
          <h2>{corrections("corrections")}</h2>
          <Corrections key={`corrections ${turn}`} agreement={one.id} />
          {act.dialog}
        </PageBody>
      )}
    </Shown>
  );
}

function Facts({ agreement: one }: { readonly agreement: AgreementView }) {
  const t = useTexts(SHARING_TEXTS);
  const departmentOf = useDepartmentNames();
  const format = useFormat();
  const { application } = one;
  return (
    <Descriptions
      bordered
      size="small"
      column={{ xs: 1, md: 2 }}
      items={[
        { key: "state", label: t("state"), children: <State kind="agreement" code={one.state} /> },
        { key: "due", label: t("due"), children: <Due agreement={one} /> },
        { key: "provider", label: t("provider"), children: departmentOf(one.provider) },
        { key: "consumer", label: t("consumer"), children: departmentOf(one.consumer) },
        {
          key: "period",
          label: t("period"),
          children: `${format.date(one.validFrom)} – ${format.date(one.validUntil - 1)}`,
        },
        {
          key: "uses",
          label: t("uses"),
          children: `${format.number(one.reserved)} / ${format.number(one.maximumUses)}`,
        },
        { key: "appliedAt", label: t("appliedAt"), children: format.time(one.appliedAt) },
        { key: "tracking", label: t("tracking"), children: <Id value={one.id} /> },
        ...(application
          ? [
              { key: "purpose", label: t("purpose"), children: application.purpose },
              { key: "matter", label: t("matter"), children: application.matter ?? "—" },
              { key: "basis", label: t("basis"), children: application.basis ?? "—" },
              { key: "scenario", label: t("scenario"), children: application.scenario ?? "—" },
              {
                key: "fields",
                label: t("fields"),
                children:
                  application.fields.length === 0 ? t("noOptional") : application.fields.map(patternTitle).join("、"),
              },
            ]
          : []),
      ]}
    />
  );
}
