import type { RunStatus, StatusWords } from './status-text';

/** Counts the devices of one run that gave a result, and those that failed. */
export class DeviceTally {
  private readonly all = new Set<unknown>();
  private readonly failed = new Set<unknown>();

  /** @param json a result; one of a failed device has an `error` */
  add(json: Record<string, unknown>): void {
    const { deviceId, error } = json;
    if (deviceId === undefined) return;
    this.all.add(deviceId);
    if (error !== undefined) this.failed.add(deviceId);
  }

  get hasFailures(): boolean {
    return this.failed.size > 0;
  }

  /** Undefined while no device has failed. */
  statusIn(words: StatusWords): RunStatus | undefined {
    if (!this.hasFailures) return undefined;
    const total = this.all.size;
    const done = total - this.failed.size;
    const several = '__done__ of __total__ devices';
    const text = words.text(total === 1 ? '__done__ of 1 device' : several, { done, total });
    return { fill: 'yellow', shape: 'dot', text };
  }
}
