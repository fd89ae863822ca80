import type { Json, JsonObject } from "../../protocol/json.ts";
import { OversightError } from "../errors.ts";
import { chronological, type Release } from "./releases.ts";
import { OCDS_RULES } from "./standard.ts";
import type { MergeRule } from "./rules.ts";
import { ReleaseTree, type ListMatching, type Node, type ObjectNode, type Version } from "./tree.ts";

export interface MergingOptions {
  /** Those of OCDS 1.1 unless told. */
  readonly rules?: MergeRule;
  readonly matching?: ReadonlyMap<string, ListMatching>;
}

/**
 * The compiled release of one process: the latest value of every field, `tag` compiled, `date` of the newest release, `id`
 * `{ocid}-{date}`. Throws OversightError `ocds.no-release`, `ocds.kind-changed`. Source: OCDS merging specification.
 */
export function compiledRelease(releases: readonly Release[], options: MergingOptions = {}): JsonObject {
  const ordered = inOrder(releases);
  const tree = grown(ordered, { ...options, history: false });
  const { ocid, date } = ordered.newest;
  const known: JsonObject = { tag: ["compiled"], id: `${ocid}-${date}`, date, ocid };
  return { ...known, ...objectOf(tree.root, latest) };
}

/**
 * The versioned release of one process: for every field all values it had, each with the id, date and tag of the release
 * that set it; a release that repeats a value adds nothing. Throws as `compiledRelease`.
 */
export function versionedRelease(releases: readonly Release[], options: MergingOptions = {}): JsonObject {
  const ordered = inOrder(releases);
  const tree = grown(ordered, { ...options, history: true });
  const history = (versions: readonly Version[]): Json =>
    versions.map(({ release, value }) => {
      const { id = null, date = null, tag = null } = ordered.releases[release]?.document ?? {};
      return { releaseID: id, releaseDate: date, releaseTag: tag, value };
    });
  return { ocid: ordered.newest.ocid, ...objectOf(tree.root, history) };
}

interface Ordered {
  readonly releases: readonly Release[];
  readonly newest: Release;
}

function inOrder(given: readonly Release[]): Ordered {
  const releases = chronological(given);
  const newest = releases.at(-1);
  if (newest === undefined) throw new OversightError("ocds.no-release");
  return { releases, newest };
}

function grown({ releases }: Ordered, options: MergingOptions & { readonly history: boolean }): ReleaseTree {
  const { rules = OCDS_RULES, history, matching } = options;
  const tree = new ReleaseTree({ rules, history, ...(matching !== undefined && { matching }) });
  for (const [i, { document }] of releases.entries()) {
    // Metadata of the release: 1.0 schemas do not omit tag, and the ocid is not versioned.
    const { tag: _tag, ocid: _ocid, ...rest } = document;
    tree.add(rest, i);
  }
  return tree;
}

type Shown = (versions: readonly Version[]) => Json;

const latest: Shown = (versions) => versions.at(-1)?.value ?? null;

function objectOf(node: ObjectNode, shown: Shown): JsonObject {
  return Object.fromEntries([...node.members].map(([key, member]) => [key, valueOf(member, shown)]));
}

function valueOf(node: Node, shown: Shown): Json {
  switch (node.kind) {
    case "leaf":
      return shown(node.versions);
    case "object":
      return objectOf(node, shown);
    case "list":
      return node.items.map(({ id, node: item }) => ({
        ...objectOf(item, shown),
        // The id of an object in a list is not versioned and stays as its first release wrote it.
        ...(id !== undefined && { id }),
      }));
  }
}
