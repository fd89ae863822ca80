import type { Response } from "express";
import type { z } from "zod";
import type { RouteDefinition, ServerSentEvent } from "../../sdk/client/route.ts";
import type { Timer } from "../ports.ts";
import { sendCached } from "./caching.ts";

const HEARTBEAT_MS = 15_000;

export interface Answering {
  /** Checks every answer against its definition, in tests and development; a misfit is a programming mistake. */
  readonly validate: boolean;
  readonly timer: Timer;
}

/** A value with another status than its definition's. */
export class WithStatus<T> {
  readonly status: number;
  readonly value: T;

  constructor(status: number, value: T) {
    this.status = status;
    this.value = value;
  }
}

interface Answered {
  readonly definition: RouteDefinition;
  readonly response: Response;
  readonly value: unknown;
}

/** Sends what a handler gave, as its definition says. */
export async function answer({ definition, response, value }: Answered, answering: Answering): Promise<void> {
  const body = definition.response;
  const [given, status] = value instanceof WithStatus ? [value.value as unknown, value.status] : [value, undefined];
  switch (body.kind) {
    case "json":
      check(body.schema, given, answering);
      if (definition.cacheSeconds !== undefined && status === undefined)
        return sendCached(response, JSON.stringify(given), definition.cacheSeconds);
      response
        .status(status ?? body.status ?? 200)
        .type("application/json")
        .send(JSON.stringify(given));
      return;
    case "text":
      response
        .status(status ?? 200)
        .type(body.mediaType)
        .send(given);
      return;
    case "ndjson":
      await sendLines(response, lines(given as AsyncIterable<readonly unknown[]>, body.schema, answering)); // The handler's type says so.
      return;
    case "events":
      await sendEvents(response, given as AsyncIterable<ServerSentEvent<unknown>>, body.schema, answering); // As above.
  }
}

function check(schema: z.ZodType, value: unknown, { validate }: Answering): void {
  if (!validate) return;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new TypeError(`answer does not fit its definition: ${parsed.error.message}`);
}

/** What is known together is sent together: a packet a line would cost more than the line. */
async function* lines(
  groups: AsyncIterable<readonly unknown[]>,
  schema: z.ZodType,
  answering: Answering,
): AsyncGenerator<string> {
  for await (const values of groups) {
    let text = "";
    for (const value of values) {
      check(schema, value, answering);
      text += `${JSON.stringify(value)}\n`;
    }
    yield text;
  }
}

/** The first lines are made before the head is sent: what fails at once is still a problem with its status. */
async function sendLines(response: Response, texts: AsyncGenerator<string>): Promise<void> {
  let next = await texts.next();
  response.status(200).type("application/x-ndjson");
  try {
    for (; !next.done && !response.destroyed; next = await texts.next()) await write(response, next.value);
    response.end();
  } finally {
    await texts.return(undefined);
  }
}

async function sendEvents(
  response: Response,
  events: AsyncIterable<ServerSentEvent<unknown>>,
  schema: z.ZodType,
  answering: Answering,
): Promise<void> {
  response.status(200).type("text/event-stream").set("X-Accel-Buffering", "no");
  response.write(": suyuan\n\n");
  let stopTimer = () => {};
  const beat = () => {
    stopTimer = answering.timer(HEARTBEAT_MS, () => {
      response.write(": \n\n");
      beat();
    });
  };
  beat();
  try {
    for await (const { id, event, data } of events) {
      if (response.destroyed) break;
      check(schema, data, answering);
      const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
      await write(response, `${head}data: ${JSON.stringify(data)}\n\n`);
    }
    response.end();
  } finally {
    stopTimer();
  }
}

function write(response: Response, text: string): Promise<void> {
  if (response.write(text) || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
