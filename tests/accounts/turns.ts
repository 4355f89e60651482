/** Lets steps that wait for their turn go on one at a time, in an order drawn from a seed. */
export class Turns {
  private waiting: (() => void)[] = [];
  private state: number;

  constructor(seed: number) {
    this.state = seed | 1;
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Runs all to their end. A step may do something of its own between two turns, but wait for nothing else. */
  async run<T>(steps: readonly Promise<T>[]): Promise<T[]> {
    let done = false;
    const all = Promise.all(steps).finally(() => {
      done = true;
    });
    for (let idle = 0; !done && idle < 100; ) {
      await Promise.resolve();
      const [go] = this.waiting.splice(this.draw(this.waiting.length), 1);
      idle = go ? 0 : idle + 1;
      go?.();
    }
    return await all;
  }

  /** Marsaglia's xorshift. */
  private draw(below: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return below === 0 ? 0 : (this.state >>> 0) % below;
  }
}
