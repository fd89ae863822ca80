import type { Command } from "commander";
import { generateCreditLicences, generateCreditPenalties } from "../../families/synthetic.ts";
import { generateCertificates } from "../../families/synthetic-certificates.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { teach } from "../help.ts";
import type { Words } from "../language.ts";
import { integerValue } from "../values.ts";

interface GenerateOptions {
  readonly count: number;
  readonly seed: number;
  readonly first: number;
}

type Generate = (options: GenerateOptions) => Iterable<unknown>;

const KINDS: Readonly<Record<string, { readonly words: Words; readonly generate: Generate }>> = {
  certificates: {
    words: { zh: "营业执照电子证照", en: "business-licence e-certificates" },
    generate: generateCertificates,
  },
  penalties: { words: { zh: "行政处罚", en: "administrative penalties" }, generate: generateCreditPenalties },
  licences: { words: { zh: "行政许可", en: "administrative licences" }, generate: generateCreditLicences },
};

/** `generate <kind>`: synthetic records, one a line. No real person or body is in them. */
export function registerGenerate(program: Command, context: Context): void {
  const { say } = context;
  const group = program.command("generate").description(
    say({
      zh: "生成合成数据(NDJSON,写到标准输出);号码有效但不属于任何真实主体",
      en: "Make synthetic records (NDJSON on standard output); their numbers are valid and nobody's",
    }),
  );
  for (const [kind, { words, generate }] of Object.entries(KINDS)) {
    const command = group
      .command(kind)
      .description(say(words))
      .requiredOption(
        "--count <N>",
        say({ zh: "条数", en: "how many" }),
        integerValue("--count", { maximum: 10_000_000 }),
      )
      .option(
        "--seed <S>",
        say({ zh: "种子(默认 1);相同则输出逐字节相同", en: "seed (1 unless told); the same one gives the same bytes" }),
        integerValue("--seed", { maximum: 2 ** 32 - 1 }),
        1,
      )
      .option(
        "--first <N>",
        say({ zh: "第一条的编号(默认 0)", en: "number of the first record (0 unless told)" }),
        integerValue("--first", { maximum: 1_000_000_000 }),
        0,
      )
      .action(
        context.action(async (options: GenerateOptions) => {
          for (const document of generate(options)) if (!(await context.output.stream(JSON.stringify(document)))) break;
          return EXIT.ok;
        }),
      );
    teach(command, context, {
      examples: [
        {
          line: `generate ${kind} --count 1000 --seed 7 > ${kind}.ndjson`,
          words: { zh: "写出一千条:", en: "Write a thousand:" },
        },
      ],
    });
  }
}
