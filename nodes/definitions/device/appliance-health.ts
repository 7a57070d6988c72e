import { AllegroError } from '../../../client';
import { defineNode } from '../model/define-node';
import { defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { HEALTH_PARTS, type HealthPart, type Unavailable } from './health-parts';
import { RING_BUFFER_FIELD } from '../fields/ring-buffer';
import { say, type Sentence } from '../../../client/values/sentence';

const FIELDS = defineFields([
  {
    name: 'maxTemperature',
    label: 'Max Temperature',
    type: 'number',
    default: 70,
    blankIsNull: true,
    unit: '°C',
    description: 'Highest temperature without a warning. Blank for no limit',
  },
  {
    name: 'maxCpuTemperature',
    label: 'Max CPU Temperature',
    type: 'number',
    default: 85,
    blankIsNull: true,
    unit: '°C',
    description: 'Highest temperature without a warning. Blank for no limit',
  },
  {
    name: 'maxClockOffset',
    label: 'Max Clock Offset',
    type: 'number',
    default: 2,
    blankIsNull: true,
    min: 0,
    unit: 's',
    description: 'Largest clock difference to this machine without a warning. Blank for no limit',
  },
  {
    name: 'minFreePercent',
    label: 'Min Free Storage',
    type: 'number',
    default: 5,
    blankIsNull: true,
    min: 0,
    max: 100,
    unit: '%',
    description: 'Least free storage without a warning, if reported. Blank for no limit',
  },
  {
    name: 'minUptime',
    label: 'Min Uptime',
    type: 'number',
    default: 600,
    blankIsNull: true,
    min: 0,
    unit: 's',
    description: 'Shortest uptime without a warning. Blank for no limit',
  },
  {
    name: 'minBufferHours',
    label: 'Min Buffer Reach',
    type: 'number',
    default: null,
    min: 0,
    unit: 'h',
    placeholder: 'e.g. 24',
    description: 'Shortest reach of the ring buffer without a warning. Blank to skip this check',
  },
  {
    name: 'warnIfSuspended',
    label: 'Warn If Suspended',
    type: 'boolean',
    default: true,
    description: 'Whether to warn if the ring buffer is suspended',
  },
  {
    name: 'warnOfNotifications',
    label: 'Warn on Notifications',
    type: 'boolean',
    default: false,
    description: 'Whether to warn about notifications that have not been cleared',
  },
  ...deviceFields(),
  { ...RING_BUFFER_FIELD, advanced: true },
]);

/** How the appliance itself is, as opposed to its network. */
export const applianceHealth = defineNode({
  name: 'applianceHealth',
  label: 'Appliance Health',
  group: 'Device',
  verb: 'Check Health',
  action: 'Check the health of the appliance',
  description:
    'Checks uptime, temperature, clock, disks, storage, ring buffer and notifications against your limits',
  details: [
    '"ok" is true if nothing exceeds your limits; "warnings" says what does. Check it with an If or Switch node.',
    'What can be read depends on firmware and role. Parts that cannot be read are listed in "unavailable" and are not judged. The node fails only if nothing can be read.',
    'Disks and notifications are returned as the appliance sends them. "storageFreePercent" is null if the firmware does not report it.',
  ],
  permission:
    'Read access. Parts about the system may need the admin role, depending on the firmware',
  source: 'API hierarchy (time). The paths below API/system and API/info are used by known clients',
  fields: FIELDS,
  sampleOutput: {
    ok: false,
    warnings: ['The clock of the appliance is 3.2 s behind this machine (limit 2 s).'],
    uptimeSeconds: 864000,
    temperatureCelsius: 41.5,
    cpuTemperatureCelsius: 48,
    applianceTime: '2026-11-23T15:50:00.000Z',
    clockOffsetSeconds: -3.2,
    disks: [{ name: 'sda', transport: 'sata', sizeBytes: 4_000_000_000_000 }],
    storageInUse: true,
    storageFreePercent: null,
    bufferSuspended: false,
    notifications: [],
    unavailable: [],
    device: 'https://allegro-mm-1a2b',
    checkedAt: '2026-11-23T15:50:03.200Z',
  },
  producesFile: false,

  async *run({ client, signal, progress }, values) {
    const address = readAddress(values);
    const ringBuffer = values.ringBuffer;
    progress({ step: 'reading' });
    // A capture of one packet, which not every login may make: only where it is asked for.
    const isAsked = (part: string) => part !== 'oldestPacket' || values.minBufferHours !== null;
    const parts = (Object.keys(HEALTH_PARTS) as HealthPart[]).filter(isAsked);
    const answers = await Promise.allSettled(
      parts.map((part) => HEALTH_PARTS[part](client, { signal, address }, ringBuffer)),
    );
    const found: Record<string, unknown> = {};
    const failures: Array<{ part: HealthPart; error: AllegroError }> = [];
    answers.forEach((answer, index) => {
      if (answer.status === 'fulfilled') Object.assign(found, answer.value);
      else failures.push({ part: parts[index], error: asKnown(answer.reason) });
    });
    const fatal = failures.find(({ error }) => error.kind === 'cancelled');
    if (fatal || failures.length === parts.length) throw (fatal ?? worst(failures)).error;
    const warnings = warningsFor(found, values);
    yield {
      json: {
        ok: warnings.length === 0,
        warnings,
        ...found,
        unavailable: failures.map(({ part, error }): Unavailable => ({
          part,
          reason: error.kind,
          message: error.sentences.what,
        })),
        device: client.baseUrl,
        mmId: address.mmId,
        checkedAt: new Date(client.now()).toISOString(),
      },
    };
  },
});

/** The client throws nothing else; anything else is a mistake of ours and must not be hidden. */
function asKnown(error: unknown): AllegroError {
  if (error instanceof AllegroError) return error;
  throw error;
}

/** That nothing answers, or nobody may ask, says more than that one path is not there. */
function worst<T extends { error: AllegroError }>(failures: T[]): T {
  const isPlain = ({ error }: T) => error.kind === 'badAnswer' || error.kind === 'notFound';
  return failures.find((failure) => !isPlain(failure)) ?? failures[0];
}

function warningsFor(found: Record<string, unknown>, values: ValuesOf<typeof FIELDS>): Sentence[] {
  const warnings: Sentence[] = [];
  const check = (
    name: string,
    bound: number | null,
    isBeyond: (value: number, limit: number) => boolean,
    text: (value: number, limit: number) => Sentence,
  ) => {
    const value = found[name];
    if (typeof value !== 'number' || bound === null) return;
    if (isBeyond(value, bound)) warnings.push(text(value, bound));
  };
  const above = (value: number, bound: number) => value > bound;
  const below = (value: number, bound: number) => value < bound;
  check(
    'temperatureCelsius',
    values.maxTemperature,
    above,
    (value, bound) => say`The appliance is at ${value} °C (limit ${bound} °C).`,
  );
  check(
    'cpuTemperatureCelsius',
    values.maxCpuTemperature,
    above,
    (value, bound) => say`The CPU is at ${value} °C (limit ${bound} °C).`,
  );
  check(
    'clockOffsetSeconds',
    values.maxClockOffset,
    (value, bound) => Math.abs(value) > bound,
    (value, bound) =>
      value > 0
        ? say`The clock of the appliance is ${value} s ahead of this machine (limit ${bound} s).`
        : say`The clock of the appliance is ${-value} s behind this machine (limit ${bound} s).`,
  );
  check(
    'storageFreePercent',
    values.minFreePercent,
    below,
    (value, bound) => say`Only ${value} % of the storage is free (minimum ${bound} %).`,
  );
  check(
    'bufferHours',
    values.minBufferHours,
    below,
    (value, bound) => say`The ring buffer reaches back only ${value} h (limit ${bound} h).`,
  );
  check(
    'uptimeSeconds',
    values.minUptime,
    below,
    (value, bound) => say`The appliance was started ${Math.round(value)} s ago (limit ${bound} s).`,
  );
  if (values.warnIfSuspended && found.bufferSuspended === true) {
    warnings.push(say`The ring buffer is suspended: it records nothing.`);
  }
  const count = Array.isArray(found.notifications) ? found.notifications.length : 0;
  if (values.warnOfNotifications && count > 0) {
    warnings.push(say`${count} [notification has|notifications have] not been cleared.`);
  }
  return warnings;
}
