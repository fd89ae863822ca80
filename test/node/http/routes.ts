import { z } from "zod";
import { defineRoute } from "../../../sdk/client/route.ts";
import { bind, type Binding } from "../../../node/http/bind.ts";

const tag = "test";
const summary = { zh: "测试", en: "Test" };
const echo = z.strictObject({ department: z.string(), note: z.string().optional(), text: z.string().optional() });

export const getOwn = defineRoute({
  id: "getOwn",
  method: "get",
  path: "/v1/own/:id",
  tag,
  summary,
  access: "own",
  params: z.strictObject({ id: z.string().regex(/^[a-z]+$/) }),
  query: z.strictObject({ note: z.string().max(10).optional() }),
  response: { kind: "json", schema: echo },
});
export const getAny = defineRoute({
  id: "getAny",
  method: "get",
  path: "/v1/any",
  tag,
  summary,
  access: "department",
  response: { kind: "json", schema: echo },
});
export const getWatched = defineRoute({
  id: "getWatched",
  method: "get",
  path: "/v1/watched",
  tag,
  summary,
  access: "oversight",
  response: { kind: "json", schema: echo },
});
export const getOpen = defineRoute({
  id: "getOpen",
  method: "get",
  path: "/v1/open",
  tag,
  summary,
  access: "public",
  response: { kind: "json", schema: echo },
});
export const postJson = defineRoute({
  id: "postJson",
  method: "post",
  path: "/v1/json",
  tag,
  summary,
  access: "department",
  body: { kind: "json", schema: z.strictObject({ text: z.string().max(10), number: z.number().optional() }) },
  response: { kind: "json", schema: echo },
});
export const postRecords = defineRoute({
  id: "postRecords",
  method: "post",
  path: "/v1/lines",
  tag,
  summary,
  access: "department",
  body: { kind: "records" },
  response: { kind: "ndjson", schema: z.strictObject({ bytes: z.int() }) },
});
export const getEvents = defineRoute({
  id: "getEvents",
  method: "get",
  path: "/v1/ticks",
  tag,
  summary,
  access: "department",
  response: { kind: "events", schema: z.strictObject({ tick: z.int() }) },
});
export const getBroken = defineRoute({
  id: "getBroken",
  method: "get",
  path: "/v1/broken",
  tag,
  summary,
  access: "public",
  response: { kind: "json", schema: echo },
});
export const getMisfit = defineRoute({
  id: "getMisfit",
  method: "get",
  path: "/v1/misfit",
  tag,
  summary,
  access: "public",
  response: { kind: "json", schema: echo },
});

export interface TestBindings {
  readonly bindings: readonly Binding[];
  /** Bodies that reached a handler. */
  readonly seen: unknown[];
  /** What postRecords waits for. */
  gate: Promise<void>;
}

export const SECRET = "张三的身份证号 in an unexpected failure";

export function testBindings(): TestBindings {
  const state: { seen: unknown[]; gate: Promise<void> } = { seen: [], gate: Promise.resolve() };
  const bindings = [
    bind(getOwn, ({ caller, query }) =>
      Promise.resolve({ department: caller.department, ...(query.note !== undefined && { note: query.note }) }),
    ),
    bind(getAny, ({ caller }) => Promise.resolve({ department: caller.department })),
    bind(getWatched, ({ caller }) => Promise.resolve({ department: caller.department })),
    bind(getOpen, () => Promise.resolve({ department: "" })),
    bind(postJson, ({ caller, body }) => {
      state.seen.push(body);
      return Promise.resolve({ department: caller.department, text: body.text });
    }),
    bind(postRecords, async ({ body }) => {
      state.seen.push(body.mediaType);
      await state.gate;
      return lines(body.bytes.length);
    }),
    bind(getEvents, () => Promise.resolve(ticks())),
    bind(getBroken, () => Promise.reject(new Error(SECRET))),
    bind(getMisfit, () => Promise.resolve({ department: 7 } as unknown as { department: string })),
  ];
  return Object.assign(state, { bindings });
}

async function* lines(bytes: number) {
  yield [{ bytes }];
  yield await Promise.resolve([{ bytes: 0 }]);
}

async function* ticks() {
  yield { id: "1", event: "tick", data: { tick: 1 } };
  yield await Promise.resolve({ id: "2", data: { tick: 2 } });
}
