import { inputError, type Address } from '../../../client';
import { defineField } from '../model/field';
import { say } from '../../../client/values/sentence';

/** Which ring buffer, for nodes that are about one. */
export const RING_BUFFER_FIELD = defineField({
  name: 'ringBuffer',
  label: 'Ring Buffer',
  type: 'number',
  default: 0,
  min: 0,
  integer: true,
  description: 'Number of the ring buffer, 0 for the first. Others exist only in a cluster',
});

/** @throws AllegroError `input` where an analysis slot is addressed, which records nothing */
export function refuseAnalysisSlot({ mmId }: Address): void {
  if (!/:[1-9]\d*$/.test(mmId ?? '')) return;
  throw inputError(
    'device',
    say`An analysis slot has no recording ring buffer.`,
    say`Enter the device without a slot, or leave the field blank for the appliance itself.`,
  );
}
