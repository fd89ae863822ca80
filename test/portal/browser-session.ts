import { CSRF_HEADER } from "../../node/accounts/gate.ts";
import { SuyuanClient } from "../../sdk/client/client.ts";
import { getSession, type SessionView } from "../../sdk/client/routes/operators.ts";

/** What a browser does for a signed-in operator: keeps the cookie, sends the token. */
export class BrowserSession {
  readonly client: SuyuanClient;
  cookie = "";
  csrf: string | undefined;
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
    this.client = new SuyuanClient(
      { baseUrl: url, session: () => this.csrf },
      {
        transport: async ({ method, url: target, headers, body, signal }) => {
          const response = await fetch(target, {
            method,
            headers: { ...headers, cookie: this.cookie },
            signal,
            ...(body && { body: Uint8Array.from(body) }),
          });
          return {
            status: response.status,
            header: (name) => response.headers.get(name) ?? undefined,
            body: response.body ?? (async function* () {})(),
          };
        },
      },
    );
  }

  /** The status of the answer. */
  async signIn(name: string, password: string, headers: Record<string, string> = {}): Promise<number> {
    const response = await fetch(`${this.url}/session`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ name, password }),
    });
    this.cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    if (response.status === 204) this.csrf = (await this.session()).csrf;
    return response.status;
  }

  session(): Promise<SessionView> {
    return this.client.call(getSession, {});
  }

  /** A request as it goes over the wire. */
  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ): Promise<[number, string]> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { cookie: this.cookie, ...(body && { "content-type": "application/json" }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return [response.status, text === "" ? "" : ((JSON.parse(text) as { code?: string }).code ?? "")];
  }

  get proof(): Record<string, string> {
    return { [CSRF_HEADER]: this.csrf ?? "" };
  }
}
