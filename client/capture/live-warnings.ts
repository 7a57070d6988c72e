import type { CaptureEnd } from './capture-stream';
import type { AllegroError } from '../errors';

/** What a live capture lacks of the time that was asked for. All in milliseconds. */
export function liveWarnings(
  { file, endedBy }: CaptureEnd,
  facts: {
    /** For other live captures of the same appliance. */
    waitedFor: number;
    lateBy: number | undefined;
    earlyBy: number;
    lastFailure: AllegroError | undefined;
  },
): string[] {
  const { waitedFor, lateBy, earlyBy, lastFailure } = facts;
  const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
  const warnings: string[] = [];
  if (lateBy === undefined) {
    warnings.push(
      'The appliance had not begun to answer when the capture ended: either no packet fits the filter, or it was too busy to capture.',
    );
  } else if (file.packets === 0) {
    warnings.push(
      `${file.bytes === 0 ? 'No bytes arrived, so there is no file. ' : ''}No packets: most likely none matches the filter; else there was no traffic on the interfaces that the appliance monitors.`,
    );
  }
  if (waitedFor >= 1000) {
    warnings.push(
      `The capture began ${seconds(waitedFor)} s after it was asked for, because as many live captures of this appliance were running as may run at once.`,
    );
  }
  if (lastFailure && lateBy !== undefined) {
    warnings.push(
      `The capture began ${seconds(lateBy)} s late, because the request failed before: ${lastFailure.what}`,
    );
  }
  if (endedBy === 'device') {
    warnings.push(
      `The appliance ended the live capture ${seconds(earlyBy)} s before its time was up.`,
    );
  }
  return warnings;
}
