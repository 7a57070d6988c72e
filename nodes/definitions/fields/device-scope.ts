import { inputError } from '../../../client';
import { checkMmId } from '../../../client/values/device-slot';
import { defineField, defineFields, type TextField } from '../model/field';
import type { FieldValues } from '../model/field-values';
import { DEVICE_FIELD } from './address';
import { say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** How many devices work at once. */
export const PARALLEL_DEVICES_FIELD = defineField({
  name: 'parallelDevices',
  label: 'Parallel Devices',
  type: 'number',
  default: 4,
  min: 1,
  max: 64,
  integer: true,
  description: 'Maximum devices at a time. Requests to one appliance are also limited',
  advanced: true,
});

/** Which of the devices of a multi-device setup. */
export type DeviceScope =
  | { kind: 'one' }
  | ({ kind: 'active' } & OnDevices)
  | ({ kind: 'list'; ids: readonly string[] } & OnDevices);

export interface OnDevices {
  /** How many at once. */
  parallel: number;
  /** Whether one device that fails makes the run fail, when all have ended. */
  failIfAnyFails: boolean;
}

/**
 * The field {@link DEVICE_FIELD}, after a choice: one device or slot, all active devices,
 * or a list of devices. A definition that has it runs once for each device; see `run-on-devices.ts`.
 *
 * @param deviceField replaces the usual one
 */
export function deviceFields(deviceField: TextField & { name: 'device' } = DEVICE_FIELD) {
  return defineFields([
    {
      name: 'deviceScope',
      label: 'Run On',
      type: 'options',
      default: 'one',
      options: [
        {
          value: 'one',
          ...(deviceField.choices === 'devices'
            ? { label: 'One Device', description: 'The appliance itself, or another device' }
            : {
                label: 'One Device or Slot',
                description: 'The appliance itself, another device, or an analysis slot',
              }),
        },
        {
          value: 'active',
          label: 'All Active Devices',
          description: 'Every reachable device of the multi-device setup',
        },
        { value: 'list', label: 'Listed Devices', description: 'Devices listed by ID' },
      ],
      description: 'One device, or several with one result each; a failed device returns its error',
      advanced: true,
    },
    { ...deviceField, showWhen: { ...deviceField.showWhen, deviceScope: ['one'] } },
    {
      name: 'deviceList',
      label: 'Device IDs',
      type: 'text',
      default: '',
      required: true,
      placeholder: 'e.g. branch-1, branch-2',
      description: 'Device IDs from List Devices, separated by commas',
      messageProperty: 'devices',
      showWhen: { deviceScope: ['list'] },
      advanced: true,
    },
    { ...PARALLEL_DEVICES_FIELD, showWhen: { deviceScope: ['active', 'list'] } },
    {
      name: 'failIfAnyDeviceFails',
      label: 'Fail If Any Device Fails',
      type: 'boolean',
      default: false,
      description: 'Whether to fail after all results if any device failed',
      showWhen: { deviceScope: ['active', 'list'] },
      advanced: true,
    },
  ]);
}

/**
 * Reads {@link deviceFields} from the values of any node: one without them works on one device.
 *
 * @throws AllegroError `input`
 */
export function readDeviceScope(values: FieldValues): DeviceScope {
  const { deviceScope, deviceList, parallelDevices } = values;
  const failIfAnyFails = values.failIfAnyDeviceFails === true;
  const onDevices = { parallel: Number(parallelDevices), failIfAnyFails };
  if (deviceScope === 'active') return { kind: 'active', ...onDevices };
  if (deviceScope !== 'list') return { kind: 'one' };
  return { kind: 'list', ...onDevices, ids: readIds(asText(deviceList)) };
}

function readIds(text: string): string[] {
  const ids = text
    .split(',')
    .map((id) => checkMmId(id, 'deviceList'))
    .filter(Boolean);
  if (ids.length === 0) {
    throw inputError('deviceList', say`No device is listed.`, say`Enter IDs, separated by commas.`);
  }
  return [...new Set(ids)];
}
