import { isRevert } from "../../sdk/chain/errors.ts";
import { citation, findRuleByNumber } from "../../sdk/oversight/law/rules.ts";
import { ProjectError } from "./errors.ts";

/** Runs an action on chain; a gate that the contract keeps closed is `project.gate-closed`, with rule and article. */
export async function gated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw gateClosed(error) ?? error;
  }
}

/** A closed gate in the words of its rule and article. */
function gateClosed(error: unknown): ProjectError | undefined {
  if (!isRevert(error, "GateClosed")) return undefined;
  const { rule: number, actual = 0, limit = 0 } = error.values;
  const rule = findRuleByNumber(Number(number));
  if (rule === undefined) return undefined;
  const { code, article = 0, law = "" } = rule;
  const values = { rule: code, law, article, zh: citation(rule, "zh"), en: citation(rule, "en"), actual, limit };
  return new ProjectError("project.gate-closed", values, error);
}
