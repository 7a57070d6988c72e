import type { Address } from '../../../client';
import { checkMmId } from '../../../client/values/device-slot';
import { defineField } from '../model/field';
import type { ValueOf } from '../model/field-values';
import { WAITING_STEP, type RunContext } from '../model/run-context';

/** Which device and analysis slot: part of every node. */
export const DEVICE_FIELD = defineField({
  name: 'device',
  label: 'Device or Slot',
  type: 'text',
  default: '',
  placeholder: 'e.g. :1',
  description:
    'Device ID, analysis slot such as ":1", or both ("device:1"). Blank for live traffic of this appliance',
  choices: 'devicesAndSlots',
  messageProperty: 'device',
  advanced: true,
});

/** Which device, for nodes that are not about an analysis slot. */
export const DEVICE_ONLY_FIELD = defineField({
  ...DEVICE_FIELD,
  label: 'Device',
  placeholder: 'e.g. allegro-mm-2b3c',
  description: 'ID of another device of a multi-device setup. Blank for this appliance',
  choices: 'devices',
});

/** Which virtual link group, for nodes that read statistics. */
export const LINK_GROUP_FIELD = defineField({
  name: 'linkGroup',
  label: 'Virtual Link Group',
  type: 'number',
  default: null,
  min: 0,
  integer: true,
  description: 'Number of the virtual link group, from 0. Blank for the default group',
  choices: 'linkGroups',
  advanced: true,
});

interface AddressValues {
  device?: ValueOf<typeof DEVICE_FIELD>;
  linkGroup?: ValueOf<typeof LINK_GROUP_FIELD>;
}

/**
 * Reads {@link DEVICE_FIELD} and {@link LINK_GROUP_FIELD}, as far as a node has them.
 *
 * @throws AllegroError `input`
 */
export function readAddress({ device = '', linkGroup }: AddressValues): Address {
  return { mmId: checkMmId(device, 'device') || undefined, group: linkGroup ?? undefined };
}

/**
 * Address and signal for the requests of a node that only reads. Its status says until when the
 * appliance asked to wait.
 *
 * @throws AllegroError `input`
 */
export function readingOptions({ signal, progress }: RunContext, values: AddressValues) {
  return {
    signal,
    address: readAddress(values),
    onWait: (until?: number) => {
      if (until !== undefined) progress({ step: WAITING_STEP, until });
    },
    onGoOn: () => progress({ step: 'reading' }),
  };
}

/**
 * What stands on each element of a list, because a node that follows gets the element alone, and has
 * to ask the same device or slot about it. Nothing for the appliance itself.
 */
export function originOfElement({ mmId }: Address): { mmId?: string } {
  return mmId === undefined ? {} : { mmId };
}

/** The parts of a list that a person typed: separated by commas, semicolons or blanks. */
export function partsOfList(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}
