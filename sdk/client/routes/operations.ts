import { z } from "zod";
import { defineRoute } from "../route.ts";
import { hash, recordName, recordParams, scopeParams, sequence, time } from "./wire.ts";

const tag = "operations 运维";

export const listAlarms = defineRoute({
  id: "listAlarms",
  method: "get",
  path: "/v1/operations/alarms",
  tag,
  summary: { zh: "已停止锚定的范围及原因", en: "Scopes whose anchoring stopped, and why" },
  access: "own",
  response: {
    kind: "json",
    schema: z.strictObject({
      alarms: z.array(
        z.strictObject({
          scope: hash,
          code: z.string(),
          values: z.record(z.string(), z.union([z.string(), z.number()])),
          at: time,
        }),
      ),
    }),
  },
});

export const resumeScope = defineRoute({
  id: "resumeScope",
  method: "post",
  path: "/v1/operations/scopes/:scope/resume",
  tag,
  summary: {
    zh: "重新与链比对后,恢复一个范围的锚定",
    en: "Anchor a scope again, after a fresh comparison with the chain",
  },
  access: "own",
  params: scopeParams,
  response: { kind: "json", schema: z.strictObject({ scope: hash }) },
});

export const reanchorScope = defineRoute({
  id: "reanchorScope",
  method: "post",
  path: "/v1/operations/scopes/:scope/reanchor",
  tag,
  summary: {
    zh: "链丢失已终局的区块后,重新锚定一个范围",
    en: "Anchor anew what the chain lost although it was final",
  },
  access: "own",
  params: scopeParams,
  response: { kind: "json", schema: z.strictObject({ scope: hash, batches: z.int().min(0) }) },
});

export const voidNumber = defineRoute({
  id: "voidNumber",
  method: "post",
  path: "/v1/operations/records/:scope/:seq/void",
  tag,
  summary: {
    zh: "以作废记录填补一个已损坏且未签名的编号",
    en: "Fill a damaged number, which nothing signed covers, with a void record",
  },
  access: "own",
  params: recordParams,
  body: { kind: "json", schema: z.strictObject({ reason: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/) }) },
  response: { kind: "json", schema: recordName },
  problems: ["record.not-voidable", "record.unknown"],
});

/** What a backup says of itself. */
export const backupManifest = z.strictObject({
  format: z.literal("suyuan/backup/1"),
  store: z.string(),
  department: z.string(),
  ledger: hash,
  at: time,
  /** The newest key epoch: an older one may be erased before the backup is needed. */
  epoch: z.int().min(0),
  entries: sequence,
  /** SHA-256 over every key and value, each with its length before it, in the order of the keys. */
  digest: hash,
});
export type BackupManifest = z.infer<typeof backupManifest>;

export const backUp = defineRoute({
  id: "backUp",
  method: "post",
  path: "/v1/operations/backups",
  tag,
  summary: {
    zh: "在节点运行时,向 SUYUAN_BACKUPS 写入一份一致的备份",
    en: "Write a consistent backup to SUYUAN_BACKUPS while the node runs",
  },
  access: "own",
  response: {
    kind: "json",
    schema: z.strictObject({ name: z.string(), keys: z.boolean(), manifest: backupManifest }),
  },
  problems: ["backup.not-configured", "backup.running"],
});
