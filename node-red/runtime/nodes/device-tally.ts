import type { RunStatus } from './status-text';

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

  /** Undefined while no device has failed. */
  get status(): RunStatus | undefined {
    if (this.failed.size === 0) return undefined;
    const succeeded = this.all.size - this.failed.size;
    return { fill: 'yellow', shape: 'dot', text: `${succeeded} of ${this.all.size} devices` };
  }
}
