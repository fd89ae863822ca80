/** Runs actions one after another, in the order they were asked for. A failed one does not stop the next. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.last.then(action);
    this.last = result.catch(() => undefined);
    return result;
  }
}

/** A `Serial` for each name. */
export class KeyedSerial {
  private readonly serials = new Map<string, Serial>();

  run<T>(name: string, action: () => Promise<T>): Promise<T> {
    let serial = this.serials.get(name);
    if (serial === undefined) this.serials.set(name, (serial = new Serial()));
    return serial.run(action);
  }

  /** Runs an action while it has the turn of every name. */
  runAll<T>(names: readonly string[], action: () => Promise<T>): Promise<T> {
    // Always in one order: two that share names never wait for one another.
    const inOrder = [...new Set(names)].sort();
    return inOrder.reduceRight((inner, name) => () => this.run(name, inner), action)();
  }
}

/**
 * One action at a time, whose result goes to everyone who asked for it before it began: nobody gets an answer older than
 * the question, and however many ask, one waits at most for the action under way and the next.
 */
export class Shared<T> {
  private underWay: Promise<unknown> = Promise.resolve();
  private next: Promise<T> | undefined;

  run(action: () => Promise<T>): Promise<T> {
    this.next ??= this.underWay.then(() => {
      this.next = undefined;
      const result = action();
      this.underWay = result.catch(() => undefined);
      return result;
    });
    return this.next;
  }
}
