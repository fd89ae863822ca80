import { SuyuanClient } from "../../../../sdk/client/client.ts";
import type { Language } from "../../../../sdk/protocol/errors.ts";
import { uploading } from "./upload.ts";

/** The session's token, told by the node; kept in this page only. */
let csrf: string | undefined;

export const rememberToken = (token: string | undefined): void => void (csrf = token);

const optionsFor = (language: Language) => ({ baseUrl: location.origin, session: () => csrf, language });

const clients = new Map<Language, SuyuanClient>();

/** Speaks to the node that served the page, as whoever is signed in. */
export function clientFor(language: Language): SuyuanClient {
  const known = clients.get(language) ?? new SuyuanClient(optionsFor(language));
  clients.set(language, known);
  return known;
}

/** The same, telling how many bytes of a call are on their way. */
export const uploadingClient = (language: Language, onSent: (bytes: number) => void): SuyuanClient =>
  new SuyuanClient(optionsFor(language), { transport: uploading(onSent) });
