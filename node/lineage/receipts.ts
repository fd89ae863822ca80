import { groupStatements, type AcceptedStatement } from "../../sdk/client/accepted.ts";
import type { AcceptedReceipt } from "../../sdk/client/routes/records.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import type { AcceptedRecord } from "../records/model.ts";

/** The signed word that one record is durable (SPEC §9.6). */
export async function receiptOf(
  { scope, seq, record, at }: AcceptedRecord,
  { ownKey, ledger }: { readonly ownKey: OwnKey; readonly ledger: Hex },
): Promise<AcceptedReceipt> {
  const statement: AcceptedStatement = { ledger, scope, seq, record, at };
  const { bytes, places } = groupStatements([statement]);
  const [group] = places;
  if (group === undefined) throw new TypeError("one statement has one place");
  return { ...statement, group, ...(await ownKey.sign(bytes)) };
}
