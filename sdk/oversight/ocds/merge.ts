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
export const compiledRelease = (releases: readonly Release[], options: MergingOptions = {}): JsonObject =>
  mergedOnce(releases, { ...options, history: false });

/**
 * The versioned release of one process: for every field all values it had, each with the id, date and tag of the release
 * that set it; a release that repeats a value adds nothing. Throws as `compiledRelease`.
 */
export const versionedRelease = (releases: readonly Release[], options: MergingOptions = {}): JsonObject =>
  mergedOnce(releases, { ...options, history: true });

type MergeForm = MergingOptions & { readonly history: boolean };

function mergedOnce(releases: readonly Release[], form: MergeForm): JsonObject {
  const merge = new ReleaseMerge(form);
  merge.add(releases);
  return merge.result();
}

/** A compiled or (`history`) versioned release that grows: a release later than all before it is merged onto them. */
export class ReleaseMerge {
  private readonly form: MergeForm;
  private releases: readonly Release[] = [];
  private tree: ReleaseTree;

  constructor(form: MergeForm) {
    this.form = form;
    this.tree = this.emptyTree();
  }

  /**
   * Whether releases merge with one another and with those here, whatever the order of their dates. Changes nothing. Throws
   * `ocds.kind-changed`, whose path begins with where the release stands.
   */
  requireFit(added: readonly Release[]): void {
    const alone = this.emptyTree();
    for (const [i, { document, path = "" }] of added.entries()) {
      const rest = mergeable(document);
      try {
        this.tree.requireKinds(rest);
        alone.add(rest, i);
      } catch (error) {
        if (!(error instanceof OversightError) || error.code !== "ocds.kind-changed") throw error;
        throw new OversightError("ocds.kind-changed", { path: `${path}${String(error.values["path"])}` }, error);
      }
    }
  }

  /** Throws `ocds.kind-changed`; what was added before is then of no use. */
  add(added: readonly Release[]): void {
    const before = this.releases;
    this.releases = chronological([...before, ...added]);
    const isLater = before.every((release, i) => release === this.releases[i]);
    if (!isLater) this.tree = this.emptyTree();
    for (let i = isLater ? before.length : 0; i < this.releases.length; i++)
      this.tree.add(mergeable(this.releases[i]?.document ?? {}), i);
  }

  /** Throws `ocds.no-release`. */
  result(): JsonObject {
    const newest = this.releases.at(-1);
    if (newest === undefined) throw new OversightError("ocds.no-release");
    const { ocid, date } = newest;
    if (this.form.history) return { ocid, ...objectOf(this.tree.root, (versions) => this.told(versions)) };
    const known: JsonObject = { tag: ["compiled"], id: `${ocid}-${date}`, date, ocid };
    return { ...known, ...objectOf(this.tree.root, latest) };
  }

  private told(versions: readonly Version[]): Json {
    return versions.map(({ release, value }) => {
      const { id = null, date = null, tag = null } = this.releases[release]?.document ?? {};
      return { releaseID: id, releaseDate: date, releaseTag: tag, value };
    });
  }

  private emptyTree(): ReleaseTree {
    const { rules = OCDS_RULES, history, matching } = this.form;
    return new ReleaseTree({ rules, history, ...(matching !== undefined && { matching }) });
  }
}

/** Without the release's metadata: 1.0 schemas do not omit tag, and the ocid is not versioned. */
function mergeable({ tag: _tag, ocid: _ocid, ...rest }: JsonObject): JsonObject {
  return rest;
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
