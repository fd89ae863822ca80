import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

// The dependency directions of ARCHITECTURE.md: sdk/protocol ← sdk ← node ← scripts, test.
const restrict = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] },
});
const noNode = { group: ["**/node/**", "!node:*"], message: "The SDK knows nothing of the node." };
const noScripts = { group: ["**/scripts/**", "**/test/**"], message: "Scripts and tests come last." };
const noExpress = { regex: "^express$", message: "express only in node/app.ts, node/http and routes.ts files." };
const noLevel = { regex: "^(?:classic-)?level$", message: "level only in node/storage." };
const noEthersRoot = { regex: "^ethers$", message: "Verifier code imports ethers/abi-sized parts, never the root." };
const noNodeParts = {
  regex: "^(?:\\.\\./){3,}(?!sdk/|\\.\\./)",
  message: "A page of the portal uses the SDK, never the node.",
};
const noBuiltins = { regex: "^node:", message: "This folder runs in browsers." };

export default defineConfig(
  globalIgnores(["dist/", "data/", "artifacts/", "cache/", "coverage/", "sdk/chain/abi/"]),
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/require-await": "off",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-console": "off",
    },
  },
  { files: ["scripts/**/*.ts", "sdk/cli/**/*.ts", "node/cli.ts", "node/main.ts"], rules: { "no-console": "off" } },
  restrict(
    ["sdk/protocol/**", "sdk/families/**"],
    [
      {
        group: ["../chain/**", "../client/**", "../verify/**", "../cli/**", "../../node/**"],
        message: "The protocol depends on nothing above it.",
      },
      noBuiltins,
      noScripts,
      noEthersRoot,
      noExpress,
      noLevel,
    ],
  ),
  restrict(["sdk/chain/**", "sdk/verify/**"], [noNode, noScripts, noExpress, noLevel, noEthersRoot, noBuiltins]),
  restrict(
    ["sdk/client/**", "sdk/cli/**", "sdk/lineage/**", "sdk/oversight/**", "sdk/mirror/**"],
    [noNode, noScripts, noExpress, noLevel],
  ),
  restrict(
    ["node/**"],
    [noScripts, noExpress, noLevel],
    ["node/app.ts", "node/http/**", "node/**/routes.ts", "node/storage/**", "node/portal/web/**"],
  ),
  restrict(["node/portal/web/**"], [noNodeParts, noScripts, noExpress, noLevel, noBuiltins]),
  restrict(["node/app.ts", "node/http/**", "node/**/routes.ts"], [noScripts, noLevel]),
  restrict(["node/storage/**"], [noScripts, noExpress]),
);
