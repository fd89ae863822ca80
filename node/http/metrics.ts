import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LargeBodies } from "./bodies.ts";

const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Numbers about the node. Labels are route patterns, methods, statuses and codes: never a department, a record or a text of a caller. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests: Counter<"method" | "route" | "status">;
  private readonly durations: Histogram<"method" | "route">;
  private readonly problems: Counter<"code">;

  constructor(options: { readonly withProcess: boolean }) {
    const registers = [this.registry];
    if (options.withProcess) collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: "suyuan_http_requests_total",
      help: "HTTP requests answered.",
      labelNames: ["method", "route", "status"],
      registers,
    });
    this.durations = new Histogram({
      name: "suyuan_http_request_duration_seconds",
      help: "Time from the head of a request to the end of its answer.",
      labelNames: ["method", "route"],
      buckets: DURATION_BUCKETS_SECONDS,
      registers,
    });
    this.problems = new Counter({
      name: "suyuan_http_problems_total",
      help: "Problems answered, by code.",
      labelNames: ["code"],
      registers,
    });
  }

  answered(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly durationMs: number;
  }): void {
    const { method, route, status, durationMs } = request;
    this.requests.inc({ method, route, status: String(status) });
    this.durations.observe({ method, route }, durationMs / 1000);
  }

  problem(code: string): void {
    this.problems.inc({ code });
  }

  watchBodies(bodies: LargeBodies): void {
    this.gauge({
      name: "suyuan_http_large_bodies",
      help: "Large request bodies held in memory.",
      read: () => [{ value: bodies.inProgress }],
    });
  }

  /** A gauge that is read when the metrics are. */
  gauge(options: {
    readonly name: string;
    readonly help: string;
    readonly labelNames?: readonly string[];
    readonly read: () => readonly GaugeValue[] | Promise<readonly GaugeValue[]>;
  }): void {
    const { name, help, read } = options;
    new Gauge({
      name,
      help,
      labelNames: [...(options.labelNames ?? [])],
      registers: [this.registry],
      async collect() {
        this.reset();
        for (const { labels, value } of await read()) this.set(labels ?? {}, value);
      },
    });
  }

  counter(options: { readonly name: string; readonly help: string; readonly labelNames?: readonly string[] }): Counter {
    return new Counter({ ...options, labelNames: [...(options.labelNames ?? [])], registers: [this.registry] });
  }
}

export interface GaugeValue {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}
