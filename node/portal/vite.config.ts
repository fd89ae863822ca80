import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

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

const configOf = ({ pages, alias }: Part): UserConfig =>
  defineConfig({
    root: here("web"),
    publicDir: false,
    plugins: [react()],
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
