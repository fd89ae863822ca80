/** Builds the portal into dist/portal unless what is there was built from the same sources. */
import { buildPortal, isPortalFresh } from "./build.ts";

const began = performance.now();
if (isPortalFresh()) console.log("门户已是最新 the portal is up to date");
else {
  const files = await buildPortal();
  console.log(
    `门户已构建 portal built: ${files} 个文件 files, ${((performance.now() - began) / 1000).toFixed(1)} s → dist/portal`,
  );
}
