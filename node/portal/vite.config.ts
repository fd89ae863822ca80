import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const page = (name: string): string => fileURLToPath(new URL(`web/${name}.html`, import.meta.url));

/** Three pages: the public one that verifies, the frame for other sites, and the application for operators. */
export default defineConfig({
  root: fileURLToPath(new URL("web", import.meta.url)),
  publicDir: false,
  plugins: [react()],
  build: {
    target: "es2024",
    // Inlined files would need `data:` in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: [page("index"), page("widget"), page("app")] },
  },
});
