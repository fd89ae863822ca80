import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import { checkCase, MerkleCaseError, readCase } from "../merkle-case.ts";

const MAXIMUM_CASE_BYTES = 1024 * 1024;

/** `merkle verify <case.json>`: one inclusion proof, without any ledger. */
export function registerMerkle(program: Command, context: Context): void {
  const { say } = context;
  const group = program
    .command("merkle")
    .description(say({ zh: "默克尔树的包含证明(RFC 9162)", en: "Inclusion proofs of Merkle trees (RFC 9162)" }));
  const command = group
    .command("verify")
    .description(say({ zh: "核验一个包含证明", en: "Verify one inclusion proof" }))
    .argument(
      "<case.json>",
      say({
        zh: "{hash?, leafIdx, treeSize, root, leafHash, proof[]},散列为 base64;- 为标准输入",
        en: "{hash?, leafIdx, treeSize, root, leafHash, proof[]} with hashes in base64; - is standard input",
      }),
    )
    .action(context.action((path: string) => verifyCase(path, context)));
  teach(command, context, {
    examples: [
      { line: "merkle verify case.json", words: { zh: "核验一个文件:", en: "Verify a file:" } },
      { line: "merkle verify - --json < case.json", words: { zh: "供程序使用:", en: "For a program:" } },
    ],
    exit: [
      [EXIT.ok, { zh: "证明成立", en: "the proof holds" }],
      [
        EXIT.negative,
        {
          zh: "证明不成立(含缺项、长度不符、数字过大)",
          en: "it does not (missing or short hashes and too large numbers included)",
        },
      ],
      [EXIT.usage, { zh: "文件不是这样的证明", en: "the file is no such case" }],
    ],
    notes: [
      {
        zh: "hash 为 keccak256、sha256(默认)或 sm3。成立只说明叶子在这个根之下:根是否已锚定上链,请用 suyuan verify。",
        en: "hash is keccak256, sha256 (the default) or sm3. A valid proof says that the leaf lies under this root; whether the root is anchored, suyuan verify says.",
      },
    ],
  });
}

async function verifyCase(path: string, context: Context) {
  const { say, language, output } = context;
  const read = readCase(await context.readInput(path, MAXIMUM_CASE_BYTES));
  if (read === undefined)
    throw new CliError("input.form", { path, expectedZh: "包含证明", expectedEn: "an inclusion proof" });
  try {
    const { hash, index, count } = checkCase(read);
    output.result({
      lines: () => [
        say({
          zh: `✓ 证明成立:第 ${index} 片叶子在 ${count} 片叶子的树中(${hash})`,
          en: `✓ The proof holds: leaf ${index} of ${count} (${hash})`,
        }),
      ],
      json: { valid: true, hash, leafIdx: index, treeSize: count },
    });
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof MerkleCaseError)) throw error;
    const [message, remedy] = [error.describe(language), error.remedy(language)];
    output.result({
      lines: () => [
        `${say({ zh: "✗ 证明不成立", en: "✗ The proof does not hold" })}: ${message} (${error.code})`,
        `  → ${remedy}`,
      ],
      json: { valid: false, code: error.code, values: error.values, message, remedy },
    });
    return EXIT.negative;
  }
}
