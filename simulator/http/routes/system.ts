import { LINK_GROUPS } from '../../appliance/link-groups';
import type { Device } from '../../appliance/device';
import { COUNTER_ROWS } from '../../statistics/counters';
import { trafficOf, type Call } from '../request/call';
import { HttpError } from '../reply/http-error';
import { countersOf } from '../reply/counter-object';
import type { Reply } from '../reply/reply';
import type { Route } from '../route';

/** The appliance itself. Shapes beyond the fields named in the facts are the simulator's own. */
export function systemRoutes(devices: Device[], startedUs: number): Route[] {
  const uptime = (call: Call) => Math.floor((call.device.nowUs() - startedUs) / 1e6);
  return [
    get('/API/stats/time', clock),
    { method: 'GET', path: '/API/stats/interfaces', answer: interfaces },
    get('/API/stats/modules/groups', () => ({
      groups: LINK_GROUPS.map(({ id, name }) => ({ id, name })),
    })),
    get('/API/info/system', (call) => ({
      hostname: call.device.host,
      uptimeSec: uptime(call),
      productName: 'Allegro Network Multimeter (simulated)',
    })),
    get('/API/system/state', ({ switches }) => ({
      systemHealth: { temperature: switches.temperature },
    })),
    get('/API/system/health', ({ switches }) => ({
      CPU: { CurrentTemp: switches.cpuTemperature },
    })),
    get('/API/system/notifications', ({ switches }) =>
      switches.notifications.map((text, id) => ({ id, text })),
    ),
    get('/API/system/disks', () => [{ name: 'sda', transport: 'sata', sizeBytes: 4e12 }]),
    get('/API/system/storage', storage),
    get('/API/stats/pcap', analysis),
    {
      ...get('/API/system/users', () => [
        { username: 'admin', roles: ['admin'] },
        { username: 'viewer', roles: ['user'] },
      ]),
      permission: 'admin',
    },
    get('/API/system/multidevice/devices', () =>
      devices.map(({ id, host, isActive }) => ({ id, host, active: isActive })),
    ),
  ];
}

function get(path: string, body: (call: Call) => object): Route {
  return { method: 'GET', path, answer: (call) => ({ body: body(call) }) };
}

/** Only that there is a time is documented; its form was seen by a client. */
function clock({ slot, path, switches }: Call): object {
  const currentTime = slot.nowUs() / 1000;
  switch (switches.clock) {
    case 'milliseconds':
      return { currentTime };
    case 'otherKey':
      return { time: currentTime };
    case 'iso':
      return { currentTime: new Date(currentTime).toISOString() };
    case 'huge':
      return { currentTime: 1e300 };
    case '403':
      throw new HttpError(403, 'Forbidden: the clock is for administrators.');
    case '404':
      throw new HttpError(404, `There is no ${path}.`);
  }
}

/** One interface sees all traffic. Source: `timestampNs` and `interfaces` were seen by clients. */
async function interfaces(call: Call): Promise<Reply> {
  const series = (await trafficOf(call)).series('total').get('');
  const nowUs = call.slot.countedUntilUs();
  const counters = series
    ? countersOf(call, series)
    : { history: { rows: COUNTER_ROWS, data: [], newestTimeStamp: Math.floor(nowUs / 1000) } };
  return {
    body: {
      timestampNs: Math.round(nowUs * 1000),
      interfaces: [
        {
          id: 0,
          name: 'Interface 1',
          linkDetected: call.switches.looseValues ? 'True' : true,
          ...counters,
        },
      ],
    },
  };
}

const STORAGE_BYTES = 4e12;

function storage({ switches }: Call): object {
  const { storageFreePercent, ringBuffers } = switches;
  const space =
    storageFreePercent < 0
      ? {}
      : { totalBytes: STORAGE_BYTES, freeBytes: (STORAGE_BYTES * storageFreePercent) / 100 };
  return { device: { isInUse: ringBuffers > 0, ...space } };
}

/** How much of an upload has been taken in. */
function analysis({ switches, path, slotNumber, device }: Call): object {
  if (switches.analysisProgress === 'none') throw new HttpError(404, `There is no ${path}.`);
  const state = slotNumber === 0 ? 'free' : device.analysisSlot(slotNumber)?.state;
  if (state === 'receiving' || state === 'started') return { state, progress: 0.5 };
  return state === 'done' ? { state, progress: 1 } : { state };
}
