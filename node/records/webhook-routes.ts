import { addWebhook, endWebhook, listWebhooks } from "../../sdk/client/routes/events.ts";
import { bind, type Binding } from "../http/bind.ts";
import type { Webhooks } from "./webhooks.ts";

export const webhookRoutes = (webhooks: Webhooks): Binding[] => [
  bind(addWebhook, ({ body: { url, changes = [], cursor } }) => webhooks.add({ url, changes, cursor })),
  bind(listWebhooks, async () => ({ webhooks: [...(await webhooks.list())] })),
  bind(endWebhook, ({ params: { webhook } }) => webhooks.end(webhook)),
];
