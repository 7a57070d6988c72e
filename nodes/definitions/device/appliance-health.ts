import { AllegroError } from '../../../client';
import { defineNode } from '../model/define-node';
import { defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { HEALTH_PARTS, type HealthPart, type Unavailable } from './health-parts';
import { RING_BUFFER_FIELD } from '../fields/ring-buffer';

const FIELDS = defineFields([
  {
    name: 'maxTemperature',
    label: 'Temperature Limit',
    type: 'number',
    default: 70,
    blankIsNull: true,
    unit: '°C',
    description: 'Warns above it. Blank for no limit',
  },
  {
    name: 'maxCpuTemperature',
    label: 'CPU Temperature Limit',
    type: 'number',
    default: 85,
    blankIsNull: true,
    unit: '°C',
    description: 'Warns above it. Blank for no limit',
  },
  {
    name: 'maxClockOffset',
    label: 'Clock Offset Limit',
    type: 'number',
    default: 2,
    blankIsNull: true,
    min: 0,
    unit: 's',
    description:
      'Warns when the clock of the appliance is further off this machine, either way. Blank for no limit',
  },
  {
    name: 'minFreePercent',
    label: 'Free Storage Limit',
    type: 'number',
    default: 5,
    blankIsNull: true,
    min: 0,
    max: 100,
    unit: '%',
    description: 'Warns below it, where the appliance tells. Blank for no limit',
  },
  {
    name: 'minUptime',
    label: 'Uptime Limit',
    type: 'number',
    default: 600,
    blankIsNull: true,
    min: 0,
    unit: 's',
    description: 'Warns when the appliance was started less long ago than this. Blank for no limit',
  },
  {
    name: 'warnIfSuspended',
    label: 'Warn of a Suspended Buffer',
    type: 'boolean',
    default: true,
    description: 'Whether a ring buffer that records nothing is worth a warning',
  },
  {
    name: 'warnOfNotifications',
    label: 'Warn of Notifications',
    type: 'boolean',
    default: false,
    description: 'Whether notifications that nobody has cleared are worth a warning',
  },
  ...deviceFields(),
  { ...RING_BUFFER_FIELD, advanced: true },
]);

/** How the appliance itself is, as opposed to its network. */
export const applianceHealth = defineNode({
  name: 'applianceHealth',
  label: 'Appliance Health',
  group: 'Device',
  action: 'Check the health of the appliance',
  description:
    'Reads uptime, temperature, clock, disks, storage, ring buffer and notifications of the appliance, and says what is beyond your limits',
  details: [
    '"ok" is true where nothing is beyond a limit; "warnings" says what is. Both are meant for a Switch or If node behind it.',
    'What the appliance tells differs by firmware, and what it may tell by the role of the login. A part that is not told is listed in "unavailable" and counts neither for nor against; only where no part at all can be read does the node fail.',
    'Disks and notifications come as the appliance sends them. Free space is told by few firmwares; otherwise "storageFreePercent" is null.',
  ],
  permission: 'Read access; the admin role for what concerns the system, depending on the firmware',
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
    disks: [{ name: 'sda', transport: 'sata' }],
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
    const parts = Object.keys(HEALTH_PARTS) as HealthPart[];
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
          message: error.what,
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

function warningsFor(found: Record<string, unknown>, values: ValuesOf<typeof FIELDS>): string[] {
  const warnings: string[] = [];
  const check = (
    name: string,
    bound: number | null,
    isBeyond: (value: number, limit: number) => boolean,
    say: (value: number, limit: number) => string,
  ) => {
    const value = found[name];
    if (typeof value !== 'number' || bound === null) return;
    if (isBeyond(value, bound)) warnings.push(say(value, bound));
  };
  const above = (value: number, bound: number) => value > bound;
  const below = (value: number, bound: number) => value < bound;
  check(
    'temperatureCelsius',
    values.maxTemperature,
    above,
    (value, bound) => `The appliance is at ${value} °C (limit ${bound} °C).`,
  );
  check(
    'cpuTemperatureCelsius',
    values.maxCpuTemperature,
    above,
    (value, bound) => `The CPU is at ${value} °C (limit ${bound} °C).`,
  );
  check(
    'clockOffsetSeconds',
    values.maxClockOffset,
    (value, bound) => Math.abs(value) > bound,
    (value, bound) =>
      `The clock of the appliance is ${Math.abs(value)} s ${value > 0 ? 'ahead of' : 'behind'} this machine (limit ${bound} s).`,
  );
  check(
    'storageFreePercent',
    values.minFreePercent,
    below,
    (value, bound) => `Only ${value} % of the storage are free (limit ${bound} %).`,
  );
  check(
    'uptimeSeconds',
    values.minUptime,
    below,
    (value, bound) => `The appliance was started ${Math.round(value)} s ago (limit ${bound} s).`,
  );
  if (values.warnIfSuspended && found.bufferSuspended === true) {
    warnings.push('The ring buffer is suspended: it records nothing.');
  }
  const count = Array.isArray(found.notifications) ? found.notifications.length : 0;
  if (values.warnOfNotifications && count > 0) {
    warnings.push(count === 1 ? 'There is a notification.' : `There are ${count} notifications.`);
  }
  return warnings;
}
