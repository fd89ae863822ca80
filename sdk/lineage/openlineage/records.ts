import { isHex, type Hex } from "../../protocol/bytes.ts";
import type { RecordPlace } from "../activity.ts";

const NAMESPACE = "suyuan://";
const NAME = /^(0x[0-9a-f]{64})\/(0|[1-9]\d{0,12})$/;

/** How a record of a ledger is named as an OpenLineage data set. */
export const recordDataset = ({ ledger, scope, seq }: RecordPlace & { readonly ledger: Hex }) => ({
  namespace: `${NAMESPACE}${ledger}`,
  name: `${scope}/${seq}`,
});

/** The record that a data set names; undefined for one that is no record. */
export function recordOfDataset(dataset: {
  readonly namespace: string;
  readonly name: string;
}): (RecordPlace & { readonly ledger: Hex }) | undefined {
  if (!dataset.namespace.startsWith(NAMESPACE)) return undefined;
  const ledger = dataset.namespace.slice(NAMESPACE.length);
  const [, scope, seq] = NAME.exec(dataset.name) ?? [];
  return isHex(ledger, 32) && isHex(scope, 32) ? { ledger, scope, seq: Number(seq) } : undefined;
}
