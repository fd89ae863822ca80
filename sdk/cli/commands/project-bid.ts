import type { Command } from "commander";
import { createHash } from "node:crypto";
import { z } from "zod";
import { bidCommitment } from "../../chain/bids.ts";
import { projectId } from "../../chain/projects.ts";
import { listBids, openBid, sealBid } from "../../client/routes/bids.ts";
import { fen, ordinal } from "../../client/routes/projects.ts";
import { hash, uscc } from "../../client/routes/wire.ts";
import { toHex, type Hex } from "../../protocol/bytes.ts";
import { addConnectionOptions, addNodeOption, connect, connectPublic, type ConnectionOptions } from "../connection.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../errors.ts";
import { fileText, writePrivate } from "../files.ts";
import { teach } from "../help.ts";
import { readBody } from "../json-input.ts";
import { hashValue, integerValue, usccValue } from "../values.ts";
import { listLines, pairLines, timeIf, toldTransaction } from "../views.ts";

const SALT_BYTES = 32;
const FORMAT = "suyuan/sealed-bid/1";

/** What the bidder keeps to itself until the deadline. */
const sealedFile = z.strictObject({
  format: z.literal(FORMAT),
  project: z.string().min(1).max(64),
  lot: ordinal,
  bidder: uscc,
  amount: fen,
  document: hash,
  salt: hash,
});

/** `project bid …`: bids that nobody reads before the deadline. */
export function registerProjectBid(program: Command, context: Context): void {
  const group = program.command("bid").description(
    context.say({
      zh: "密封投标:截止前只递交承诺值,截止后开启;开启的内容须与封存的一致",
      en: "Sealed bids: a commitment before the deadline, the bid after it; what is opened must be what was sealed",
    }),
  );
  registerSeal(group, context);
  registerSubmit(group, context);
  registerOpen(group, context);
  registerList(group, context);
}

const addLotArguments = (command: Command, { say }: Context): Command =>
  command
    .argument("<code>", say({ zh: "项目代码", en: "code of the project" }))
    .argument("<lot>", say({ zh: "标段编号", en: "number of the lot" }), integerValue("lot", { minimum: 1 }));

interface SealOptions {
  readonly bidder: string;
  readonly amount: number;
  readonly document: string;
  readonly out: string;
}

function registerSeal(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group.command("seal").description(
    say({
      zh: "投标人(离线):封存报价与投标文件,得到承诺值;密封文件自行保密保存,丢失则无法开启",
      en: "Bidder, offline: seal amount and bid document; keep the file secret and safe, without it the bid cannot be opened",
    }),
  );
  addLotArguments(command, context)
    .requiredOption("--bidder <USCC>", say({ zh: "投标人", en: "the bidder" }), usccValue("--bidder"))
    .requiredOption(
      "--amount <FEN>",
      say({ zh: "报价(分)", en: "amount in 分" }),
      integerValue("--amount", { minimum: 1 }),
    )
    .requiredOption("--document <FILE>", say({ zh: "签名的投标文件", en: "the signed bid document" }))
    .requiredOption("--out <FILE>", say({ zh: "密封文件", en: "where the sealed bid is kept" }))
    .action(
      context.action(async (code: string, lot: number, { bidder, amount, document: path, out }: SealOptions) => {
        if (out === "") throw new CliError("usage.value", { name: "--out", expected: "FILE" });
        const document = toHex(
          createHash("sha256")
            .update(await context.readInput(path))
            .digest(),
        );
        const salt = toHex(context.world.random(SALT_BYTES));
        const sealed = { format: FORMAT, project: code, lot, bidder, amount, document, salt };
        await writePrivate(out, { text: fileText(sealed), context });
        const commitment = bidCommitment({ project: projectId(code), lot }, { bidder, amount, document, salt });
        output.result({
          lines: () => [`✓ ${out}`, ...pairLines([[say({ zh: "  承诺值", en: "  commitment" }), commitment]])],
          json: { file: out, commitment },
        });
        return EXIT.ok;
      }),
    );
  teach(command, context, {
    examples: [
      {
        line: "project bid seal 2026-110101-48-01-000001 1 --bidder 91990100MA0000015X --amount 2900000000 --document bid.pdf --out bid.sealed.json",
        words: { zh: "报价 2900 万元:", en: "A bid of 29 million yuan:" },
      },
    ],
    notes: [
      {
        zh: "不能防止的:投标人可以封存多份而只开启一份(未开启的份数公开,并提示警示);承诺值本身不证明投标人身份,身份由投标文件的签名证明。",
        en: "What it cannot prevent: a bidder may seal several bids and open one (how many stay closed is public, and flagged); the commitment does not prove who the bidder is, the signature on the bid document does.",
      },
    ],
  });
}

function registerSubmit(group: Command, context: Context): void {
  const { say } = context;
  const command = group.command("submit").description(
    say({
      zh: "任一部门代投标人递交承诺值;上链后投标人可立即查到",
      en: "Any department hands in a commitment for a bidder, who sees it on chain at once",
    }),
  );
  addLotArguments(command, context).argument(
    "<commitment>",
    say({ zh: "承诺值", en: "the commitment" }),
    hashValue("commitment"),
  );
  addConnectionOptions(command, context).action(
    context.action(async (code: string, lot: number, commitment: Hex, options: ConnectionOptions) => {
      const client = await connect(options, context);
      const answer = await client.call(sealBid, { params: { code, lot }, body: { commitment } });
      return toldTransaction({ done: { zh: "已递交", en: "Handed in" }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [
      { line: "project bid submit 2026-110101-48-01-000001 1 0x…", words: { zh: "递交:", en: "Hand it in:" } },
    ],
  });
}

function registerOpen(group: Command, context: Context): void {
  const { say } = context;
  const command = group
    .command("open")
    .description(say({ zh: "截止后开启一份密封投标", en: "Open a sealed bid, once the deadline is over" }))
    .argument("<sealed.json>", say({ zh: "seal 写出的密封文件", en: "the file that seal wrote" }));
  addConnectionOptions(command, context).action(
    context.action(async (path: string, options: ConnectionOptions) => {
      const { format: _format, project: code, lot, ...bid } = await readBody(sealedFile, { path, context });
      const commitment = bidCommitment({ project: projectId(code), lot }, bid);
      const client = await connect(options, context);
      const { bids } = await client.call(listBids, { params: { code, lot } });
      const number = bids.find((one) => one.commitment === commitment)?.number;
      if (number === undefined) throw new CliError("project.bid-not-sealed", { commitment });
      const answer = await client.call(openBid, { params: { code, lot }, body: { number, ...bid } });
      return toldTransaction({ done: { zh: `已开启 #${number}`, en: `Opened #${number}` }, answer }, context);
    }),
  );
  teach(command, context, {
    examples: [{ line: "project bid open bid.sealed.json", words: { zh: "开启:", en: "Open it:" } }],
  });
}

function registerList(group: Command, context: Context): void {
  const { say, output } = context;
  const command = group
    .command("list")
    .description(say({ zh: "一个标段的密封投标(公开)", en: "The sealed bids of a lot; public" }));
  addNodeOption(addLotArguments(command, context), context).action(
    context.action(async (code: string, lot: number, options: ConnectionOptions) => {
      const answer = await connectPublic(options, context).call(listBids, { params: { code, lot } });
      const { round, bids } = answer;
      output.result({
        lines: () => [
          ...pairLines([
            [say({ zh: "截止", en: "deadline" }), timeIf(round?.deadline)],
            [say({ zh: "开启至", en: "to be opened until" }), timeIf(round?.openUntil)],
          ]),
          ...listLines({
            headings: ["#", say({ zh: "承诺值", en: "commitment" }), say({ zh: "投标人", en: "bidder" }), "分"],
            rows: bids.map(({ number, commitment, opened }) => [
              String(number),
              commitment,
              opened?.bidder ?? say({ zh: "未开启", en: "closed" }),
              opened === undefined ? "–" : String(opened.amount),
            ]),
            none: say({ zh: "没有密封投标", en: "There are no sealed bids" }),
          }),
        ],
        json: answer,
      });
      return EXIT.ok;
    }),
  );
  teach(command, context, {
    examples: [{ line: "project bid list 2026-110101-48-01-000001 1", words: { zh: "查看:", en: "Look at them:" } }],
  });
}
