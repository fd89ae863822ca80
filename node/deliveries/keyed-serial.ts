import { Serial } from "../storage/serial.ts";

/** One queue for each name; an idle name takes no memory. */
export class KeyedSerial {
  private readonly queues = new Map<string, { readonly serial: Serial; waiting: number }>();

  async run<T>(name: string, action: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(name) ?? { serial: new Serial(), waiting: 0 };
    this.queues.set(name, queue);
    queue.waiting++;
    try {
      return await queue.serial.run(action);
    } finally {
      if (--queue.waiting === 0) this.queues.delete(name);
    }
  }
}
