import { isJsonObject, type Json, type JsonObject } from "../protocol/json.ts";
import { StandardFinding } from "./findings.ts";
import { pointer } from "./pointer.ts";

type Path = readonly (string | number)[];
interface Leaf {
  readonly path: Path;
  readonly value: Json;
}

const ORGANIZATION_REFERENCE = new RegExp(
  "/(?:publicAuthority|budget/budgetBreakdowns?/\\d+/sourceParty" +
    "|contractingProcesses/\\d+/summary/(?:tender/(?:tenderers/\\d+|procuringEntity|administrativeEntity)|suppliers/\\d+))/id$",
);

/**
 * What the schema of OC4IDS cannot say and its own checker also looks at: amounts without a currency, blank members,
 * references to organizations that are nobody's, ids of projects. These do not make a package invalid. Source:
 * open-contracting/lib-cove-oc4ids.
 */
export function oc4idsChecks(projectPackage: Json): StandardFinding[] {
  const projects = isJsonObject(projectPackage) ? projectPackage["projects"] : undefined;
  if (!Array.isArray(projects)) return [];
  const list = projects as readonly Json[]; // Array.isArray does not narrow readonly arrays.
  return [...list.entries()].flatMap(([i, project]) =>
    isJsonObject(project) ? [...idFindings(project, { i, list }), ...leafFindings(project, ["projects", i])] : [],
  );
}

function idFindings({ id }: JsonObject, { i, list }: { readonly i: number; readonly list: readonly Json[] }) {
  const path = pointer("projects", i, "id");
  if (typeof id !== "string") return [];
  const repeated = list.findIndex((other) => isJsonObject(other) && other["id"] === id) < i;
  return [
    ...(id.startsWith("oc4ids-") ? [] : [new StandardFinding("standard.id-prefix", path)]),
    ...(repeated ? [new StandardFinding("standard.id-repeated", path)] : []),
  ];
}

function leafFindings(project: JsonObject, path: Path): StandardFinding[] {
  const parties = new Set<Json>(
    (Array.isArray(project["parties"]) ? (project["parties"] as readonly Json[]) : []).flatMap((party) =>
      isJsonObject(party) && party["id"] !== undefined ? [party["id"]] : [],
    ),
  );
  const findings: StandardFinding[] = [];
  for (const leaf of walked({ path, value: project })) {
    const at = pointer(...leaf.path);
    if (isBlank(leaf.value)) findings.push(new StandardFinding("standard.blank", at));
    if (lacksCurrency(leaf.value)) findings.push(new StandardFinding("standard.currency-missing", at));
    if (ORGANIZATION_REFERENCE.test(at) && !parties.has(leaf.value))
      findings.push(new StandardFinding("standard.party-unknown", at));
  }
  return findings;
}

/** Every value in the document, containers before what is in them. */
function* walked(leaf: Leaf): Generator<Leaf> {
  yield leaf;
  const { value, path } = leaf;
  if (Array.isArray(value))
    for (const [i, item] of (value as readonly Json[]).entries()) yield* walked({ path: [...path, i], value: item });
  else if (isJsonObject(value))
    for (const [key, member] of Object.entries(value)) yield* walked({ path: [...path, key], value: member });
}

function isBlank(value: Json): boolean {
  if (typeof value === "string") return value.trim() === "";
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

const lacksCurrency = (value: Json): boolean =>
  isJsonObject(value) && typeof value["amount"] === "number" && value["currency"] === undefined;
