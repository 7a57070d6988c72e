import { inputError } from '../../../client';
import type { CaptureRequest } from '../../../client/capture/capture-request';
import type { RunContext } from '../model/definition';
import type { FieldValues } from '../model/field';
import { readWindow } from './capture-window';
import { readExpression } from '../fields/packet-filter';
import { captureSettings, readLimits } from './run-capture';

/**
 * Reads the fields of a capture. An end in the future is waited for here, where the fields say so.
 *
 * @throws AllegroError `input` before any request
 */
export async function readCaptureRequest(
  context: RunContext,
  values: FieldValues,
): Promise<CaptureRequest> {
  const isLive = values.captureSource === 'live';
  const limits = readLimits(values);
  if (isLive && limits.maxBytes === undefined && limits.maxPackets === undefined) {
    throw inputError(
      'maxMegabytes',
      'A live capture needs a size limit or a packet limit.',
      'Enter one: on a busy link the duration alone does not keep the file small.',
    );
  }
  return {
    ...captureSettings(context, values, readExpression(values)),
    ...(isLive
      ? {
          source: 'live',
          durationSeconds: values.liveSeconds as number,
          finish: context.finish,
        }
      : { source: 'ringBuffer', window: await readWindow(context, values) }),
  };
}
