import { AllegroError, type AllegroClient, type CallOptions } from '../../../client';
import {
  CAPTURE,
  DISKS,
  NOTIFICATIONS,
  ringBufferPath,
  STORAGE,
  SYSTEM_HEALTH,
  SYSTEM_INFO,
  SYSTEM_STATE,
  TIME,
} from '../../../client/api/paths';
import { findBoolean, findList, findNumber } from './find-value';
import { say, type Sentence } from '../../../client/values/sentence';

/** What is read of the appliance's health; each part on its own, because firmware differs. */
export type HealthPart =
  | 'system'
  | 'temperature'
  | 'clock'
  | 'disks'
  | 'storage'
  | 'ringBuffer'
  | 'oldestPacket'
  | 'notifications';

/** A part that the appliance does not report, or not to this login. */
export interface Unavailable {
  part: HealthPart;
  /** Stable: the kind of the error. */
  reason: string;
  message: Sentence;
}

type Reader = (
  client: AllegroClient,
  options: CallOptions,
  ringBuffer: number,
) => Promise<Record<string, unknown>>;

/** Of each answer only a field or two is known, so what else there is, is found by name. */
export const HEALTH_PARTS: Record<HealthPart, Reader> = {
  async system(client, options) {
    const answer = await client.get(SYSTEM_INFO, {}, options);
    return { uptimeSeconds: findNumber(answer, 'uptimeSec') ?? null };
  },

  async temperature(client, options) {
    const answer = await client.get(SYSTEM_STATE, {}, options).catch(orCancelled);
    const health = await client.get(SYSTEM_HEALTH, {}, options).catch(orCancelled);
    const system = findNumber(answer, 'temperature');
    const cpu = findNumber(health, 'CurrentTemp');
    if (system === undefined && cpu === undefined) {
      throw firstError([answer, health]) ?? notTold(client, SYSTEM_STATE);
    }
    return { temperatureCelsius: system ?? null, cpuTemperatureCelsius: cpu ?? null };
  },

  async clock(client, options) {
    const { milliseconds, offsetSeconds, warning } = await client.time(options);
    // Another clock says nothing of this one.
    if (warning) throw notTold(client, TIME, warning);
    return {
      applianceTime: new Date(milliseconds).toISOString(),
      clockOffsetSeconds: offsetSeconds,
    };
  },

  async disks(client, options) {
    return { disks: findList(await client.get(DISKS, {}, options)) ?? [] };
  },

  async storage(client, options) {
    const answer = await client.get(STORAGE, {}, options);
    const free = findNumber(
      answer,
      'freeBytes',
      'bytesFree',
      'availableBytes',
      'free',
      'available',
    );
    const total = findNumber(answer, 'totalBytes', 'bytesTotal', 'sizeBytes', 'total', 'size');
    const isTold = free !== undefined && total !== undefined && total > 0 && free <= total;
    return {
      storageInUse: findBoolean(answer, 'isInUse') ?? null,
      storageFreePercent: isTold ? Math.round((free / total) * 1000) / 10 : null,
    };
  },

  async ringBuffer(client, options, ringBuffer) {
    const isSuspended = await client.isRingBufferSuspended(ringBuffer, options);
    if (isSuspended === undefined) {
      throw notTold(client, ringBufferPath(ringBuffer));
    }
    return { bufferSuspended: isSuspended };
  },

  async oldestPacket(client, options, ringBuffer) {
    const { oldest } = await client.bufferReach(ringBuffer, options);
    if (!oldest) throw notTold(client, CAPTURE, say`The ring buffer returned no packet.`);
    return { oldestPacketAt: oldest.at, bufferHours: oldest.hoursBack };
  },

  async notifications(client, options) {
    const answer = await client.get(NOTIFICATIONS, {}, options);
    return { notifications: findList(answer) ?? [] };
  },
};

/** Either of two paths is enough; a run that is cancelled is over at once. */
function orCancelled(error: unknown): unknown {
  const isOver = error instanceof AllegroError && error.kind === 'cancelled';
  return isOver ? Promise.reject(error) : error;
}

function firstError(answers: unknown[]): AllegroError | undefined {
  return answers.find((answer) => answer instanceof AllegroError);
}

function notTold(
  client: AllegroClient,
  path: string,
  what: Sentence = say`The appliance does not report this.`,
): AllegroError {
  return new AllegroError({
    kind: 'badAnswer',
    device: client.baseUrl,
    method: 'GET',
    path,
    what,
    advice: say`No action is needed: not every firmware reports it.`,
  });
}
