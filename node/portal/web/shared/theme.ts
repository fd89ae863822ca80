import { createContext, useEffect, useState } from "react";
import { readSetting, writeSetting } from "./settings.ts";

export type Theme = "light" | "dark";

const preferred = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

/** The theme that was chosen, or the system's. */
export function useTheme(): { readonly theme: Theme; readonly toggle: () => void } {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = readSetting("theme");
    return chosen === "dark" || chosen === "light" ? chosen : preferred();
  });
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    writeSetting("theme", next);
    setTheme(next);
  };
  return { theme, toggle };
}

export const ThemeContext = createContext<{ readonly theme: Theme; readonly toggle: () => void }>({
  theme: "light",
  toggle: () => undefined,
});
