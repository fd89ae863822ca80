import { expect } from "chai";
import { distrustKeyCall } from "../../../sdk/chain/department-calls.ts";
import type { CallOf } from "../../../sdk/client/route.ts";
import * as routes from "../../../sdk/client/routes/departments.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { makeDepartment, REGION, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";

describe("departments over HTTP", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let authority: TestNode;
  let own: TestDepartment;
  let numbers = 40;

  before(async () => {
    ledger = await startLedger();
    // The account that administers the contracts is that of an authority's node.
    own = { ...makeDepartment(30, "数据局"), wallet: ledger.deployer };
    await ledger.admit(own, "authority");
    authority = await startTestNode({ ledger, department: own });
  });
  after(async () => {
    await authority.stop();
    await ledger.stop();
  });

  type Admission = CallOf<typeof routes.admitDepartment>["body"];
  const admission = (department: TestDepartment, changes: Partial<Admission> = {}): Admission => ({
    id: department.uscc,
    name: department.name,
    role: "oversight",
    level: "county",
    region: REGION,
    parent: own.uscc,
    endpoint: "http://127.0.0.1:4999",
    account: department.wallet.address, // An address is hexadecimal.
    exchangeKey: department.exchangePublic,
    ...changes,
  });
  const admit = (body: Admission) => authority.client().call(routes.admitDepartment, { body });
  const get = (id: string) => authority.client().call(routes.getDepartment, { params: { id } });
  const setStatus = (id: string, status: "active" | "suspended" | "dissolved", idempotencyKey?: string) =>
    authority
      .client()
      .call(
        routes.setDepartmentStatus,
        { params: { id }, body: { status, reason: 7 } },
        idempotencyKey === undefined ? {} : { idempotencyKey },
      );
  const revertOf = (action: Promise<unknown>): Promise<unknown> =>
    action.then(
      () => "ok",
      (error: { values?: { error?: unknown } }) => error.values?.error,
    );
  const someDepartment = () => makeDepartment(++numbers, `部门${numbers}`);

  it("are listed with what the registry says", async () => {
    const { departments } = await authority.client().call(routes.listDepartments, {});
    expect(departments.map(({ id }) => id)).to.include.members([own.uscc, ledger.provider.uscc, ledger.consumer.uscc]);
    expect(departments.find(({ id }) => id === ledger.provider.uscc)).to.deep.include({
      name: ledger.provider.name,
      role: "department",
      level: "city",
      region: REGION,
      status: "active",
    });
  });

  it("are shown with their keys; an unknown one is a problem", async () => {
    const { keys } = await get(ledger.provider.uscc);
    expect(keys.map(({ index, algorithm }) => [index, algorithm])).to.deep.equal([
      [0, "secp256k1"],
      [1, "ed25519"],
    ]);
    expect(keys[1]?.material).to.equal(ledger.provider.exchangePublic);
    expect(keys[1]).not.to.have.property("distrustedSince");
    await ledger.send(ledger.stranger, distrustKeyCall({ index: 1, since: ledger.now - 100 }));
    expect((await get(ledger.stranger.uscc)).keys[1]?.distrustedSince).to.equal(ledger.now - 100);
    expect(await codeOf(get(makeDepartment(99, "无").uscc))).to.equal("department.unknown");
  });

  it("are admitted by the authority's node, once", async () => {
    const department = someDepartment();
    const done = await admit(admission(department));
    expect(done.transaction).to.match(/^0x[0-9a-f]{64}$/);
    const seen = await get(department.uscc);
    expect(seen).to.include({ name: department.name, role: "oversight", level: "county", status: "active" });
    expect(seen.keys.map(({ material }) => material)).to.deep.equal([
      `0x${"0".repeat(24)}${department.wallet.address.slice(2).toLowerCase()}`,
      department.exchangePublic,
    ]);
    const view = await ledger.connection.view("latest");
    expect((await view.department(department.uscc))?.parent).to.equal(own.uscc);
    expect(await admit(admission(department))).to.deep.equal(done);
    expect(await revertOf(admit(admission(department, { name: "别的名称" })))).to.equal("DepartmentExists");
  });

  it("are not admitted by others, nor with an invalid code or a used account", async () => {
    const node = await startTestNode({ ledger, department: ledger.consumer });
    try {
      const body = admission(someDepartment());
      expect(await codeOf(authority.client(ledger.consumer).call(routes.admitDepartment, { body }))).to.equal(
        "caller.not-own",
      );
      const refused = node.client().call(routes.admitDepartment, { body });
      expect(await revertOf(refused)).to.equal("AccessManagedUnauthorized");
      const wrong = `${body.id.slice(0, 17)}${body.id.endsWith("0") ? "1" : "0"}`;
      expect(await revertOf(admit({ ...body, id: wrong }))).to.equal("UsccInvalid");
      const used = ledger.provider.wallet.address as Hex; // An address is hexadecimal.
      expect(await revertOf(admit({ ...body, account: used }))).to.equal("AccountInUse");
    } finally {
      await node.stop();
    }
  });

  it("are suspended and resumed; what they sign while suspended is refused", async () => {
    const department = someDepartment();
    await ledger.admit(department);
    const asked = () =>
      authority.client(department).call(routes.setDepartmentStatus, {
        params: { id: department.uscc },
        body: { status: "active", reason: 7 },
      });
    expect(await codeOf(asked())).to.equal("caller.not-own");
    const first = await setStatus(department.uscc, "suspended", "s1");
    expect(await setStatus(department.uscc, "suspended", "s1")).to.deep.equal(first);
    expect((await get(department.uscc)).status).to.equal("suspended");
    expect(await codeOf(asked())).to.equal("caller.not-active");
    expect(await revertOf(setStatus(department.uscc, "suspended"))).to.equal("StatusTransitionInvalid");
    await setStatus(department.uscc, "active");
    await setStatus(department.uscc, "suspended");
    await setStatus(department.uscc, "dissolved");
    expect((await get(department.uscc)).status).to.equal("dissolved");
    expect(await revertOf(setStatus(department.uscc, "active"))).to.equal("StatusTransitionInvalid");
  });
});
