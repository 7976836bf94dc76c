// What esbuild is told, whatever it gathers.

export const BUNDLING = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Some packages name their ESM build in "module" alone.
  mainFields: ["module", "main"],
  // CommonJS inside an ES module asks for Node's own modules by `require`.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
  },
  legalComments: "none",
};

/** Native code cannot be bundled; the others are loaded seldom and read files beside them. */
export const LEFT_OUT = [
  "libsql",
  "@node-rs/bcrypt",
  "@peculiar/x509",
  "reflect-metadata",
  "@cloud-copilot/iam-simulate",
];
