import { expect } from "chai";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";
import { createOperator, signInWays, updateOperator } from "../../sdk/client/routes/operators.ts";
import { Oidc } from "../../node/accounts/oidc/oidc.ts";
import { startPair, type Pair } from "../node/deliveries/fixture.ts";
import { BrowserSession } from "./browser-session.ts";

const CLIENT = { clientId: "suyuan-node", clientSecret: "a client secret of sufficient length" };

/** What a browser does: cookies by host, redirects one by one, forms sent as a person would. */
class Person {
  private readonly jars = new Map<string, Map<string, string>>();
  private readonly subject: string;

  constructor(subject: string) {
    this.subject = subject;
  }

  cookie(url: string): string {
    return [...(this.jars.get(new URL(url).host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Goes on until a page of `host` is reached that leads nowhere else; returns its address. */
  async go(start: string, host: string): Promise<URL> {
    let address = new URL(start);
    let form: URLSearchParams | undefined;
    for (let step = 0; step < 20; step++) {
      if (address.host === host && address.pathname.startsWith("/app/")) return address;
      const response = await this.send(address, form);
      form = undefined;
      const location = response.headers.get("location");
      if (location !== null) {
        address = new URL(location, address);
        continue;
      }
      const page = await response.text();
      const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
      if (action === undefined) throw new Error(`${response.status} ${address.href}: ${page.slice(0, 300)}`);
      address = new URL(action, address);
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? "";
      form = new URLSearchParams({ prompt, login: this.subject, password: "any" });
    }
    throw new Error(`no end: ${address.href}`);
  }

  async send(address: URL, form?: URLSearchParams): Promise<Response> {
    const response = await fetch(address, {
      redirect: "manual",
      method: form === undefined ? "GET" : "POST",
      headers: { cookie: this.cookie(address.href) },
      ...(form && { body: form }),
    });
    const jar = this.jars.get(address.host) ?? new Map<string, string>();
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=", 2);
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    this.jars.set(address.host, jar);
    return response;
  }
}

describe("sign-in at an OpenID provider", function () {
  this.timeout(120_000);
  let pair: Pair;
  let server: Server;
  let issuer: string;

  before(async () => {
    // The provider has to know its address, and the node's.
    const served: { by?: ReturnType<Provider["callback"]> } = {};
    server = createServer((request, response) => void served.by?.(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    issuer = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    pair = await startPair({ consumer: { config: { oidc: { issuer, ...CLIENT } } } });
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.clientId,
          client_secret: CLIENT.clientSecret,
          redirect_uris: [`${pair.consumer.url}/session/oidc/callback`],
        },
      ],
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      cookies: { keys: ["of this test"] },
    });
    served.by = provider.callback();
    const client = pair.consumer.client();
    const account = { displayName: "经办员", roles: ["clerk" as const] };
    await client.call(createOperator, { body: { ...account, name: "clerk", oidcSubject: "person-1" } });
    await client.call(createOperator, { body: { ...account, name: "gone", oidcSubject: "person-2" } });
    await client.call(updateOperator, { params: { name: "gone" }, body: { disabled: true } });
  });
  after(async () => {
    await pair.stop();
    server.closeAllConnections();
    server.close();
  });

  const start = () => `${pair.consumer.url}/session/oidc`;
  const host = () => new URL(pair.consumer.url).host;

  it("is offered where it is configured, and nowhere else", async () => {
    expect(await pair.consumer.client().call(signInWays, {})).to.deep.equal({ password: true, oidc: true });
    expect(await pair.provider.client().call(signInWays, {})).to.deep.equal({ password: true, oidc: false });
    expect((await fetch(`${pair.provider.url}/session/oidc`, { redirect: "manual" })).status).to.equal(404);
  });

  it("opens the session of the account that has the subject", async () => {
    const person = new Person("person-1");
    expect((await person.go(start(), host())).pathname).to.equal("/app/sharing");
    const browser = new BrowserSession(pair.consumer.url);
    browser.cookie = person.cookie(pair.consumer.url);
    const { operator } = await browser.session();
    expect(operator).to.deep.equal({ name: "clerk", displayName: "经办员", roles: ["clerk"] });
  });

  it("a subject without an account, or with a disabled one, opens nothing", async () => {
    for (const subject of ["person-2", "person-3"]) {
      const person = new Person(subject);
      const end = await person.go(start(), host());
      expect(`${end.pathname}${end.search}`).to.equal("/app/sign-in?problem=oidc.no-account");
      expect(person.cookie(pair.consumer.url)).to.equal("");
    }
  });

  it("what was not begun in this browser, or was refused by the provider, opens nothing", async () => {
    const person = new Person("person-1");
    const begun = await person.send(new URL(start()));
    const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state") ?? "";
    const callback = (search: string) => new URL(`${pair.consumer.url}/session/oidc/callback?${search}`);
    const refused = "/app/sign-in?problem=oidc.refused";
    const elsewhere = await new Person("person-1").send(callback(`code=x&state=${state}&iss=${issuer}`));
    expect(elsewhere.headers.get("location")).to.equal(refused);
    const denied = await person.send(callback(`error=access_denied&state=${state}&iss=${issuer}`));
    expect(denied.headers.get("location")).to.equal(refused);
    const again = await person.send(callback(`code=x&state=${state}&iss=${issuer}`));
    expect(again.headers.get("location")).to.equal(refused);
    expect(
      again.headers.getSetCookie().some((line) => line.startsWith(`suyuan_${pair.ledger.consumer.uscc}=`)),
    ).to.equal(false);
  });

  it("says that the provider cannot be reached", async () => {
    const closed = createServer();
    closed.listen(0, "127.0.0.1");
    await once(closed, "listening");
    const address = closed.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((done) => closed.close(done));
    const oidc = new Oidc({ issuer: `http://127.0.0.1:${port}`, ...CLIENT });
    const code = await oidc.begin(`${pair.consumer.url}/session/oidc/callback`).then(
      () => "none",
      (error: unknown) => (error as { code: string }).code, // A coded error is what is expected here.
    );
    expect(code).to.equal("oidc.unavailable");
  });
});
