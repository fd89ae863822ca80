import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SuyuanClient } from "../../sdk/client/client.ts";
import { createOperator, listOperators, type OperatorRole } from "../../sdk/client/routes/operators.ts";
import { PARTY_NAMES, type Party, type PartyName } from "./parties.ts";
import { writeDurablySync } from "./state.ts";

/** For a person who looks around: two people who can act together, one who audits, one who keeps the accounts. */
const PEOPLE: readonly { readonly name: string; readonly displayName: string; readonly roles: OperatorRole[] }[] = [
  { name: "clerk", displayName: "经办员", roles: ["clerk"] },
  { name: "approver", displayName: "审批人", roles: ["approver"] },
  { name: "auditor", displayName: "审计员", roles: ["auditor", "overseer"] },
  { name: "admin", displayName: "管理员", roles: ["administrator"] },
];

export const OPERATORS_FILE = "operators.txt";
const PASSWORD_BYTES = 12;

export interface OperatorsOptions {
  readonly folder: string;
  readonly parties: Readonly<Record<PartyName, Party>>;
  readonly clientOf: (party: Party) => SuyuanClient;
}

/** Gives every department of the evaluation its accounts. The file with the password is durable before the first account needs it. */
export async function addOperators({ folder, parties, clientOf }: OperatorsOptions): Promise<number> {
  const path = join(folder, OPERATORS_FILE);
  const password = existsSync(path) ? passwordOf(readFileSync(path, "utf8")) : undefined;
  const chosen = password ?? randomBytes(PASSWORD_BYTES).toString("base64url");
  if (password === undefined) writeDurablySync(path, listing(parties, chosen), 0o600);
  const added = await Promise.all(PARTY_NAMES.map((name) => addTo(clientOf(parties[name]), chosen)));
  return added.reduce((total, count) => total + count, 0);
}

async function addTo(client: SuyuanClient, password: string): Promise<number> {
  const known = new Set((await client.call(listOperators, {})).operators.map(({ name }) => name));
  const missing = PEOPLE.filter(({ name }) => !known.has(name));
  for (const person of missing) await client.call(createOperator, { body: { ...person, password } });
  return missing.length;
}

const MARK = "口令 password: ";

const passwordOf = (text: string): string | undefined =>
  text
    .split("\n")
    .find((line) => line.startsWith(MARK))
    ?.slice(MARK.length);

function listing(parties: Readonly<Record<PartyName, Party>>, password: string): string {
  const departments = PARTY_NAMES.map((name) => {
    const { department, endpoint } = parties[name];
    return `${endpoint}/app/sign-in  ${department.nameZh} · ${department.nameEn}`;
  });
  const people = PEOPLE.map(({ name, displayName, roles }) => `${name}  ${displayName}  ${roles.join(", ")}`);
  return [
    "仅供本机评估 for this evaluation only",
    "",
    ...departments,
    "",
    ...people,
    "",
    `${MARK}${password}`,
    "",
  ].join("\n");
}
