import type { Configuration } from "openid-client";
import { AccountError } from "../errors.ts";

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a browser carries from the beginning of a sign-in to its end; nobody else's sign-in ends with it. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const SCOPE = "openid";

/**
 * Sign-in at the configured OpenID provider: authorization code with PKCE, state and nonce. What it says is believed about
 * one thing, the subject; which account that is and what it may do, this node says.
 */
export class Oidc {
  private readonly options: OidcOptions;
  private found: Promise<Configuration> | undefined;

  constructor(options: OidcOptions) {
    this.options = options;
  }

  /** Where to send the browser. Throws AccountError `oidc.unavailable`. */
  async begin(redirectUri: string): Promise<{ readonly url: URL; readonly attempt: OidcAttempt }> {
    const oidc = await import("openid-client");
    const configuration = await this.configuration();
    const attempt = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    const { state, nonce, verifier } = attempt;
    const url = oidc.buildAuthorizationUrl(configuration, {
      ...{ redirect_uri: redirectUri, scope: SCOPE, state, nonce },
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    return { url, attempt };
  }

  /** The subject that the provider vouches for. Throws AccountError `oidc.refused`, `oidc.unavailable`. */
  async finish(callback: URL, { state, nonce, verifier }: OidcAttempt): Promise<string> {
    const oidc = await import("openid-client");
    const configuration = await this.configuration();
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
        ...{ pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce },
        idTokenExpected: true,
      });
      const subject = tokens.claims()?.sub;
      if (subject === undefined) throw new AccountError("oidc.refused");
      return subject;
    } catch (cause) {
      if (cause instanceof AccountError) throw cause;
      // What fetch throws: nobody answered. All else is an answer that does not hold.
      const unreachable = cause instanceof TypeError || (cause instanceof Error && cause.name === "TimeoutError");
      throw new AccountError(unreachable ? "oidc.unavailable" : "oidc.refused", {}, cause);
    }
  }

  /** Asked for once; again after a failure. */
  private async configuration(): Promise<Configuration> {
    this.found ??= this.discover();
    try {
      return await this.found;
    } catch (cause) {
      this.found = undefined;
      throw new AccountError("oidc.unavailable", {}, cause);
    }
  }

  private async discover(): Promise<Configuration> {
    const oidc = await import("openid-client");
    const { issuer, clientId, clientSecret } = this.options;
    const url = new URL(issuer);
    // The configuration lets plain HTTP through on this machine only.
    const settings = url.protocol === "http:" ? { execute: [oidc.allowInsecureRequests] } : {};
    return oidc.discovery(url, clientId, clientSecret, undefined, settings);
  }
}
