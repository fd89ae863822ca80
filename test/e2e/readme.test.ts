import { expect } from "chai";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Evaluation, ROOT, run } from "./evaluation.ts";

interface Block {
  readonly language: string;
  readonly exit: number;
  readonly skip: boolean;
  readonly code: string;
}

/** The fenced blocks of a document. After the language: `exit=N` for the code expected, `skip` for what sets up this very test. */
function blocks(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, language = "", info = "", code = ""]) => ({
    language,
    exit: Number(/exit=(\d+)/.exec(info)?.[1] ?? 0),
    skip: / skip\b/.test(info),
    code,
  }));
}

/** The package as it would be installed: packed, unpacked, its dependencies beside it. */
function installPackage(home: string): void {
  const folder = mkdtempSync(join(tmpdir(), "suyuan-pack-"));
  const packed = spawnSync(`npm pack --silent --pack-destination "${folder}"`, {
    cwd: ROOT,
    encoding: "utf8",
    shell: true,
  });
  expect(packed.status, packed.stderr).to.equal(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  expect(spawnSync("tar", ["-xzf", join(folder, tarball), "-C", folder]).status).to.equal(0);
  const modules = join(home, "node_modules");
  mkdirSync(modules);
  cpSync(join(folder, "package"), join(modules, "suyuan"), { recursive: true });
  // The package's own dependencies, not the tools beside it.
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  mkdirSync(join(modules, "suyuan/node_modules"));
  for (const name of Object.keys(dependencies)) {
    if (name.includes("/")) mkdirSync(join(modules, "suyuan/node_modules", name, ".."), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, "suyuan/node_modules", name));
  }
  rmSync(folder, { recursive: true });
}

describe("README and package", function () {
  this.timeout(300_000);
  let evaluation: Evaluation;
  before(async () => {
    evaluation = await Evaluation.create();
    await evaluation.start("Serving");
    installPackage(evaluation.home);
  });
  after(async () => {
    await evaluation.stop();
    evaluation.remove();
  });

  const local = (code: string): string =>
    code
      .replaceAll("npm run --silent suyuan --", `"${process.execPath}" "${join(ROOT, "node/cli.ts")}"`)
      .replaceAll("node scripts/", `"${process.execPath}" "${ROOT}scripts/`)
      .replaceAll(".ts data/", '.ts" data/')
      .replaceAll("http://127.0.0.1:4701", evaluation.rpcUrl)
      .replaceAll("http://127.0.0.1:4730", `http://127.0.0.1:${evaluation.port + 30}`);

  for (const document of ["README.md", "README.zh.md"]) {
    for (const [i, block] of blocks(document).entries()) {
      if (block.skip) continue;
      it(`${document}: block ${i + 1} (${block.language}) does what it says`, () => {
        if (block.language === "sh") {
          const { status, stdout, stderr } = spawnSync("sh", ["-ec", local(block.code)], {
            cwd: evaluation.home,
            encoding: "utf8",
            env: { ...process.env, INIT_CWD: evaluation.home },
          });
          expect(status, `${stdout}${stderr}`).to.equal(block.exit);
          return;
        }
        expect(block.language).to.equal("ts");
        const path = join(evaluation.home, `readme-${i}.ts`);
        writeFileSync(path, block.code);
        const { code, stdout, stderr } = run([path], evaluation.home);
        expect(code, stderr).to.equal(0);
        expect(stdout.trim()).to.equal("verified");
      });
    }
  }

  it("both languages have the same blocks", () => {
    const shape = (document: string) => blocks(document).map(({ language, exit, skip }) => ({ language, exit, skip }));
    expect(shape("README.zh.md")).to.deep.equal(shape("README.md"));
  });

  it("the packed command runs from its built JavaScript", () => {
    const bin = join(evaluation.home, "node_modules/suyuan/dist/node/cli.js");
    expect(existsSync(bin)).to.equal(true);
    const { code, stdout } = run(
      [
        bin,
        "verify",
        "data/demo/business-licence.evidence.json",
        "--as",
        "129901009901000425",
        "--purpose",
        "bid-qualification-review",
      ],
      evaluation.home,
    );
    expect(code, stdout).to.equal(0);
    expect(run([bin, "check-id", "129901009901000426"], evaluation.home).code).to.equal(1);
  });
});
