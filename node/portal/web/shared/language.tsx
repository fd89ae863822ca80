import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import type { Words } from "../../../../sdk/client/route.ts";
import { fillText, type ErrorValues, type Language } from "../../../../sdk/protocol/errors.ts";

import { readSetting, writeSetting } from "./settings.ts";

/** The texts of one part of the portal: every one in both languages, or it does not compile. */
export type Texts = Readonly<Record<string, Words>>;

interface Chosen {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const LanguageContext = createContext<Chosen>({ language: "zh", choose: () => undefined });

/** 中文 unless English was chosen before. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (readSetting("language") === "en" ? "en" : "zh"));
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const chosen = useMemo<Chosen>(
    () => ({
      language,
      choose: (next) => {
        writeSetting("language", next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <LanguageContext.Provider value={chosen}>{children}</LanguageContext.Provider>;
}

export const useLanguage = (): Chosen => useContext(LanguageContext);

/** The texts of a part in the chosen language, with their values filled in. */
export function useTexts<T extends Texts>(texts: T): (key: keyof T, values?: ErrorValues) => string {
  const { language } = useLanguage();
  return (key, values = {}) => fillText((texts[key] as Words)[language], values); // A key of T has words.
}

/** Words that come from elsewhere: the SDK's own, or a table's. */
export function useSay(): (words: Words) => string {
  const { language } = useLanguage();
  return (words) => words[language];
}
