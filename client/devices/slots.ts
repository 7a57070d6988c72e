import type { Api, CallOptions } from '../api/api';
import { INTERFACES, TIME } from '../api/paths';
import { AllegroError, type ErrorKind } from '../errors';
import { slotAddress } from '../values/device-slot';

/** Whether there is an analysis slot; `unknown` where the appliance's answers do not show it. */
export type SlotState = 'present' | 'missing' | 'unknown';

/** No appliance has so many. */
const IMPOSSIBLE_SLOT = 9999;
/** What a slot is asked for, one after the other until one of them shows whether it exists. */
const PROBES = [TIME, INTERFACES];
/** Errors that say that there is no such slot, or that the login may not read this path. */
const NO_ANSWER = new Set<ErrorKind>(['notFound', 'refused', 'badAnswer', 'permission', 'busy']);

/**
 * Looks for analysis slots. The API page names no list of them, so each is asked for something that
 * an appliance has in every slot. An appliance that ignores `mm-id` there answers for a slot that
 * cannot exist, too: then that answer shows nothing.
 */
export class SlotProbe {
  private readonly probe: Promise<string | undefined>;

  /** @param device in a multi-device setup; blank for the appliance itself */
  constructor(
    private readonly api: Api,
    private readonly device: string | undefined,
    private readonly signal: AbortSignal,
  ) {
    this.probe = this.findProbe();
    // Whoever asks for a slot meets the error there.
    this.probe.catch(() => undefined);
  }

  /** @throws AllegroError `permission` where the login may read none of what shows it */
  async stateOf(slot: number): Promise<SlotState> {
    const path = await this.probe;
    if (path === undefined) return 'unknown';
    return (await this.failureOf(path, slotAddress(this.device, slot))) ? 'missing' : 'present';
  }

  /** The path that answers for the live traffic but not for a slot that cannot exist. */
  private async findProbe(): Promise<string | undefined> {
    const failures: Array<AllegroError | undefined> = [];
    for (const path of PROBES) {
      const [live, impossible] = await Promise.all([
        this.failureOf(path, this.device || undefined),
        this.failureOf(path, slotAddress(this.device, IMPOSSIBLE_SLOT)),
      ]);
      if (!live && impossible) return path;
      failures.push(live);
    }
    if (failures.every((failure) => failure?.kind === 'permission')) throw failures[0]!;
    return undefined;
  }

  private async failureOf(
    path: string,
    mmId: string | undefined,
  ): Promise<AllegroError | undefined> {
    const options: CallOptions = { signal: this.signal, address: { mmId } };
    try {
      await this.api.get(path, {}, options);
      return undefined;
    } catch (error) {
      if (error instanceof AllegroError && NO_ANSWER.has(error.kind)) return error;
      throw error;
    }
  }
}
