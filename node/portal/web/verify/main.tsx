import { createRoot } from "react-dom/client";
import { LanguageProvider } from "../shared/language.tsx";
import { VerifyPage } from "./page.tsx";
import "./verify.css";

const root = document.getElementById("root");
if (root === null) throw new TypeError("the page has no root");
createRoot(root).render(
  <LanguageProvider>
    <VerifyPage />
  </LanguageProvider>,
);
