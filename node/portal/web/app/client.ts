import { SuyuanClient } from "../../../../sdk/client/client.ts";
import type { Language } from "../../../../sdk/protocol/errors.ts";

/** The session's token, told by the node; kept in this page only. */
let csrf: string | undefined;

export const rememberToken = (token: string | undefined): void => void (csrf = token);

const clients = new Map<Language, SuyuanClient>();

/** Speaks to the node that served the page, as whoever is signed in. */
export function clientFor(language: Language): SuyuanClient {
  const known = clients.get(language) ?? new SuyuanClient({ baseUrl: location.origin, session: () => csrf, language });
  clients.set(language, known);
  return known;
}
