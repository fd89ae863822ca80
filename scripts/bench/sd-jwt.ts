import { createHash, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { SDJwtVcInstance, type SdJwtVcPayload } from "@sd-jwt/sd-jwt-vc";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { flatten } from "../../sdk/protocol/claims.ts";
import { ISSUED_AT, ISSUER } from "./fixtures.ts";

export const SD_JWT_NAME = "SD-JWT VC, ES256 (@sd-jwt/sd-jwt-vc, node:crypto)";
const VCT = "https://example.invalid/business-licence";
const SALT_BYTES = 16;

/** An issuer and verifier as its documentation sets one up, with Node's own cryptography: the fastest it can be here. */
export function sdJwt() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return new SDJwtVcInstance({
    signAlg: "ES256",
    signer: (data) =>
      sign("sha256", Buffer.from(data), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url"),
    verifier: (data, signature) =>
      verify(
        "sha256",
        Buffer.from(data),
        { key: publicKey, dsaEncoding: "ieee-p1363" },
        Buffer.from(signature, "base64url"),
      ),
    hashAlg: "sha-256",
    hasher: (data) =>
      new Uint8Array(
        createHash("sha256")
          .update(typeof data === "string" ? data : new Uint8Array(data))
          .digest(),
      ),
    saltGenerator: () => randomBytes(SALT_BYTES).toString("base64url"),
  });
}

/** The same claims, one level deep, under names that the format does not reserve: selective disclosure of each leaf. */
export const flatClaims = (document: JsonObject): Record<string, unknown> =>
  Object.fromEntries(flatten(document).map(({ path, value }) => [`licence.${path.join(".")}`, value]));

export type SdJwt = ReturnType<typeof sdJwt>;

/** Signs every claim as one that can be withheld. */
export function issue(instance: SdJwt, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const payload: SdJwtVcPayload & Record<string, unknown> = { ...claims, iss: ISSUER, iat: ISSUED_AT, vct: VCT };
  const frame = { _sd: Object.keys(claims) } as unknown as Parameters<typeof instance.issue<typeof payload>>[1]; // The type knows literal names only.
  return instance.issue(payload, frame);
}

/** A presentation that discloses the first claims only. */
export const presentFirst = (
  instance: SdJwt,
  { credential, claims, count }: { readonly credential: string; readonly claims: object; readonly count: number },
): Promise<string> =>
  instance.present(
    credential,
    Object.fromEntries(
      Object.keys(claims)
        .slice(0, count)
        .map((name) => [name, true]),
    ),
  );
