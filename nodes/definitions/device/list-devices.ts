import { defineNode } from '../model/define-node';

/** Members of a multi-device setup. */
export const listDevices = defineNode({
  name: 'listDevices',
  label: 'List Devices',
  group: 'Device',
  verb: 'Get Many',
  action: 'Get many devices',
  description: 'Lists the devices of a multi-device setup, with the IDs that other nodes use',
  details: [
    'Use the ID as Device or Slot of other nodes. Many of them also run on all active devices at once.',
    'A device that is not active is configured, but cannot be reached.',
  ],
  permission: 'Read access to the device list; on some firmware, the admin role',
  source: 'Multi-device Capture Python Script Example',
  fields: [
    {
      name: 'activeOnly',
      label: 'Active Only',
      type: 'boolean',
      default: false,
      description: 'Whether to leave out devices that cannot be reached',
    },
  ],
  itemsProperty: 'devices',
  sampleOutput: {
    devices: [
      { id: 'local', host: 'allegro-mm-1a2b', active: true },
      { id: 'branch-1', host: 'allegro-mm-2b3c', active: true },
    ],
    active: 2,
    total: 3,
    device: 'https://allegro-mm-1a2b',
  },
  producesFile: false,

  async *run({ client, signal, progress }, values) {
    progress({ step: 'reading' });
    const all = await client.devices({ signal });
    const active = all.filter((device) => device.active);
    yield {
      json: {
        devices: values.activeOnly ? active : all,
        active: active.length,
        total: all.length,
        device: client.baseUrl,
      },
    };
  },
});
