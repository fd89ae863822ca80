import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Question {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What happens to one question. Where several travel in one request, the first fault of the connection decides for all. */
export type Fault =
  /** The connection is cut; `after`: the endpoint has done what was asked. */
  | { readonly kind: "reset"; readonly after: boolean }
  /** An HTTP status with a page instead of an answer; nothing reaches the endpoint. */
  | { readonly kind: "status"; readonly status: number }
  /** Another question is put in its place. */
  | { readonly kind: "ask"; readonly params: readonly unknown[] }
  /** The endpoint is asked, and its answer changed. */
  | { readonly kind: "change"; readonly change: (answer: Answer) => Answer };

/** `isFirst`: no other question comes before it in its HTTP request. */
export type Plan = (question: Question, request: { readonly isFirst: boolean }) => Fault | undefined;

export interface FaultProxy {
  readonly url: string;
  plan: Plan;
  /** Answers of one request come in another order, and requests overtake one another. */
  disorder: boolean;
  /** Faults that were carried out. */
  readonly faults: number;
  stop(): Promise<void>;
}

const LATE_MS = 15;

/** A chain endpoint that misbehaves as planned, in front of one that does not. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const proxy = { url: "", plan: (() => undefined) as Plan, disorder: false, faults: 0, stop: async () => undefined };
  let requests = 0;

  const serve = async (body: string, response: ServerResponse): Promise<void> => {
    const parsed = JSON.parse(body) as Question | Question[]; // What our own client sends.
    const questions = Array.isArray(parsed) ? parsed : [parsed];
    const planned = questions.map((question, i) => ({ question, fault: proxy.plan(question, { isFirst: i === 0 }) }));
    proxy.faults += planned.filter(({ fault }) => fault !== undefined).length;
    const fatal = planned.find(({ fault }) => fault?.kind === "reset" || fault?.kind === "status")?.fault;
    if (fatal?.kind === "status") {
      response.writeHead(fatal.status, { "content-type": "text/html" }).end("<html><body>sorry</body></html>");
      return;
    }
    if (fatal?.kind === "reset" && !fatal.after) return void response.destroy();
    const answers = [];
    for (const { question, fault } of planned) answers.push(await answer(question, fault));
    if (fatal !== undefined) return void response.destroy();
    if (proxy.disorder) {
      answers.reverse();
      if (requests++ % 2 === 0) await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(Array.isArray(parsed) ? answers : answers[0]));
  };

  const answer = async ({ id, method, params }: Question, fault: Fault | undefined) => {
    const asked = { jsonrpc: "2.0", id, method, params: fault?.kind === "ask" ? fault.params : params };
    const response = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    const { result, error } = (await response.json()) as Answer;
    const given: Answer = error === undefined ? { result } : { error };
    return { jsonrpc: "2.0", id, ...(fault?.kind === "change" ? fault.change(given) : given) };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      serve(Buffer.concat(chunks).toString("utf8"), response).catch(() => response.destroy());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // A TCP server's.
  proxy.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    return undefined;
  };
  return proxy;
}
