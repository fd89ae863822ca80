import type { SuyuanClient } from "../client/client.ts";
import { findByRecordId } from "../client/routes/lineage-walk.ts";
import type { RecordPlace } from "../lineage/activity.ts";
import { isHex } from "../protocol/bytes.ts";
import type { Command } from "commander";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";

const PLACE = /^(0x[0-9a-f]{64})\/(0|[1-9]\d{0,12})$/;

/** The argument that names a record by its id or its place. */
export const addRecordArgument = (command: Command, { say }: Context): Command =>
  command.argument(
    "<record>",
    say({ zh: "记录标识 0x…,或 <范围>/<编号>", en: "the record's id 0x…, or <scope>/<number>" }),
  );

/** Where a record stands that is named by its id or its place. Throws CliError `usage.value`; `lineage.unknown` of the node. */
export async function findPlace(text: string, client: SuyuanClient): Promise<RecordPlace> {
  const [, scope, seq] = PLACE.exec(text) ?? [];
  if (isHex(scope, 32)) return { scope, seq: Number(seq) };
  if (isHex(text, 32)) return client.call(findByRecordId, { params: { record: text } });
  throw new CliError("usage.value", { name: "<record>", expected: "0x… (64) | 0x…/N" });
}
