import { admitCall, setDepartmentStatusCall } from "../../sdk/chain/department-calls.ts";
import type { Department } from "../../sdk/chain/departments.ts";
import * as routes from "../../sdk/client/routes/departments.ts";
import { toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { ExchangeError } from "../exchange/errors.ts";
import { readHead, unavailable, type HeadDependencies } from "../exchange/head.ts";
import { act, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import { bind, type Binding } from "../http/bind.ts";

export type DepartmentRouteDependencies = HeadDependencies & LedgerActionDependencies;

/** The registry for everybody to read; admission and status for the authority, which the contract checks. */
export const departmentRoutes = (dependencies: DepartmentRouteDependencies): Binding[] => [
  bind(routes.listDepartments, async () => {
    const { view } = await readHead(dependencies);
    return { departments: (await unavailable(() => view.departments())).map(departmentView) };
  }),
  bind(routes.getDepartment, async ({ params: { id } }) => {
    const { view } = await readHead(dependencies);
    const found = await unavailable(() => view.department(id));
    if (found === undefined) throw new ExchangeError("department.unknown", { department: id });
    const keys = (await unavailable(() => view.keys(id))).map(({ distrustedSince, ...key }, index) => ({
      index,
      ...key,
      ...(distrustedSince !== undefined && { distrustedSince }),
    }));
    return { ...departmentView(found), keys };
  }),
  bind(routes.admitDepartment, ({ body: { account, parent, ...admission } }) => {
    const address = account.toLowerCase() as Hex; // The definition has checked its form.
    const call = admitCall({ ...admission, account: address, ...(parent !== undefined && { parent }) });
    // A department is admitted once: the same admission again is the same transaction, another one the contract refuses.
    const idempotencyKey = toHex(digest("sha256", utf8(call.data)));
    return act({ name: `department/${admission.id}/admit`, call, idempotencyKey }, dependencies);
  }),
  bind(routes.setDepartmentStatus, ({ params: { id }, body: { status, reason }, idempotencyKey }) =>
    act(
      {
        name: `department/${id}/status`,
        call: setDepartmentStatusCall({ department: id, status, reason }),
        idempotencyKey,
      },
      dependencies,
    ),
  ),
];

const departmentView = ({ id, name, role, level, region, status, endpoint, admittedAt }: Department) => ({
  id,
  name,
  role,
  level,
  region,
  status,
  endpoint,
  admittedAt,
});
