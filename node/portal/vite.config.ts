import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Part {
  readonly pages: readonly string[];
  readonly alias: Readonly<Record<string, string>>;
}

/** The public pages carry a smaller library with the same interface: with the verifier they stay below their budget. */
const PUBLIC: Part = {
  pages: ["index", "widget"],
  alias: {
    "react-dom/client": "preact/compat/client",
    "react/jsx-runtime": "preact/jsx-runtime",
    react: "preact/compat",
  },
};
const APPLICATION: Part = { pages: ["app"], alias: {} };

const NONCED = "if (csp?.nonce) {";

/** Some of the component library's styles are made without the nonce that it was given; the policy would refuse them. */
const styleNonce: Plugin = {
  name: "suyuan:style-nonce",
  transform(code, id) {
    if (!id.endsWith("/@rc-component/util/es/Dom/dynamicCSS.js")) return undefined;
    if (!code.includes(NONCED)) throw new Error("the component library makes its styles in another way now");
    const known = `document.querySelector('meta[name="csp-nonce"]')?.nonce ?? ""`;
    return { code: code.replace(NONCED, `styleNode.nonce = ${known};\n  ${NONCED}`), map: null };
  },
};

const configOf = ({ pages, alias }: Part): UserConfig =>
  defineConfig({
    root: here("web"),
    publicDir: false,
    plugins: [react(), styleNonce],
    resolve: { alias },
    build: {
      target: "es2024",
      // Inlined files would need `data:` in the policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      rollupOptions: { input: pages.map((page) => here(`web/${page}.html`)) },
    },
  });

/** The portal's two parts, built one after the other into one folder. */
export const PARTS: readonly UserConfig[] = [PUBLIC, APPLICATION].map(configOf);
