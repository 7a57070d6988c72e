import { toNodeFailure } from '../nodes/errors';
import type { RuntimeNode } from '../runtime-api';

/** A failure that lasts is reported again after so long. */
const REPEAT_MS = 60 * 60 * 1000;

/**
 * Reports failures of work that goes on by itself. An appliance that is away for the night fails at
 * each poll; a Catch node hears of it once an hour, and whenever the reason changes.
 */
export class FailureReport {
  private last?: { code: string; at: number };
  private suppressed = 0;

  constructor(
    private readonly node: Pick<RuntimeNode, 'error' | 'status' | 'log'>,
    private readonly now: () => number = Date.now,
  ) {}

  failed(thrown: unknown): void {
    const { error, status, statusCode } = toNodeFailure(thrown);
    this.node.status(status);
    const { last } = this;
    const isNews = !last || last.code !== error.code || this.now() - last.at >= REPEAT_MS;
    if (!isNews) {
      this.suppressed++;
      return;
    }
    const failedBefore = this.suppressed;
    this.last = { code: error.code, at: this.now() };
    this.suppressed = 0;
    // A message makes it an error that Catch nodes see.
    this.node.error(error, {
      payload: error.cause,
      ...(failedBefore > 0 ? { failedBefore } : {}),
      ...(statusCode === undefined ? {} : { statusCode }),
    });
  }

  succeeded(): void {
    if (this.last) this.node.log('The appliance answers again.');
    this.last = undefined;
    this.suppressed = 0;
  }
}
