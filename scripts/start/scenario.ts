import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SuyuanClient } from "../../sdk/client/client.ts";
import { ProblemError } from "../../sdk/client/problem-error.ts";
import {
  answerAgreement,
  applyForAgreement,
  getAgreement,
  reserveDeliveries,
  revokeAgreement,
} from "../../sdk/client/routes/agreements.ts";
import { admitDepartment, getDepartment } from "../../sdk/client/routes/departments.ts";
import { askForDelivery, getReceivedEvidence, listDeliveries } from "../../sdk/client/routes/deliveries.ts";
import { changeStatus, findRecord } from "../../sdk/client/routes/records.ts";
import type { ECertificate } from "../../sdk/families/ecertificate.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { publish, RESOURCES, type PublishedResource } from "./catalogue.ts";
import { decide } from "./decision.ts";
import { ingest, until, untilFinal } from "./ingest.ts";
import { CERTIFICATES, LICENCES, PENALTIES, writeInputs, type Inputs } from "./input.ts";
import { exchangeKeyId, PARTY_NAMES, type Party, type PartyName } from "./parties.ts";
import type { Teller } from "./say.ts";
import type { StateFile } from "./state.ts";
import type { DemoVerifier } from "./verifier.ts";

export const PURPOSE = "bid-qualification-review";
export const EVIDENCE_FILE = "business-licence.evidence.json";
/** The same with one value changed, for whoever wants to see it refused. */
export const TAMPERED_FILE = "business-licence.tampered.evidence.json";
const FIELDS = [
  '["extendInfo","businessLicence","registeredCapitalFen"]',
  '["extendInfo","businessLicence","businessScope"]',
  '["extendInfo","businessLicence","establishedOn"]',
];
const DAY_SECONDS = 86_400;
const AGREEMENT_DAYS = 180;
const MAXIMUM_USES = 100;
const RESERVE = 4;
/** Coded reasons of the demonstration: suspended in an investigation; purpose ended. */
const REASON_SUSPENDED = 1;
const REASON_REVOKED = 1;

export interface ScenarioOptions {
  readonly parties: Readonly<Record<PartyName, Party>>;
  readonly folder: string;
}

export interface ScenarioDependencies {
  readonly teller: Teller;
  readonly state: StateFile;
  readonly verifier: DemoVerifier;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type Resources = Readonly<Record<keyof typeof RESOURCES, PublishedResource>>;

/** An outcome of the demonstration that is not the expected one. */
export class OutcomeError extends Error {
  constructor(what: string, expected: string, seen: string) {
    super(`${what}: 预期 expected ${expected}, 实际 seen ${seen}`);
    this.name = "OutcomeError";
  }
}

/** The main job, played with real parts: each step's outcome is compared with the expected one. */
export class Scenario {
  private readonly options: ScenarioOptions;
  private readonly deps: ScenarioDependencies;
  private readonly clients: Readonly<Record<PartyName, SuyuanClient>>;

  constructor(options: ScenarioOptions, dependencies: ScenarioDependencies) {
    this.options = options;
    this.deps = dependencies;
    const clients = PARTY_NAMES.map((name): [PartyName, SuyuanClient] => [name, clientOf(options.parties[name])]);
    this.clients = Object.fromEntries(clients) as Record<PartyName, SuyuanClient>; // One entry for each name.
  }

  /** Runs before the other nodes start: a node serves a department that the ledger knows. */
  async admit(): Promise<void> {
    const { parties } = this.options;
    await this.deps.teller.step("接入部门", "departments admitted", async (progress) => {
      const others = PARTY_NAMES.filter((name) => name !== "authority");
      for (const name of others) await this.admitOne(parties[name]);
      progress.result(others.map((name) => parties[name].department.nameZh).join("、"));
    });
  }

  private async admitOne({ department, endpoint, keystore }: Party): Promise<void> {
    const client = this.clients.authority;
    try {
      await client.call(getDepartment, { params: { id: department.uscc } });
      return;
    } catch (error) {
      if (codeOf(error) !== "department.unknown") throw error;
    }
    const { account, exchange } = keystore;
    const body = {
      id: department.uscc,
      name: department.nameZh,
      role: "department",
      level: "city",
      region: Number(department.region),
      parent: this.options.parties.authority.department.uscc,
      endpoint,
      account: account.address,
      exchangeKey: exchange.publicKey,
    } as const;
    await client.call(admitDepartment, { body });
  }

  async play(): Promise<void> {
    const { teller, state } = this.deps;
    const resources = await this.publishAll();
    const inputs = await teller.step("生成合成数据", "synthetic data written", () => writeInputs(this.options.folder));
    await this.ingestAll(resources, inputs);
    const [first, second] = this.chooseCertificates(inputs.certificates);
    const agreement = await this.agree(resources.businessLicence);
    const k = await this.deliver(agreement, [first, second]);
    await this.settle(agreement, k);
    await this.keepEvidence(agreement, k);
    await this.decide(agreement, k);
    await this.suspend(agreement, k, {
      scope: resources.businessLicence.scope,
      resource: resources.businessLicence.id,
      key: second,
    });
    await this.revoke(agreement, first);
    state.update({ done: true });
  }

  private async publishAll(): Promise<Resources> {
    return this.deps.teller.step(
      "编目、审核、发布资源",
      "resources proposed, reviewed, published",
      async (progress) => {
        const today = new Date(this.deps.now()).toISOString().slice(0, 10);
        const published: [string, PublishedResource][] = [];
        for (const [name, resource] of Object.entries(RESOURCES)) {
          const provider = this.options.parties[resource.provider];
          const clientOf = this.clients[resource.provider];
          published.push([
            name,
            await publish(resource, { provider, clientOf, authorityClient: this.clients.authority, today }),
          ]);
        }
        progress.result(
          Object.values(RESOURCES)
            .map(({ name }) => name)
            .join("、"),
        );
        return Object.fromEntries(published) as unknown as Resources; // One entry for each of RESOURCES.
      },
    );
  }

  private async ingestAll(resources: Resources, inputs: Inputs): Promise<void> {
    const { teller } = this.deps;
    const { marketRegulation, ecology } = this.clients;
    const certificates = await teller.step("接收电子证照", "e-certificates ingested", async (progress) => {
      const done = await ingest(
        { path: inputs.certificates, resource: resources.businessLicence, expected: CERTIFICATES },
        { client: marketRegulation, progress },
      );
      progress.result(counted(done));
      return done;
    });
    const [penalties, licences] = await teller.step("接收信用记录", "credit records ingested", async (progress) => {
      const total = PENALTIES + LICENCES;
      const a = await ingest(
        { path: inputs.penalties, resource: resources.penalty, expected: PENALTIES, total },
        { client: marketRegulation, progress },
      );
      const b = await ingest(
        { path: inputs.licences, resource: resources.licence, expected: LICENCES, done: PENALTIES, total },
        { client: ecology, progress },
      );
      progress.result(counted({ accepted: a.accepted + b.accepted, duplicates: a.duplicates + b.duplicates }));
      return [a, b];
    });
    await teller.step("锚定上链", "batches anchored", async (progress) => {
      await untilFinal(resources.businessLicence.scope, certificates.lastSeq, marketRegulation);
      await untilFinal(resources.penalty.scope, penalties.lastSeq, marketRegulation);
      await untilFinal(resources.licence.scope, licences.lastSeq, ecology);
      progress.result(`${CERTIFICATES + PENALTIES + LICENCES} 条 records`);
    });
  }

  /** Two certificates that are in force today: one that stays, one that will be suspended. */
  private chooseCertificates(path: string): [string, string] {
    const today = new Date(this.deps.now()).toISOString().slice(0, 10);
    const usable: string[] = [];
    for (const line of readFileSync(path, "utf8").split("\n")) {
      if (line === "") continue;
      const { certificateNumber, validity, status } = JSON.parse(line) as ECertificate; // Written by writeInputs.
      if (status === "01" && validity.start <= today && (validity.end === null || validity.end > today))
        usable.push(certificateNumber);
      if (usable.length === 2) break;
    }
    const [first, second] = usable;
    if (first === undefined || second === undefined)
      throw new OutcomeError("有效证照 valid certificates", "2", String(usable.length));
    return [first, second];
  }

  private async agree(resource: PublishedResource): Promise<Hex> {
    const { teller, state, now } = this.deps;
    const { tradingCentre, marketRegulation } = this.clients;
    const agreement = await teller.step(
      "申请三个可选字段,用于投标资格审查",
      "application for three optional fields",
      async (progress) => {
        if (state.value.agreement !== undefined) return state.value.agreement;
        const validFrom = Math.floor(now() / 1000);
        const body = {
          resource: resource.id,
          purpose: PURPOSE,
          fields: FIELDS,
          matter: "投标资格审查",
          basis: "《中华人民共和国招标投标法》第二十六条",
          scenario: "核验投标人营业执照",
          validFrom,
          validUntil: validFrom + AGREEMENT_DAYS * DAY_SECONDS,
          maximumUses: MAXIMUM_USES,
        };
        const applied = await tradingCentre.call(applyForAgreement, { body });
        state.update({ agreement: applied.agreement });
        progress.result(applied.agreement.slice(0, 18));
        return applied.agreement;
      },
    );
    await teller.step("提供方同意", "provider agrees", async (progress) => {
      const params = { id: agreement };
      const seen = await marketRegulation.call(getAgreement, { params });
      if (seen.state === "applied")
        await marketRegulation.call(answerAgreement, { params, body: { decision: "agree" } });
      await until(
        async () => (await tradingCentre.call(getAgreement, { params })).state !== "applied",
        "agreement answered",
      );
      progress.result((await tradingCentre.call(getAgreement, { params })).state);
    });
    return agreement;
  }

  private async deliver(agreement: Hex, keys: readonly string[]): Promise<number> {
    const { teller, state } = this.deps;
    const { tradingCentre } = this.clients;
    const params = { id: agreement };
    await teller.step("预留交付编号", "delivery numbers reserved", async (progress) => {
      const { reserved } = await tradingCentre.call(getAgreement, { params });
      if (reserved === 0) await tradingCentre.call(reserveDeliveries, { params, body: { count: RESERVE } });
      progress.result(`0…${Math.max(reserved, RESERVE) - 1}`);
    });
    return teller.step(
      "交付,使用方自行验证并会签",
      "delivered, verified by the consumer itself, countersigned",
      async (progress) => {
        if (state.value.delivery !== undefined) return state.value.delivery;
        const body = { keys: [...keys], fields: FIELDS, purpose: PURPOSE, idempotencyKey: "demo-delivery" };
        const answer = await tradingCentre.call(askForDelivery, { params, body });
        expectEqual("交付 delivery", "received", answer.state);
        for (const { verdict } of answer.records) expectEqual("使用方验证 consumer's verdict", "verified", verdict);
        state.update({ delivery: answer.k });
        progress.result(`k = ${answer.k}, ${answer.records.length} 份存证 evidences`);
        return answer.k;
      },
    );
  }

  private async settle(agreement: Hex, k: number): Promise<void> {
    await this.deps.teller.step("双方锚定交付与回执", "both streams anchored", async (progress) => {
      const outcomes: string[] = [];
      for (const name of ["marketRegulation", "tradingCentre"] as const) {
        const client = this.clients[name];
        await until(async () => {
          const { deliveries } = await client.call(listDeliveries, {
            params: { id: agreement },
            query: { from: k, limit: 1 },
          });
          const settled = deliveries.find((delivery) => delivery.k === k)?.settled;
          if (settled !== undefined) outcomes.push(settled.outcome);
          return settled !== undefined;
        }, `${name} settles delivery ${k}`);
      }
      expectEqual("结清 settlement", "delivered, received", outcomes.join(", "));
      await this.deps.verifier.untilSettled(agreement, k);
      progress.result(outcomes.join(", "));
    });
  }

  private async evidence(agreement: Hex, k: number, index: number): Promise<JsonObject> {
    return this.clients.tradingCentre.call(getReceivedEvidence, { params: { id: agreement, k, index } });
  }

  private async keepEvidence(agreement: Hex, k: number): Promise<void> {
    const { teller, verifier, state } = this.deps;
    await teller.step("保存存证并以“使用”策略验证", "evidence kept, verified under policy use", async (progress) => {
      const evidence = await this.evidence(agreement, k, 0);
      const path = join(this.options.folder, EVIDENCE_FILE);
      writeFileSync(path, `${JSON.stringify(evidence, undefined, 2)}\n`);
      const tampered = `${JSON.stringify(tamperedWith(evidence), undefined, 2)}\n`;
      writeFileSync(join(this.options.folder, TAMPERED_FILE), tampered);
      const as = this.options.parties.tradingCentre.department.uscc;
      expectEqual("验证 verdict", "verified", (await verifier.verify(evidence, { as, purpose: PURPOSE })).verdict);
      const elsewhere = await verifier.verify(evidence, {
        as: this.options.parties.ecology.department.uscc,
        purpose: PURPOSE,
      });
      expectEqual("冒用身份 another audience", "rejected", elsewhere.verdict);
      state.update({ evidence: path });
      progress.result("verified; 他人使用 another audience: rejected");
    });
  }

  private async decide(agreement: Hex, k: number): Promise<void> {
    const { teller, state } = this.deps;
    await teller.step("据此作出投标资格审查决定", "bid qualification decided with it", async (progress) => {
      const evidences = await Promise.all([0, 1].map((index) => this.evidence(agreement, k, index)));
      const made = await decide({ evidences, agreement, k }, this.clients.tradingCentre);
      state.update({ decision: made.record });
      progress.result(made.record);
    });
  }

  private async suspend(
    agreement: Hex,
    k: number,
    { scope, resource, key }: { scope: Hex; resource: Hex; key: string },
  ): Promise<void> {
    const { teller, verifier, state, now } = this.deps;
    const policy = { as: this.options.parties.tradingCentre.department.uscc, purpose: PURPOSE };
    await teller.step(
      "暂扣一张证照:现在被拒,暂扣前的时点仍通过",
      "one certificate suspended: rejected now, verified as of before",
      async (progress) => {
        const evidence = await this.evidence(agreement, k, 1);
        if (state.value.suspended === undefined) {
          expectEqual("暂扣前 before suspension", "verified", (await verifier.verify(evidence, policy)).verdict);
          const { seq } = await this.clients.marketRegulation.call(findRecord, {
            params: { id: resource },
            body: { key },
          });
          // The suspension takes effect in a later second than the moment asked about.
          const before = Math.floor(now() / 1000);
          await until(() => Promise.resolve(Math.floor(now() / 1000) > before), "the next second");
          await this.clients.marketRegulation.call(changeStatus, {
            params: { scope, seq },
            body: { state: "suspended", reason: REASON_SUSPENDED },
          });
          state.update({ suspended: { scope, seq, before } });
        }
        const at = state.value.suspended?.before ?? 0;
        const report = await verifier.verify(evidence, policy);
        expectEqual("暂扣后 after suspension", "rejected: status", `${report.verdict}: ${report.failed.join(" ")}`);
        expectEqual(
          "暂扣前时点 as of before",
          "verified",
          (await verifier.verify(evidence, { ...policy, at })).verdict,
        );
        progress.result("rejected (status); --at: verified");
      },
    );
  }

  private async revoke(agreement: Hex, key: string): Promise<void> {
    const { teller, state } = this.deps;
    const params = { id: agreement };
    await teller.step("撤回授权:下一次调用被拒绝", "agreement revoked: the next call is refused", async (progress) => {
      const { marketRegulation, tradingCentre } = this.clients;
      const { state: current } = await marketRegulation.call(getAgreement, { params });
      if (current !== "revoked")
        await marketRegulation.call(revokeAgreement, { params, body: { reason: REASON_REVOKED } });
      state.update({ revoked: true });
      const refusal = await tradingCentre
        .call(askForDelivery, { params, body: { keys: [key], fields: FIELDS, purpose: PURPOSE } })
        .then(
          () => "served",
          (error: unknown) => codeOf(error) ?? "unknown",
        );
      expectEqual("撤回后 after revocation", "delivery.not-in-force", refusal);
      progress.result(refusal);
    });
  }
}

/** Speaks to a department's node as that department. */
export const clientOf = (party: Party): SuyuanClient =>
  new SuyuanClient({
    baseUrl: party.endpoint,
    signer: { keyId: exchangeKeyId(party), sign: (bytes) => party.keystore.exchange.sign(bytes) },
  });

const codeOf = (error: unknown): string | undefined => (error instanceof ProblemError ? error.problem.code : undefined);

const counted = ({ accepted, duplicates }: { accepted: number; duplicates: number }): string =>
  `${accepted} 条新增 new${duplicates > 0 ? `, ${duplicates} 条已有 known` : ""}`;

function expectEqual(what: string, expected: string, seen: string): void {
  if (expected !== seen) throw new OutcomeError(what, expected, seen);
}

function tamperedWith(evidence: JsonObject): JsonObject {
  const copy = structuredClone(evidence) as unknown as { claims: { disclosed: { value: unknown }[] } }; // Evidence has this form.
  const claim = copy.claims.disclosed.find(({ value }) => typeof value === "string");
  if (claim) claim.value = "偷换的内容 tampered";
  return copy as unknown as JsonObject; // A copy of one.
}
