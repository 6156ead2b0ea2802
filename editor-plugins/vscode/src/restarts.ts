/** When a server is started again: by the user, one restart at a time, or by itself, later and later. No timers. */

/** A server that has run this long had no trouble starting: its next death counts as a first one. */
export const STEADY_MS = 60_000;

/** Pauses before a server that died is started again; after the last one it is given up. */
export const PAUSES_MS = [500, 1000, 2000, 4000, 8000] as const;

export class Deaths {
  private count = 0;

  /** The pause before the next start in milliseconds; undefined: give up. */
  next(ranMs: number): number | undefined {
    this.count = ranMs > STEADY_MS ? 1 : this.count + 1;
    return PAUSES_MS[this.count - 1];
  }

  forget(): void {
    this.count = 0;
  }
}

/** Runs a task, never twice at once: asked for again meanwhile, it runs once more afterwards, however often it was. */
export class Serial {
  private running: Promise<void> | undefined;
  private queued = false;

  constructor(private readonly task: () => Promise<void>) {}

  run(): Promise<void> {
    if (this.running) {
      this.queued = true;
      return this.running;
    }
    this.running = this.loop();
    return this.running;
  }

  private async loop(): Promise<void> {
    try {
      do {
        this.queued = false;
        await this.task();
      } while (this.queued);
    } finally {
      this.running = undefined;
    }
  }
}
