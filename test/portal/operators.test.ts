import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Operators } from "../../node/accounts/operators.ts";
import { Passwords } from "../../node/accounts/passwords.ts";
import { Sessions } from "../../node/accounts/sessions.ts";
import { OPERATORS, SESSIONS } from "../../node/storage/keyspaces.ts";
import { openStore } from "../../node/storage/level-store.ts";
import type { Store } from "../../node/storage/store.ts";

const random = (lengthBytes: number) => new Uint8Array(randomBytes(lengthBytes));
const PASSWORD = "正确的口令 correct horse";
const MINUTE_MS = 60_000;

describe("operators and their sessions", function () {
  this.timeout(60_000);
  let folder: string;
  let store: Store;
  let nowMs = 1_760_000_000_000;
  let operators: Operators;
  let passwords: Passwords;
  let sessions: Sessions;

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "none",
      (error: unknown) => (error as { code: string }).code, // Coded errors are what is expected here.
    );

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "suyuan-operators-"));
    store = await openStore({ dataDir: folder });
    const clock = () => nowMs;
    passwords = new Passwords({ random });
    operators = new Operators({ store, passwords, clock });
    sessions = new Sessions({ store, operators, clock, random });
    await operators.create({ name: "admin", displayName: "管理员", roles: ["administrator"], password: PASSWORD });
  });
  afterEach(async () => {
    await passwords.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("keeps argon2id and no password", async () => {
    const stored = await store.get(OPERATORS, "admin");
    expect(stored?.passwordHash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(stored)).not.to.include(PASSWORD);
  });

  it("takes the right password and no other", async () => {
    expect((await operators.signIn("admin", PASSWORD)).roles).to.deep.equal(["administrator"]);
    expect(await codeOf(operators.signIn("admin", `${PASSWORD}.`))).to.equal("operator.credentials");
    expect(await codeOf(operators.signIn("nobody", PASSWORD))).to.equal("operator.credentials");
  });

  it("locks after five failures, whatever comes next, for fifteen minutes", async () => {
    for (let i = 0; i < 5; i++)
      expect(await codeOf(operators.signIn("admin", "wrong"))).to.equal("operator.credentials");
    expect(await codeOf(operators.signIn("admin", PASSWORD))).to.equal("operator.locked");
    nowMs += 15 * MINUTE_MS - 1000;
    expect(await codeOf(operators.signIn("admin", PASSWORD))).to.equal("operator.locked");
    nowMs += 1000;
    expect((await operators.signIn("admin", PASSWORD)).failures).to.equal(0);
  });

  it("failures that are apart in time but in a row count; a right password forgets them", async () => {
    for (let i = 0; i < 4; i++) await codeOf(operators.signIn("admin", "wrong"));
    await operators.signIn("admin", PASSWORD);
    for (let i = 0; i < 4; i++) await codeOf(operators.signIn("admin", "wrong"));
    expect(await codeOf(operators.signIn("admin", PASSWORD))).to.equal("none");
  });

  it("an administrator unlocks", async () => {
    for (let i = 0; i < 5; i++) await codeOf(operators.signIn("admin", "wrong"));
    await operators.update("admin", { unlock: true });
    expect(await codeOf(operators.signIn("admin", PASSWORD))).to.equal("none");
  });

  it("refuses weak passwords and the name in them", async () => {
    for (const password of ["short", "my-admin-password"])
      expect(await codeOf(operators.update("admin", { password }))).to.equal("operator.password-weak");
  });

  it("keeps one administrator", async () => {
    expect(await codeOf(operators.update("admin", { disabled: true }))).to.equal("operator.last-administrator");
    expect(await codeOf(operators.update("admin", { roles: ["clerk"] }))).to.equal("operator.last-administrator");
    await operators.create({ name: "second", displayName: "二", roles: ["administrator"], password: PASSWORD });
    expect(await codeOf(operators.update("admin", { disabled: true }))).to.equal("none");
    expect(await codeOf(operators.signIn("admin", PASSWORD))).to.equal("operator.credentials");
  });

  it("does not add an account twice", async () => {
    expect(
      await codeOf(operators.create({ name: "admin", displayName: "x", roles: ["clerk"], password: PASSWORD })),
    ).to.equal("operator.exists");
  });

  const open = async () => sessions.open("admin", await operators.signIn("admin", PASSWORD));

  it("a session is found by its token alone, and the store does not hold it", async () => {
    const token = await open();
    expect((await sessions.find(token))?.name).to.equal("admin");
    expect(await sessions.find(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`)).to.equal(undefined);
    for await (const [key, session] of store.iterate(SESSIONS))
      expect(JSON.stringify([key, session])).not.to.include(token);
  });

  it("ends when it is idle for half an hour, and after ten hours in any case", async () => {
    const token = await open();
    for (let minutes = 0; minutes < 10 * 60 - 29; minutes += 29) {
      expect(await sessions.find(token), `after ${minutes} minutes`).not.to.equal(undefined);
      nowMs += 29 * MINUTE_MS;
    }
    nowMs += 29 * MINUTE_MS;
    expect(await sessions.find(token)).to.equal(undefined);
    const idle = await open();
    nowMs += 30 * MINUTE_MS;
    expect(await sessions.find(idle)).to.equal(undefined);
  });

  it("ends when signed out, and when the account changes", async () => {
    const token = await open();
    await sessions.end(token);
    expect(await sessions.find(token)).to.equal(undefined);
    const other = await open();
    await operators.update("admin", { displayName: "改名" });
    expect(await sessions.find(other)).to.equal(undefined);
  });

  it("forgets what is over", async () => {
    await open();
    nowMs += 11 * 60 * MINUTE_MS;
    await open();
    let kept = 0;
    for await (const _ of store.iterate(SESSIONS)) kept++;
    expect(kept).to.equal(1);
  });
});
