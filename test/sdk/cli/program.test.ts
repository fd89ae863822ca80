import { Command } from "commander";
import { expect } from "chai";
import { SDK_COMMANDS } from "../../../sdk/cli/commands.ts";
import { Context } from "../../../sdk/cli/context.ts";
import { CliError, cliErrorTexts, EXIT, exitCodeOf } from "../../../sdk/cli/errors.ts";
import { chooseLanguage } from "../../../sdk/cli/language.ts";
import type { Register } from "../../../sdk/cli/program.ts";
import { ChainError } from "../../../sdk/chain/errors.ts";
import { ClientError } from "../../../sdk/client/errors.ts";
import { ProblemError } from "../../../sdk/client/problem-error.ts";
import { run, runJson, spawned } from "./support.ts";

const CITIZEN = "11010519491231002X";

/** The paths of every command that does something, groups left out. */
function leaves(): string[][] {
  const world = { env: {}, stdout: {}, stderr: {} } as unknown as ConstructorParameters<typeof Context>[1]; // Registration touches nothing of it.
  const program = new Command("suyuan");
  for (const register of SDK_COMMANDS) register(program, new Context({ args: [] }, world));
  const walk = (command: Command, path: string[]): string[][] =>
    command.commands.length === 0 ? [path] : command.commands.flatMap((child) => walk(child, [...path, child.name()]));
  return walk(program, []);
}

const failing =
  (error: unknown): Register =>
  (program, context) => {
    program.command("fail").action(context.action(() => Promise.reject(error as Error)));
  };

describe("suyuan", () => {
  describe("help", () => {
    it("lists every command, in both languages", async () => {
      const names = new Set(leaves().map(([name]) => name ?? ""));
      for (const lang of ["zh", "en"]) {
        const { code, out, err } = await run(["--help", "--lang", lang]);
        expect([code, err]).to.deep.equal([EXIT.ok, ""]);
        for (const name of names) expect(out).to.match(new RegExp(`^ {2}${name}\\b`, "m"));
      }
    });

    it("of each command shows an example that names it, in the language asked for", async () => {
      for (const path of leaves()) {
        for (const lang of ["zh", "en"]) {
          const { code, out } = await run([...path, "--help", "--lang", lang]);
          expect(code).to.equal(EXIT.ok);
          expect(out).to.include(`    suyuan ${path.join(" ")}`);
          const chinese = /^用法:/.test(out);
          expect(chinese, path.join(" ")).to.equal(lang === "zh");
        }
      }
    });

    it("is reached by `help` too, and says the exit codes", async () => {
      const { out } = await run(["help", "check-id"], { env: { LANG: "en_US.UTF-8" } });
      expect(out).to.equal((await run(["check-id", "--help"], { env: { LANG: "en_US.UTF-8" } })).out);
      expect((await run(["--help"])).out).to.match(/0 .* 1 .* 2 .* 64 .* 70 /);
    });

    it("is shown on standard error, with 64, when no command was named", async () => {
      for (const path of [[], ["record"], ["resource"], ["agreement"], ["merkle"], ["keys"], ["destroy"]]) {
        const { code, out, err } = await run(path);
        expect([code, out]).to.deep.equal([EXIT.usage, ""]);
        expect(err).to.match(/^用法:/);
        expect((await runJson(path)).error?.code).to.equal("usage.no-command");
      }
    });
  });

  it("says its version", async () => {
    expect(await run(["--version"])).to.deep.equal({ code: EXIT.ok, out: "0.0.0-test\n", err: "" });
  });

  describe("wrong usage is 64 with a code, nothing on standard output, for", () => {
    const HASH = `0x${"ab".repeat(32)}`;
    const cases: [string, string[], string, Record<string, string>][] = [
      ["an unknown command", ["chek-id"], "usage.unknown-command", { name: "chek-id", try: "check-id" }],
      ["an unknown subcommand", ["record", "burn"], "usage.unknown-command", { name: "burn" }],
      [
        "an unknown option",
        ["merkle", "verify", "f", "--jsn"],
        "usage.unknown-option",
        { name: "--jsn", try: "--json" },
      ],
      ["a missing argument", ["check-id"], "usage.argument-missing", { name: "id", try: "suyuan check-id --help" }],
      ["too many arguments", ["merkle", "verify", "a", "b"], "usage.argument-excess", {}],
      ["a missing option", ["ingest", "-"], "usage.option-missing", { name: "--resource <ID>" }],
      ["an option without its value", ["ingest", "-", "--resource"], "usage.option-value-missing", {}],
      ["a value that is none", ["ingest", "-", "--resource", "0x12"], "usage.value", { name: "--resource" }],
      [
        "an unknown language",
        ["check-id", "x", "--lang", "fr"],
        "usage.value",
        { name: "--lang", expected: "zh | en" },
      ],
      ["neither of two alternatives", ["answer", HASH], "usage.either", { name: "--agree" }],
      ["both alternatives", ["answer", HASH, "--agree", "--ask", "x"], "usage.either", { name: "--agree" }],
      ["a node that was not named", ["resources"], "connection.node-missing", {}],
      ["a node with a path", ["resources", "--node", "http://a/b"], "usage.value", { name: "--node" }],
      ["a node of another scheme", ["resources", "--node", "ftp://a"], "usage.value", { name: "--node" }],
      ["a keystore that was not named", ["agreements", "--node", "http://a"], "connection.keystore-missing", {}],
      ["a family nobody knows", ["resource", "draft", "x/1"], "usage.value", { name: "family" }],
    ];
    for (const [what, args, code, values] of cases) {
      it(what, async () => {
        const { code: exit, result, error } = await runJson(args);
        expect([exit, result, error?.code]).to.deep.equal([EXIT.usage, undefined, code]);
        expect(error?.values).to.include(values);
      });
    }
  });

  it("never repeats an identifier that stands in the wrong place", async () => {
    for (const args of [
      [CITIZEN],
      ["check-id", "x", `--${CITIZEN}`],
      ["record", CITIZEN],
      ["record", "show", CITIZEN, "1"],
    ]) {
      const { code, out, err } = await run(args);
      expect([code, out]).to.deep.equal([EXIT.usage, ""]);
      expect(err).not.to.include(CITIZEN);
    }
  });

  it("tells an error as code, sentence and remedy; to machines as one line of JSON", async () => {
    const { err } = await run(["resources", "--lang", "en"]);
    expect(err.split("\n")[0]).to.match(/^✗ connection\.node-missing: .+$/);
    expect(err.split("\n")[1]).to.match(/^ {2}→ .+$/);
    const { error } = await runJson(["resources"]);
    expect(Object.keys(error ?? {})).to.deep.equal(["code", "values", "message", "remedy"]);
  });

  describe("an unforeseen error", () => {
    const secret = "张三 in a document";
    const commands = [failing(new RangeError(secret))];

    it("is 70 without its message or a stack", async () => {
      const { code, out, err } = await run(["fail"], { commands });
      expect([code, out]).to.deep.equal([EXIT.unexpected, ""]);
      expect(err).to.include("cli.unexpected").and.to.include("RangeError");
      expect(err).not.to.include(secret);
      expect(err).not.to.match(/\n\s+at /);
    });

    it("shows its stack only when it is asked to", async () => {
      const { err } = await run(["fail"], { commands, env: { SUYUAN_DEBUG: "1" } });
      expect(err).to.match(/\n\s+at /);
    });
  });

  it("does not let a text of others command the terminal", async () => {
    const problem = { type: "", title: "", status: 409, remedy: "\u202e", code: "x.y", values: {}, requestId: "" };
    const error = new ProblemError({ host: "h", problem: { ...problem, detail: "\u001b[2Jgone" } });
    const { code, err } = await run(["fail"], { commands: [failing(error)] });
    expect(code).to.equal(EXIT.negative);
    // eslint-disable-next-line no-control-regex -- That is what must not be there.
    expect(err).not.to.match(/[\u001b\u202e]/);
  });

  it("has one table of exit codes", () => {
    const problem = (status: number) =>
      new ProblemError({
        host: "",
        problem: { type: "", title: "", status, detail: "", remedy: "", code: "a.b", values: {}, requestId: "" },
      });
    const table: [unknown, number][] = [
      [problem(403), EXIT.negative],
      [problem(404), EXIT.negative],
      [problem(409), EXIT.negative],
      [problem(429), EXIT.undetermined],
      [problem(500), EXIT.undetermined],
      [problem(503), EXIT.undetermined],
      [new ClientError("client.unreachable", { host: "h" }), EXIT.undetermined],
      [new ClientError("client.timeout", { host: "h", limitMs: 1 }), EXIT.undetermined],
      [new ClientError("client.response-invalid", { host: "h", at: "" }), EXIT.undetermined],
      [new ClientError("client.endpoint-refused", { host: "h" }), EXIT.negative],
      [new ClientError("keystore.password"), EXIT.usage],
      [new ClientError("keystore.missing", { path: "p" }), EXIT.usage],
      [new ChainError("chain.unreachable", { endpoint: "e" }), EXIT.undetermined],
      [new CliError("ingest.unanswered", { line: 1 }), EXIT.undetermined],
      [new CliError("record.not-anchored", { seq: 1 }), EXIT.negative],
      [new CliError("cli.unexpected", { error: "E" }), EXIT.unexpected],
      [new TypeError("x"), EXIT.unexpected],
    ];
    for (const [error, code] of table) expect(exitCodeOf(error), String(error)).to.equal(code);
  });

  it("fills every placeholder of a usage error from its values", () => {
    for (const [code, { zh, en, remedy }] of Object.entries(cliErrorTexts)) {
      const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
      if (code === "input.form") continue; // Each language has a value of its own.
      expect(new Set(names(zh)), code).to.deep.equal(new Set(names(en)));
      expect(new Set(names(remedy.zh)), code).to.deep.equal(new Set(names(remedy.en)));
    }
  });

  describe("language", () => {
    const cases: [string[], Record<string, string>, "zh" | "en"][] = [
      [[], {}, "zh"],
      [[], { LANG: "C.UTF-8" }, "zh"],
      [[], { LANG: "en_US.UTF-8" }, "en"],
      [[], { LANG: "zh_CN.UTF-8" }, "zh"],
      [[], { LC_ALL: "zh_CN", LANG: "en_US" }, "zh"],
      [[], { LC_ALL: "", LC_MESSAGES: "en_GB", LANG: "zh_CN" }, "en"],
      [["--lang", "zh"], { LANG: "en_US" }, "zh"],
      [["--lang=en"], { LANG: "zh_CN" }, "en"],
      [["x", "--", "--lang", "en"], {}, "zh"],
    ];
    for (const [args, env, language] of cases)
      it(`is ${language} for ${JSON.stringify(args)} ${JSON.stringify(env)}`, () => {
        expect(chooseLanguage(args, env)).to.equal(language);
      });
  });

  describe("as a process", function () {
    this.timeout(60_000);

    it("exits with the command's code and keeps results and errors apart", async () => {
      const good = await spawned(["check-id", "11990100990100018P"], { env: { LANG: "en_US.UTF-8" } });
      expect([good.code, good.err]).to.deep.equal([EXIT.ok, ""]);
      const bad = await spawned(["check-id", "11990100990100018Q"]);
      expect([bad.code, bad.err]).to.deep.equal([EXIT.negative, ""]);
      const wrong = await spawned(["check-id"]);
      expect([wrong.code, wrong.out]).to.deep.equal([EXIT.usage, ""]);
    });

    it("ends quietly when the reader leaves", async () => {
      const { code, err } = await spawned(["generate", "licences", "--count", "10000000"], { lines: 3 });
      expect([code, err]).to.deep.equal([EXIT.ok, ""]);
    });

    it("says the package's version", async () => {
      expect((await spawned(["--version"])).out).to.match(/^\d+\.\d+\.\d+\n$/);
    });
  });
});
