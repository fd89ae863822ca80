import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { RecordState } from "../../sdk/chain/statuses.ts";
import type { LedgerGate } from "../records/ledger-gate.ts";

/** From these a record never becomes active again (contracts: IRecordStatus). */
export const TERMINAL_STATES: ReadonlySet<RecordState> = new Set<RecordState>([
  "revoked",
  "cancelled",
  "lapsed",
  "withdrawn",
  "superseded",
]);

export const ledgerGate = (connection: LedgerConnection): LedgerGate => ({
  headOf: async (scope) => (await connection.view("latest")).head(scope),
  isTerminal: async (scope, seq) =>
    TERMINAL_STATES.has(await (await connection.view("latest")).currentState(scope, seq)),
});
