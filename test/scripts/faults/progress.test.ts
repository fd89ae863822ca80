import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Progress } from "../../../scripts/faults/progress.ts";
import { removeFolder, temporaryFolder } from "../../node/support/core.ts";

describe("the progress of the long form", () => {
  let folder: string;
  let file: string;
  const rot = { suite: "rot", piece: 1, passed: false, seconds: 7, tally: { rot: 3 } };

  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder, "deeper", "progress.ndjson");
  });
  afterEach(() => removeFolder(folder));

  it("is there again after the run was broken off, with its seed", () => {
    const first = Progress.begin(file, 42);
    first.note(rot);
    first.note({ ...rot, piece: 2, passed: true });
    const again = Progress.resume(file) ?? expect.fail();
    expect(again.seed).to.equal(42);
    expect(again.done).to.deep.equal(first.done);
    expect([1, 2, 3].map((piece) => again.hasPassed("rot", piece))).to.deep.equal([false, true, false]);
    expect(again.hasPassed("chain", 2)).to.equal(false);
  });

  it("has the newest outcome of a piece that was run again", () => {
    const progress = Progress.begin(file, 1);
    progress.note(rot);
    progress.note({ ...rot, passed: true });
    expect(progress.done).to.deep.equal([{ ...rot, passed: true }]);
  });

  it("does without the line that was being written", () => {
    Progress.begin(file, 1).note(rot);
    appendFileSync(file, '{"suite":"rot","pie');
    expect(Progress.resume(file)?.done).to.deep.equal([rot]);
  });

  it("is forgotten by a new run, and is none where nothing ran", () => {
    expect(Progress.resume(file)).to.equal(undefined);
    Progress.begin(file, 1).note(rot);
    expect(Progress.begin(file, 2).done).to.deep.equal([]);
    expect(Progress.resume(file)?.seed).to.equal(2);
  });
});
