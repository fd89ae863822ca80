import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { Clock } from "../ports.ts";

/** How long the registered endpoint is remembered. */
const REMEMBER_MS = 30_000;

export interface AuthoritiesOptions {
  readonly department: string;
  /** `host:port` names from the configuration. */
  readonly configured: readonly string[];
}

export interface AuthoritiesDependencies {
  readonly connection: LedgerConnection;
  readonly clock: Clock;
}

/** The names under which this node is reached: a request signed for another host is not for this node. */
export class Authorities {
  private readonly options: AuthoritiesOptions;
  private readonly dependencies: AuthoritiesDependencies;
  private readonly own: Set<string>;
  private registered: { readonly authority: string | undefined; readonly at: number } | undefined;

  constructor(options: AuthoritiesOptions, dependencies: AuthoritiesDependencies) {
    this.options = options;
    this.dependencies = dependencies;
    this.own = new Set(options.configured.map(normalised));
  }

  /** Where the server listens. On loopback its usual names count too. */
  listening({ host, port }: { readonly host: string; readonly port: number }): void {
    const isLoopback = host === "127.0.0.1" || host === "::1" || host === "localhost";
    for (const name of isLoopback ? ["127.0.0.1", "localhost", "[::1]"] : [host])
      this.own.add(normalised(`${name}:${port}`));
  }

  async isOwn(authority: string): Promise<boolean> {
    return this.own.has(authority) || (await this.registeredAuthority()) === authority;
  }

  private async registeredAuthority(): Promise<string | undefined> {
    const { connection, clock } = this.dependencies;
    const now = clock();
    if (this.registered !== undefined && Math.abs(now - this.registered.at) < REMEMBER_MS)
      return this.registered.authority;
    try {
      const found = await (await connection.view("latest")).department(this.options.department);
      const url = found === undefined ? null : URL.parse(found.endpoint);
      this.registered = { authority: url?.host, at: now };
      return url?.host;
    } catch {
      return this.registered?.authority; // The lookup of the key, which comes next, reports that the chain cannot be read.
    }
  }
}

/** As a URL parser writes it: lower case, without the port that http implies. */
const normalised = (authority: string): string => URL.parse(`http://${authority}`)?.host ?? authority;
