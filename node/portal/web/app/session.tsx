import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { getSession, type SessionView } from "../../../../sdk/client/routes/operators.ts";
import { useLanguage } from "../shared/language.tsx";
import { clientFor, rememberToken } from "./client.ts";

interface Signed {
  /** Undefined: nobody; "unknown" until the node has said. */
  readonly session: SessionView | "unknown" | undefined;
  readonly refresh: () => Promise<void>;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<Signed>({
  session: "unknown",
  refresh: () => Promise.resolve(),
  signOut: () => Promise.resolve(),
});

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { language } = useLanguage();
  const [session, setSession] = useState<Signed["session"]>("unknown");
  const refresh = useCallback(async () => {
    const found = await clientFor(language)
      .call(getSession, {})
      .catch(() => undefined); // Nobody is signed in, or the node is away: pages say which when they ask for something.
    rememberToken(found?.csrf);
    setSession(found);
  }, [language]);
  const signOut = useCallback(async () => {
    await fetch("/session/end", { method: "POST" });
    rememberToken(undefined);
    setSession(undefined);
  }, []);
  useEffect(() => void refresh(), [refresh]);
  const value = useMemo(() => ({ session, refresh, signOut }), [session, refresh, signOut]);
  return <SessionContext value={value}>{children}</SessionContext>;
}

export const useSigned = (): Signed => useContext(SessionContext);

/** Whoever is signed in, or undefined. */
export function useOperator(): SessionView | undefined {
  const { session } = useSigned();
  return session === "unknown" ? undefined : session;
}
