import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { watchDisk } from "../../../node/operations/disk.ts";

describe("the space of a disk", () => {
  it("is asked of the system once a second at most, and by the clock that is given", async () => {
    const folder = await mkdtemp(join(tmpdir(), "suyuan-disk-"));
    let now = 1_000_000;
    const disk = watchDisk(folder, () => now);
    const first = await disk();
    expect(first.freeBytes).to.be.within(1, first.totalBytes);
    await rm(folder, { recursive: true });
    now += 999;
    expect(await disk()).to.equal(first);
    now += 1;
    // Asked again: the folder is gone.
    const failure = await disk().catch((error: unknown) => error);
    expect(failure).to.have.property("code", "ENOENT");
    now -= 5000;
    expect(await disk().catch(() => "asked")).to.equal("asked");
  });
});
