import type { CaptureEnd } from './capture-stream';
import type { AllegroError } from '../errors';
import { say, sentences, type Sentence } from '../values/sentence';

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
): Sentence[] {
  const { waitedFor, lateBy, earlyBy, lastFailure } = facts;
  const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;
  const warnings: Sentence[] = [];
  if (lateBy === undefined) {
    warnings.push(
      say`The appliance had not responded when the capture ended: either no packet matches the filter, or it was too busy.`,
    );
  } else if (file.packets === 0) {
    warnings.push(
      sentences(
        file.bytes === 0 ? say`No bytes arrived, so there is no file.` : undefined,
        say`No packets: most likely none matches the filter, or there was no traffic on the monitored interfaces.`,
      ),
    );
  }
  if (waitedFor >= 1000) {
    warnings.push(
      say`The capture began ${seconds(waitedFor)} s late, because the maximum number of live captures was already running on this appliance.`,
    );
  }
  if (lastFailure && lateBy !== undefined) {
    warnings.push(
      say`The capture began ${seconds(lateBy)} s late, because the first request failed: ${lastFailure.sentences.what}`,
    );
  }
  if (endedBy === 'device') {
    warnings.push(say`The appliance ended the live capture ${seconds(earlyBy)} s early.`);
  }
  return warnings;
}
