import { expect } from "chai";
import { verify } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import {
  addWebhook,
  endWebhook,
  listWebhooks,
  webhookBody,
  type EventWebhook,
  type WebhookBody,
} from "../../../sdk/client/routes/events.ts";
import { contentDigestOf } from "../../../sdk/client/signature.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import type { TestDepartment } from "../../support/ledger.ts";
import { startLineage, suspend, type LineagePair } from "../lineage/fixture.ts";
import { run, runJson } from "../../sdk/cli/support.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { codeOf } from "../support/nodes.ts";

interface Told {
  readonly body: WebhookBody;
  readonly signed: boolean;
}

/** Takes POSTs; keeps what it answered with success. */
class Receiver {
  readonly told: Told[] = [];
  refusals = 0;
  refuse = false;
  private readonly server: Server;
  private readonly by: () => TestDepartment;
  private wake: () => void = () => undefined;

  constructor(by: () => TestDepartment) {
    this.by = by;
    this.server = createServer((request, response) => {
      void (async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array); // A request gives bytes.
        const bytes = Buffer.concat(chunks);
        if (this.refuse) this.refusals++;
        else {
          const body = webhookBody.parse(JSON.parse(bytes.toString()));
          this.told.push({
            body,
            signed: isSigned(request.url ?? "", { headers: request.headers, bytes, by: this.by() }),
          });
        }
        response.writeHead(this.refuse ? 500 : 204).end();
        this.wake();
      })();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`; // It listens on a port.
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

interface Signed {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly by: TestDepartment;
}

/** As a receiver would check it, from RFC 9421 alone. */
function isSigned(path: string, { headers, bytes, by }: Signed): boolean {
  const input = String(headers["signature-input"]).replace(/^suyuan=/, "");
  const values: Readonly<Record<string, string>> = {
    "@method": "POST",
    "@authority": String(headers.host),
    "@path": path,
    "@query": "?",
    "content-digest": String(headers["content-digest"]),
  };
  const covered = [.../^\(([^)]*)\)/.exec(input)![1]!.matchAll(/"([^"]+)"/g)].map(([, name]) => name!);
  const base = [...covered.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${input}`].join("\n");
  const signature = Buffer.from(/:(.+):/.exec(String(headers["signature"]))![1]!, "base64");
  const isWhole = contentDigestOf(bytes) === headers["content-digest"] && covered.includes("content-digest");
  return isWhole && verify(null, utf8(base), by.exchange, signature);
}

describe("webhooks for events", function () {
  this.timeout(180_000);
  let pair: LineagePair;
  let receiver: Receiver;
  let url: string;

  before(async () => {
    receiver = new Receiver(() => pair.ledger.consumer);
    const host = await receiver.listen();
    url = `http://${host}/suyuan`;
    pair = await startLineage({ consumer: { config: { webhookHosts: [host] } } });
  });
  after(async () => {
    await pair.stop();
    receiver.close();
  });

  const client = () => pair.consumer.client();
  const told = () => receiver.told.flatMap(({ body }) => body.events);

  it("goes to configured hosts only, and none is configured by itself; nobody else may register one", async () => {
    expect(await codeOf(pair.provider.client().call(addWebhook, { body: { url } }))).to.equal("webhook.host");
    const elsewhere = { url: url.replace("127.0.0.1", "localhost") };
    expect(await codeOf(client().call(addWebhook, { body: elsewhere }))).to.equal("webhook.host");
    const asProvider = pair.consumer.client(pair.ledger.provider);
    expect(await codeOf(asProvider.call(addWebhook, { body: { url } }))).to.equal("caller.not-own");
    expect(await codeOf(client().call(addWebhook, { body: { url, cursor: 1_000_000 } }))).to.equal("events.cursor");
    expect(await client().call(listWebhooks, {})).to.deep.equal({ webhooks: [] });
  });

  it("tells of changes to received records, by the chain's word, signed; of others' records nothing", async () => {
    await client().call(addWebhook, { body: { url, changes: ["upstream"] } });
    const { scope } = pair.licence;
    await suspend(pair, { scope, seq: 1 }); // This one was not received.
    await suspend(pair, pair.licence);
    await receiver.until(() => told().length > 0);
    const [event] = told();
    expect(event).to.include({ scope, first: 0, count: 1, change: "upstream" });
    expect(event?.detail).to.include({ state: 1, reason: 1 });
    expect(receiver.told.map(({ signed }) => signed)).to.deep.equal(receiver.told.map(() => true));
    expect(told()).to.have.length(1);
  });

  it("goes on where it stopped: what was refused comes again, over a restart, and nothing is left out", async () => {
    const [{ webhook: id } = { webhook: "" }] = receiver.told.map(({ body }) => body);
    await client().call(endWebhook, { params: { webhook: id } });
    expect(await codeOf(client().call(endWebhook, { params: { webhook: id } }))).to.equal("webhook.unknown");
    const first = receiver.told.length;
    receiver.refuse = true;
    const added = await client().call(addWebhook, { body: { url, cursor: 0 } });
    await receiver.until(() => receiver.refusals > 0);
    await pair.consumer.restart();
    receiver.refuse = false;
    const newest = await pair.consumer.node.core.feed.last();
    const since = () => receiver.told.slice(first).map(({ body }) => body);
    await receiver.until(() => (since().at(-1)?.until ?? 0) >= newest);
    const cursors = since().flatMap(({ events }) => events.map(({ cursor }) => cursor));
    expect(cursors.slice(0, newest)).to.deep.equal(Array.from({ length: newest }, (_, i) => i + 1));
    since().forEach(({ webhook, after }, i) => {
      expect(webhook).to.equal(added.id);
      expect(after).to.equal(since()[i - 1]?.until ?? 0);
    });
  });

  it("are registered, listed and ended by the command", async () => {
    const folder = await temporaryFolder();
    await writeKeystore(join(folder, "consumer.json"), pair.ledger.consumer);
    const env = {
      SUYUAN_NODE: pair.consumer.url,
      SUYUAN_KEYSTORE: "consumer.json",
      SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
      SUYUAN_KEY_ID: `${pair.ledger.consumer.uscc}/1`,
    };
    const options = { cwd: folder, clock: () => pair.ledger.now * 1000, env };
    const { result } = await runJson(["webhook", "add", url, "--change", "upstream", "--change", "status"], options);
    const { id } = result as { readonly id: string };
    const listed = async () =>
      (await runJson(["webhook", "list"], options)).result as unknown as readonly EventWebhook[]; // Every list is told as one.
    expect((await listed()).find((one) => one.id === id)).to.deep.include({ url, changes: ["upstream", "status"] });
    const table = await run(["webhook", "list", "--lang", "en"], options);
    expect(table.out).to.include(id).and.to.include("upstream,status");
    expect((await runJson(["webhook", "end", id], options)).code).to.equal(0);
    expect((await listed()).map((one) => one.id)).not.to.include(id);
    const refused = await runJson(["webhook", "add", "https://169.254.169.254/latest"], options);
    expect(refused.error?.code).to.equal("webhook.host");
    expect((await runJson(["webhook", "add", url, "--change", "everything"], options)).code).to.equal(64);
    await removeFolder(folder);
  });
});
