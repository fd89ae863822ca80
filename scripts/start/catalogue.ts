import type { SuyuanClient } from "../../sdk/client/client.ts";
import { ProblemError } from "../../sdk/client/problem-error.ts";
import {
  getResource,
  proposeResource,
  publishResource,
  reviewResource,
  type Metadata,
} from "../../sdk/client/routes/catalogue.ts";
import { getFamily } from "../../sdk/families/registry.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Party, PartyName } from "./parties.ts";

export interface DemoResource {
  readonly provider: PartyName;
  readonly code: string;
  readonly name: string;
  readonly summary: string;
  readonly family: string;
  readonly shareClass: "unconditional" | "conditional";
  readonly level: number;
  readonly personal: boolean;
}

export const RESOURCES = {
  businessLicence: {
    provider: "marketRegulation",
    code: "business-licence",
    name: "营业执照",
    summary: "市场主体营业执照电子证照",
    family: "ecertificate/1",
    shareClass: "conditional",
    level: 2,
    personal: true,
  },
  penalty: {
    provider: "marketRegulation",
    code: "administrative-penalty",
    name: "行政处罚",
    summary: "行政处罚决定(双公示)",
    family: "credit-penalty/1",
    shareClass: "unconditional",
    level: 2,
    personal: true,
  },
  licence: {
    provider: "ecology",
    code: "administrative-licence",
    name: "行政许可",
    summary: "行政许可决定(双公示)",
    family: "credit-licence/1",
    shareClass: "unconditional",
    level: 1,
    personal: false,
  },
} as const satisfies Record<string, DemoResource>;

export interface PublishedResource {
  readonly id: Hex;
  readonly scope: Hex;
}

const UPDATE_CYCLE_DAYS = 1;
const RETENTION_DAYS = 3650;

/** Proposes, has reviewed and publishes a resource; takes up where an earlier run stopped. */
export async function publish(
  resource: DemoResource,
  {
    provider,
    clientOf,
    authorityClient,
    today,
  }: { provider: Party; clientOf: SuyuanClient; authorityClient: SuyuanClient; today: string },
): Promise<PublishedResource> {
  const id = resourceId(provider.department.uscc, resource.code);
  const published = { id, scope: resourceScope(id) };
  let known = await find(clientOf, id);
  if (known === undefined) {
    const { shareClass, level, personal, family, code, name } = resource;
    const metadata = metadataOf(resource, { provider, today });
    const body = {
      code,
      name,
      family,
      shareClass,
      level,
      personal,
      metadata,
      updateCycleDays: UPDATE_CYCLE_DAYS,
      retentionDays: RETENTION_DAYS,
    };
    await clientOf.call(proposeResource, { body });
    known = await find(clientOf, id);
  }
  if (known?.version === 1) return published;
  const [version] = known?.versions ?? [];
  if (version?.state === "proposed") {
    await authorityClient.call(reviewResource, { params: { id }, body: { version: 1, approve: true } });
  }
  await clientOf.call(publishResource, { params: { id }, body: { version: 1 } });
  return published;
}

async function find(client: SuyuanClient, id: Hex) {
  try {
    return await client.call(getResource, { params: { id } });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === "resource.unknown") return undefined;
    throw error;
  }
}

/** The thirteen core items, its data items read off the family's schema. */
function metadataOf(resource: DemoResource, { provider, today }: { provider: Party; today: string }): Metadata {
  const { schema } = getFamily(resource.family);
  const items = Object.entries(schema.properties ?? {}).map(([path, { title, type }]) => ({
    name: title,
    path,
    type: typeof type === "string" ? type : type.join(" | "),
  }));
  return {
    name: resource.name,
    code: `${resource.code}/1`,
    provider: provider.department.nameZh,
    providerCode: provider.department.uscc,
    summary: resource.summary,
    format: "JSON",
    items,
    shareClass: resource.shareClass,
    shareCondition: resource.shareClass === "conditional" ? "限行政管理和公共服务事项使用" : "",
    shareMethod: "接口",
    openness: "不开放",
    updateCycle: "每日",
    publishedOn: today,
  };
}
