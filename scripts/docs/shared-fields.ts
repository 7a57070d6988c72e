import type { Field } from '../../nodes/definitions/model/field';
import { LINK_GROUP_FIELD } from '../../nodes/definitions/fields/address';
import { FILTER_FIELDS } from '../../nodes/definitions/fields/packet-filter';
import { deviceFields } from '../../nodes/definitions/fields/device-scope';
import { optionalTimeRangeFields } from '../../nodes/definitions/fields/time-range';

/** Fields that many nodes have, described on one page for all of them. */
export interface SharedGroup {
  /** File name below docs, without its ending. */
  page: string;
  title: string;
  fields: readonly Field[];
}

export const TIME_RANGES: SharedGroup = {
  page: 'time-ranges',
  title: 'Time ranges',
  fields: optionalTimeRangeFields({ none: 'All data that the appliance still has' }),
};

export const DEVICES: SharedGroup = {
  page: 'devices',
  title: 'Devices and slots',
  fields: [...deviceFields(), LINK_GROUP_FIELD],
};

export const CAPTURE_FILTERS: SharedGroup = {
  page: 'capture-filters',
  title: 'Capture filters',
  fields: FILTER_FIELDS,
};

/** The group that a field belongs to; only where the node has what the group is about. */
export function sharedGroupOf(
  { name }: Pick<Field, 'name'>,
  all: readonly Field[],
): SharedGroup | undefined {
  const has = (other: string) => all.some((field) => field.name === other);
  return [TIME_RANGES, DEVICES, CAPTURE_FILTERS].find(
    (group) =>
      group.fields.some((field) => field.name === name) &&
      (has(group.fields[0]!.name) ||
        (group === DEVICES && has('device') && has(LINK_GROUP_FIELD.name))),
  );
}
