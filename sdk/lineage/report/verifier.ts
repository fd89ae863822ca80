import type { PageHashes } from "./page-hashes.ts";

/** What the report's own script finds. */
export interface ReportFindings {
  readonly holds: boolean;
  readonly records: number;
  readonly links: number;
  /** Where something does not hold, in the order of the evidence; at most a hundred. */
  readonly faults: readonly string[];
}

/**
 * Verifies the evidence of a trace report from the file itself: record ids, places in batches, parents, packages and claims
 * are recomputed, and the digest of the whole is compared. It says nothing of the chain, which a file cannot ask.
 * Its source text is put into the report, so it uses nothing but what a browser has: no import, nothing around it. The
 * hash functions come as an argument, so that no name in one text refers to another.
 */
export function reportVerifier(text: string, expectedDigest: string, hashes: PageHashes): ReportFindings {
  type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
  type Item = { [name: string]: Value };
  const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value);
  const hex = (bytes: Uint8Array): string =>
    "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fromHex = (value: string): Uint8Array =>
    Uint8Array.from({ length: (value.length - 2) / 2 }, (_, i) =>
      Number.parseInt(value.slice(2 + 2 * i, 4 + 2 * i), 16),
    );
  const join = (...parts: Uint8Array[]): Uint8Array => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };
  // RFC 8785: JSON.stringify writes numbers and strings as it demands.
  const jcs = (value: Value): string => {
    if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(value[name] as Value)}`).join(",")}}`;
  };

  const digestOf = (name: string, data: Uint8Array): Uint8Array => {
    const digest = hashes[name];
    if (digest === undefined) throw new TypeError(name);
    return digest(data);
  };
  const leafOf = (name: string, data: Uint8Array): Uint8Array => digestOf(name, join(Uint8Array.of(0), data));
  const nodeOf = (name: string, a: Uint8Array, b: Uint8Array): Uint8Array =>
    digestOf(name, join(Uint8Array.of(1), a, b));
  /** The root that known leaves and the nodes between them lead to (SPEC §3.4); undefined when they do not fit. */
  const rootOf = (name: string, leaves: [number, Uint8Array][], count: number, proof: string[]): string | undefined => {
    let known = leaves;
    let used = 0;
    if (
      known.length === 0 ||
      known.some(([at], i) => at >= count || (i > 0 && at <= (known[i - 1] as [number, Uint8Array])[0]))
    )
      return undefined;
    for (let width = count; width > 1; width = Math.ceil(width / 2)) {
      const above: [number, Uint8Array][] = [];
      for (let i = 0; i < known.length; i++) {
        const [at, node] = known[i] as [number, Uint8Array];
        const next = known[i + 1];
        if (at % 2 === 0 && next !== undefined && next[0] === at + 1) {
          above.push([at / 2, nodeOf(name, node, next[1])]);
          i++;
        } else if (at % 2 === 0 && at === width - 1) above.push([at / 2, node]);
        else {
          const sibling = proof[used++];
          if (sibling === undefined) return undefined;
          const other = fromHex(sibling);
          above.push([Math.floor(at / 2), at % 2 === 0 ? nodeOf(name, node, other) : nodeOf(name, other, node)]);
        }
      }
      known = above;
    }
    return used === proof.length ? hex((known[0] as [number, Uint8Array])[1]) : undefined;
  };

  const nameOf = ({ scope, seq }: Item): string => `${scope as string}/${seq as number}`;
  const faults: string[] = [];
  const fault = (what: string): void => void (faults.length < 100 && faults.push(what));
  if (hex(digestOf("sha256", utf8(text))) !== expectedDigest) fault("digest");
  let records = 0;
  let links = 0;
  try {
    const data = JSON.parse(text) as { nodes: Item[]; links: Item[] };
    const byName = new Map<string, Item>();
    for (const node of data.nodes) {
      const name = nameOf(node);
      byName.set(name, node);
      const proof = node["proof"] as Item | undefined;
      if (proof === undefined) continue;
      records++;
      const header = proof["header"] as Item;
      const anchor = proof["anchor"] as Item;
      const hash = header["hash"] as string;
      const digest = hashes[hash];
      if (digest === undefined) {
        fault(`${name}: hash`);
        continue;
      }
      const id = digest(utf8("suyuan/record/1" + jcs(header)));
      if (hex(id) !== node["record"] || header["scope"] !== node["scope"] || header["seq"] !== node["seq"])
        fault(`${name}: record`);
      const index = (header["seq"] as number) - (anchor["first"] as number);
      if (
        rootOf(hash, [[index, leafOf(hash, id)]], anchor["count"] as number, proof["inclusion"] as string[]) !==
        anchor["root"]
      )
        fault(`${name}: inclusion`);
      // The slot of the AnchorLog: root, department, first, count, time and hash.
      const number = (value: Value | undefined, bytes: number): Uint8Array =>
        Uint8Array.from({ length: bytes }, (_, i) => Math.floor((value as number) / 2 ** (8 * (bytes - 1 - i))) % 256);
      const packed = join(
        utf8(anchor["department"] as string),
        number(anchor["first"], 5),
        number(anchor["count"], 3),
        number(anchor["time"], 5),
        number(hash === "keccak256" ? 1 : hash === "sha256" ? 2 : 3, 1),
      );
      if (hex(digestOf("keccak256", join(fromHex(anchor["root"] as string), packed))) !== node["slot"])
        fault(`${name}: anchor`);
      const parents = proof["parents"] as { disclosed: Item[]; proof: string[] } | undefined;
      if (parents !== undefined) {
        const leaves = parents.disclosed.map(({ at, salt, ...parent }): [number, Uint8Array] => [
          at as number,
          leafOf(hash, utf8(jcs([salt as string, parent]))),
        ]);
        if (rootOf(hash, leaves, header["parentCount"] as number, parents.proof) !== header["parentsRoot"])
          fault(`${name}: parents`);
      }
      const claims = proof["claims"] as { disclosed: Item[]; proof: string[] } | undefined;
      if (claims !== undefined && claims.disclosed.length > 0) {
        const leaves = claims.disclosed.map(({ at, salt, path, value }): [number, Uint8Array] => [
          at as number,
          leafOf(hash, utf8(jcs([salt as string, path as Value, value as Value]))),
        ]);
        if (rootOf(hash, leaves, header["claimCount"] as number, claims.proof) !== header["claimsRoot"])
          fault(`${name}: claims`);
      }
      const items = node["package"] as Item[] | undefined;
      if (items !== undefined) {
        const leaves = items.map(({ record, claims: shown }, i): [number, Uint8Array] => [
          i,
          leafOf("sha256", utf8(jcs({ claims: shown as Value, record: record as string }))),
        ]);
        const root = rootOf("sha256", leaves, items.length, []);
        const committed = claims?.disclosed.find(({ path }) => jcs(path as Value) === '["packageDigest"]')?.["value"];
        if (
          hex(digestOf("sha256", utf8("suyuan/package/1" + jcs({ count: items.length, root: root ?? "" })))) !==
          committed
        )
          fault(`${name}: package`);
      }
    }
    for (const link of data.links) {
      if (link["outcome"] !== "link.proven") continue;
      links++;
      const relation = link["relation"] as string;
      const [from, to] = [link["from"] as Item, link["to"] as Item];
      const [owner, other] = relation === "generated" ? [to, from] : [from, to];
      const node = byName.get(nameOf(owner));
      const isOther = (item: Item): boolean => item["scope"] === other["scope"] && item["seq"] === other["seq"];
      const wanted = relation === "generated" ? "quotes" : relation;
      const parents = (node?.["proof"] as { parents?: { disclosed: Item[] } } | undefined)?.parents?.disclosed ?? [];
      const packaged = (node?.["package"] as Item[] | undefined) ?? [];
      const isStream = relation === "receiptOf";
      const held = isStream
        ? node !== undefined && from["seq"] === to["seq"]
        : relation === "delivered" || relation === "received"
          ? packaged.some(isOther)
          : parents.some((parent) => isOther(parent) && parent["relation"] === wanted);
      if (!held) fault(`${nameOf(owner)}: ${relation}`);
    }
  } catch {
    fault("form");
  }
  return { holds: faults.length === 0, records, links, faults };
}
