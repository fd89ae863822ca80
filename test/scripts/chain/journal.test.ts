import { expect } from "chai";
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChainError } from "../../../scripts/chain/errors.ts";
import { Journal, type BlockInput } from "../../../scripts/chain/journal.ts";
import { decodeLine, encodeLine } from "../../../scripts/chain/lines.ts";

const initial = { chainId: 7, genesisTime: 1_700_000_000, hardfork: "shanghai", engine: "test" };
const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;
const block = (number: number): BlockInput => ({
  number,
  parent: word(number - 1),
  time: 1_700_000_000 + number,
  transactions: [`0x02${number.toString(16).padStart(64, "0")}`],
});

describe("chain journal", () => {
  let dir: string;
  let path: string;
  const open: Journal[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "suyuan-journal-"));
    path = join(dir, "journal.ndjson");
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close();
    await rm(dir, { recursive: true });
  });

  const openJournal = async (): Promise<Journal> => {
    const journal = await Journal.open(dir, initial);
    open.push(journal);
    return journal;
  };
  const replayed = async (journal: Journal): Promise<BlockInput[]> => {
    const blocks: BlockInput[] = [];
    await journal.replay((input) => Promise.resolve(void blocks.push(input)));
    return blocks;
  };
  const write = async (count: number, tip?: number): Promise<void> => {
    const journal = await openJournal();
    await replayed(journal);
    for (let number = 1; number <= count; number += 1) await journal.append(block(number));
    if (tip !== undefined) await journal.recordTip({ number: tip, hash: word(tip) });
  };
  const refusal = async (): Promise<{ code: string; line: unknown } | undefined> => {
    try {
      await replayed(await openJournal());
    } catch (error) {
      if (error instanceof ChainError) return { code: error.code, line: error.values["line"] };
      throw error;
    }
    return undefined;
  };
  const damage = async (lineNumber: number): Promise<void> => {
    const lines = (await readFile(path, "utf8")).split("\n");
    const line = lines[lineNumber - 1] ?? "";
    lines[lineNumber - 1] = line.slice(0, -3) + (line.at(-3) === "0" ? "1" : "0") + line.slice(-2);
    await writeFile(path, lines.join("\n"));
  };

  it("gives back the blocks and the header of a new folder", async () => {
    await write(3, 3);
    const journal = await openJournal();
    expect(journal.header).to.deep.equal({ format: "suyuan/chain-journal/1", ...initial });
    expect(journal.tip).to.deep.equal({ number: 3, hash: word(3) });
    expect(await replayed(journal)).to.deep.equal([block(1), block(2), block(3)]);
  });

  it("keeps the header it was made with", async () => {
    await write(1);
    const journal = await Journal.open(dir, { ...initial, chainId: 8 });
    open.push(journal);
    expect(journal.header.chainId).to.equal(7);
  });

  it("reads lines longer than its chunks", async () => {
    const long = { ...block(1), transactions: [`0x${"ab".repeat(1_500_000)}`, "0x01"] };
    const journal = await openJournal();
    await replayed(journal);
    await journal.append(long);
    await journal.append(block(2));
    expect(await replayed(await openJournal())).to.deep.equal([long, block(2)]);
  });

  it("cuts a torn last line at every length and appends in its place", async () => {
    await write(2);
    const whole = await readFile(path);
    const from = whole.length - encodeLine(block(2)).length;
    for (let length = from + 1; length < whole.length; length += 17) {
      await writeFile(path, whole.subarray(0, length));
      const journal = await openJournal();
      const result = await journal.replay(() => Promise.resolve());
      expect(result).to.deep.equal({ blocks: 1, cutBytes: length - from });
      await journal.append(block(2));
      expect((await readFile(path)).equals(whole)).to.equal(true);
    }
  });

  it("cuts a last line of garbage with a line feed", async () => {
    await write(2);
    await appendFile(path, "\0\0\0\0\n");
    expect(await replayed(await openJournal())).to.have.length(2);
    expect(await replayed(await openJournal())).to.have.length(2);
  });

  it("refuses a changed character in any line but the last, naming it", async () => {
    await write(4);
    const whole = await readFile(path);
    for (const line of [1, 2, 3, 4]) {
      await writeFile(path, whole);
      await damage(line);
      expect(await refusal()).to.deep.equal({ code: "chain.journal-damaged", line });
    }
    expect((await readFile(path)).length).to.equal(whole.length);
  });

  it("refuses a damaged last line whose block had been mined, and cuts one that had not", async () => {
    await write(3, 3);
    await damage(4);
    expect(await refusal()).to.deep.equal({ code: "chain.journal-damaged", line: 4 });
    await writeFile(join(dir, "tip"), "");
    expect(await replayed(await openJournal())).to.deep.equal([block(1), block(2)]);
  });

  it("refuses a journal that ends before a block that had been mined", async () => {
    await write(3, 3);
    const whole = await readFile(path);
    await truncate(path, whole.length - encodeLine(block(3)).length);
    expect((await refusal())?.code).to.equal("chain.journal-truncated");
    await rm(path);
    expect((await refusal())?.code).to.equal("chain.journal-truncated");
  });

  it("refuses a missing line in the middle", async () => {
    await write(4);
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, lines.toSpliced(2, 1).join("\n"));
    expect(await refusal()).to.deep.equal({ code: "chain.journal-damaged", line: 3 });
  });

  it("refuses a header of another version", async () => {
    await writeFile(path, encodeLine({ format: "suyuan/chain-journal/2", ...initial }));
    expect((await refusal())?.code).to.equal("chain.journal-format");
  });

  it("takes back the last line only", async () => {
    await write(1);
    const journal = await openJournal();
    await replayed(journal);
    await journal.append(block(2));
    await journal.undo();
    await journal.undo();
    expect(await replayed(await openJournal())).to.deep.equal([block(1)]);
  });

  it("checks each line with CRC-32", () => {
    // 0xcbf43926 is the CRC-32 check value of the digits 1 to 9.
    expect(encodeLine(123456789).toString()).to.equal("cbf43926 123456789\n");
    expect(decodeLine(Buffer.from("cbf43926 123456789"))).to.equal(123456789);
    expect(decodeLine(Buffer.from("cbf43927 123456789"))).to.equal(undefined);
    expect(decodeLine(Buffer.from(""))).to.equal(undefined);
  });
});
