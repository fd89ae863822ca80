import { CodedError, type ErrorText } from "../protocol/errors.ts";
import type { Problem } from "./routes/wire.ts";

/** A node's refusal, under the node's own code and in the words that the node chose. Use `code` and `values`, never the words. */
export class ProblemError extends CodedError {
  readonly host: string;
  readonly problem: Problem;

  constructor({ host, problem }: { readonly host: string; readonly problem: Problem }) {
    const words: ErrorText = {
      zh: problem.detail,
      en: problem.detail,
      remedy: { zh: problem.remedy, en: problem.remedy },
    };
    super(problem.code, words, problem.values);
    this.name = "ProblemError";
    this.host = host;
    this.problem = problem;
  }
}
