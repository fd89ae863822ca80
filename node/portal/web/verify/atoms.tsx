import type { ReactNode } from "react";
import type { Outcome, Verdict } from "../../../../sdk/verify/report.ts";

/** Each outcome has a shape of its own: nothing is said by colour alone. */
const SHAPES: Readonly<Record<Outcome, ReactNode>> = {
  pass: <path d="M5 12.5l4.5 4.5L19 7.5" />,
  fail: <path d="M6 6l12 12M18 6L6 18" />,
  error: <path d="M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3M12 18.4v.1" />,
  skipped: <path d="M6 12h12" />,
};
const OF_VERDICT: Readonly<Record<Verdict, Outcome>> = { verified: "pass", rejected: "fail", undetermined: "error" };

export function OutcomeIcon({ outcome }: { readonly outcome: Outcome }) {
  return (
    <svg className={`icon ${outcome}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[outcome]}
    </svg>
  );
}

export const VerdictIcon = ({ verdict }: { readonly verdict: Verdict }) => (
  <OutcomeIcon outcome={OF_VERDICT[verdict]} />
);

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "datetime-local";
}

/** A field with its name: nothing that the browser fills in or corrects. */
export const Field = ({ label, value, onValue, type = "text" }: FieldProps) => (
  <label className="field">
    {label}
    <input
      type={type}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onValue(event.target.value)}
    />
  </label>
);

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
