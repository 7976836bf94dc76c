import { execFile } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { readSources } from "../architecture/source-files.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
const manifest = readJson("package.json") as {
  name: string;
  version: string;
  license: string;
  description: string;
  engines: { node: string };
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
};
const dependencies = Object.keys(manifest.dependencies);
const peers = Object.keys(manifest.peerDependencies);

describe("package.json", () => {
  it("says what it is, where it runs and what starts it", () => {
    expect(manifest).toMatchObject({
      name: "paraform",
      license: "MIT",
      engines: { node: ">=20.19" },
      bin: { paraform: "dist/cli.js" },
    });
    expect(manifest.description).not.toBe("");
    expect(readFileSync(join(root, "LICENSE"), "utf8")).toContain("MIT License");
    expect(readFileSync(join(root, "dist/cli.js"), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    // npm link makes a link to it, which leaves its mode alone.
    expect(statSync(join(root, "dist/cli.js")).mode & 0o777).toBe(0o755);
  });

  it("pins every version", () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it("leaves it to users to install what is not under a permissive licence, and tests with the same version", () => {
    for (const [name, version] of Object.entries(manifest.peerDependencies)) {
      expect(manifest.peerDependenciesMeta[name], name).toEqual({ optional: true });
      expect(manifest.devDependencies[name], name).toBe(version);
    }
  });

  it("gives users neither cdktf nor its provider", () => {
    expect(dependencies.filter((name) => /cdktf|cdktn|constructs/.test(name))).toEqual([]);
  });

  it("declares what src imports, and src imports what it declares", () => {
    const imports = readSources().flatMap((file) => file.imports.filter(({ kind }) => kind === "package"));
    const atRunTime = new Set(imports.filter(({ when }) => when !== "never").map(({ target }) => target));
    expect([...atRunTime].sort()).toEqual([...dependencies, ...peers].toSorted());
    const declared = new Set([...dependencies, ...Object.keys(manifest.devDependencies)]);
    expect(imports.map(({ target }) => target).filter((name) => !declared.has(name))).toEqual([]);
  });

  it("lets src import Node's own modules by their full name only", () => {
    const imports = readSources().flatMap((file) => file.imports.map(({ target }) => target));
    expect(imports.filter((target) => builtinModules.includes(target))).toEqual([]);
  });

  it("has a line in docs/dependencies.md for each dependency, and no line too many", () => {
    const text = readFileSync(join(root, "docs/dependencies.md"), "utf8");
    const explained = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual([...dependencies, ...Object.keys(manifest.devDependencies)].sort());
  });
});

describe("package-lock.json", () => {
  const { packages } = readJson("package-lock.json") as {
    packages: Record<
      string,
      {
        version?: string;
        integrity?: string;
        resolved?: string;
        license?: string;
        dev?: boolean;
        inBundle?: boolean;
      }
    >;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== "");

  it("is of this package.json", () => {
    const { version, dependencies, devDependencies, peerDependencies, peerDependenciesMeta } = manifest;
    expect(packages[""]).toMatchObject({
      version,
      dependencies,
      devDependencies,
      peerDependencies,
      peerDependenciesMeta,
    });
  });

  it("has an exact version and a checksum for every package, and no host", () => {
    const loose = installed.filter(
      // What a package brings inside its own archive is under that archive's checksum.
      ([, { version = "", integrity = "", inBundle = false }]) =>
        !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) || !(inBundle || /^sha512-/.test(integrity)),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it("brings nobody a package under the GPL, the AGPL or the LGPL", () => {
    const copyleft = installed.filter(([, { dev, license = "" }]) => dev !== true && /GPL/.test(license));
    expect(copyleft.map(([path]) => path)).toEqual([]);
  });

  it("brings no cdktf to users", () => {
    const brought = installed.filter(([, { dev }]) => dev !== true).map(([path]) => path);
    expect(brought.filter((path) => /cdktf|cdktn|constructs/.test(path))).toEqual([]);
  });
});

describe("npm pack", () => {
  it("packs the built program, its schemas and documents, and nothing else", async () => {
    const { stdout } = await npm(["pack", "--dry-run", "--json", "--ignore-scripts"], root);
    const [{ files } = { files: [] }] = JSON.parse(stdout) as { files: { path: string }[] }[];
    const packed = files.map(({ path }) => path);
    const strangers = packed.filter(
      (path) =>
        !/^(dist\/.+\.(js|d\.ts)|dist\/THIRD-PARTY-LICENSES\.txt|schemas\/.+\.schema\.json|docs\/.+\.md|README\.md|LICENSE|package\.json)$/.test(
          path,
        ),
    );
    expect(strangers).toEqual([]);
    expect(packed).toEqual(
      expect.arrayContaining(["dist/cli.js", "schemas/environment.schema.json", "README.md", "LICENSE"]),
    );
    const modules = readSources().map(({ path }) => `dist/${path.replace(/\.ts$/, ".js")}`);
    const gathered = /^dist\/chunks\/[\w.-]+\.js$/;
    const ours = packed.filter((path) => /^dist\/.+\.js$/.test(path) && !gathered.test(path));
    expect(ours.sort()).toEqual(modules.sort());
  });

  it("names the licence of every package whose code it holds", () => {
    const licenses = readFileSync(join(root, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["@aws-sdk/client-ssm", "zod", "yargs", "yaml", "diff", "jsonc-parser", "picomatch"]) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
    }
    expect(licenses).not.toContain("(undefined)");
  });

  it("gives what installs alone and starts", { timeout: 300_000 }, async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), "paraform-package-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await npm(["pack", "--ignore-scripts", "--pack-destination", folder], root);
    writeFileSync(join(folder, "package.json"), '{ "private": true }');
    const tarball = `./paraform-${manifest.version}.tgz`;
    try {
      await npm(
        ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball],
        folder,
      );
    } catch (error) {
      const unreachable =
        /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT/;
      const { stderr = "" } = error as { stderr?: string };
      if (!unreachable.test(stderr)) throw error;
      console.warn("skipped: the package is not installed anew, for the npm registry cannot be reached");
      skip("the npm registry cannot be reached");
    }
    const cli = join(folder, "node_modules/.bin/paraform");
    expect((await run(cli, ["--version"])).stdout).toBe(`${manifest.version}\n`);
    expect((await run(cli, ["--help"])).stdout).toContain("paraform plan");
    expect(readdirSync(join(folder, "node_modules")).filter((name) => /cdkt|constructs/.test(name))).toEqual(
      [],
    );
    const megabytes = sizeOf(join(folder, "node_modules")) / 1e6;
    console.info(`an install of paraform with all it needs takes ${megabytes.toFixed(0)} MB`);
    expect(megabytes).toBeLessThan(100);
  });
});

/** npm without what the npm that runs the tests has put into the environment. */
function npm(args: readonly string[], cwd: string) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(?!config_(userconfig|globalconfig|cache|registry)$)/i.test(name),
    ),
  );
  return run("npm", [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
}

function sizeOf(path: string): number {
  const status = lstatSync(path);
  if (!status.isDirectory()) return status.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
