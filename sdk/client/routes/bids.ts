import { z } from "zod";
import { NOTICE_KINDS } from "../../chain/notices.ts";
import { defineRoute } from "../route.ts";
import { fen, ordinal, projectParams, projectsTag as tag } from "./projects.ts";
import { hash, recordName, time, transaction, uscc } from "./wire.ts";

const lotParams = projectParams.extend({
  lot: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1),
});

const sealedBid = z.strictObject({
  number: ordinal,
  commitment: hash,
  sealedAt: time,
  /** The department that handed it in. */
  relay: uscc,
  /** Absent while it is closed. */
  opened: z.strictObject({ at: time, bidder: z.string(), amount: fen, document: hash }).optional(),
});

export const listBids = defineRoute({
  id: "listBids",
  method: "get",
  path: "/v1/projects/:code/lots/:lot/bids",
  tag,
  summary: {
    zh: "一个标段的密封投标:截止与开启期限、已封存与已开启的份数;开启前看不到投标人与报价",
    en: "The sealed bids of a lot: deadline, time to open, how many are sealed and opened; bidder and amount only once opened",
  },
  access: "public",
  params: lotParams,
  response: {
    kind: "json",
    schema: z.strictObject({
      round: z
        .strictObject({ deadline: time, openUntil: time, sealed: z.int().min(0), opened: z.int().min(0) })
        .optional(),
      bids: z.array(sealedBid),
    }),
  },
});

export const sealBid = defineRoute({
  id: "sealBid",
  method: "post",
  path: "/v1/projects/:code/lots/:lot/bids",
  tag,
  summary: {
    zh: "代投标人递交密封投标(只有承诺值);截止后由合约拒绝",
    en: "Hand in a sealed bid for a bidder, a commitment only; refused by the contract from the deadline on",
  },
  access: "own",
  params: lotParams,
  body: { kind: "json", schema: z.strictObject({ commitment: hash }) },
  response: { kind: "json", schema: transaction },
  problems: ["project.gate-closed", "chain.revert"],
});

export const openBid = defineRoute({
  id: "openBid",
  method: "post",
  path: "/v1/projects/:code/lots/:lot/bids/open",
  tag,
  summary: {
    zh: "开启一份密封投标:内容须与封存的一致,且在开启期限内",
    en: "Open a sealed bid: what it says must be what was sealed, and in time",
  },
  access: "own",
  params: lotParams,
  body: {
    kind: "json",
    schema: z.strictObject({ number: ordinal, bidder: uscc, amount: fen, document: hash, salt: hash }),
  },
  response: { kind: "json", schema: transaction },
  problems: ["project.gate-closed", "chain.revert"],
});

const noticeView = z.strictObject({
  number: ordinal,
  kind: z.enum(NOTICE_KINDS).exclude(["none"]),
  at: time,
  /** The department that gave it; an objection's relay, not who objects. */
  by: uscc,
  /** Of an answer, its objection; of an objection, its answer once there is one. */
  about: ordinal.optional(),
  /** The record that says it: its evidence is with the department that gave it. */
  document: recordName,
});

export const listTenderNotices = defineRoute({
  id: "listTenderNotices",
  method: "get",
  path: "/v1/projects/:code/lots/:lot/notices",
  tag,
  summary: {
    zh: "一个标段向所有投标人同时公布的澄清、异议与答复、顺延、保证金退还;以及现行截止时间",
    en: "What was told to all bidders of a lot at once: clarifications, objections and answers, postponements, bonds returned; and the deadline as it stands",
  },
  access: "public",
  params: lotParams,
  response: {
    kind: "json",
    schema: z.strictObject({
      /** Absent for a lot that the ledger does not have. */
      deadline: time.optional(),
      /** While it is not 0 the tender rests. */
      openObjections: z.int().min(0),
      notices: z.array(noticeView),
    }),
  },
});
