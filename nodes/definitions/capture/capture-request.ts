import { inputError } from '../../../client';
import { readAddress } from '../fields/address';
import type { CAPTURE_FIELDS, RING_BUFFER_CAPTURE_FIELDS } from '../fields/capture-fields';
import { readFilter } from '../fields/packet-filter';
import { readTimeRange } from '../fields/time-range';
import type { ValuesOf } from '../model/field-values';
import type { RunContext } from '../model/run-context';
import { resolveWindow, wholeUpload } from './capture-window';
import { captureSettings, ringBufferSettings, readLimits, type ScopedRequest } from './run-capture';
import { say } from '../../../client/values/sentence';

/**
 * Reads the fields of a capture. An end in the future is waited for here, where the fields say so.
 *
 * @throws AllegroError `input` before any request
 */
export async function readCaptureRequest(
  context: RunContext,
  values: ValuesOf<typeof CAPTURE_FIELDS>,
): Promise<ScopedRequest> {
  if (values.captureSource === 'ringBuffer') return readRingBufferRequest(context, values);
  const { maxBytes, maxPackets } = readLimits(values);
  const isDownload = values.saveTo === 'download';
  if (isDownload && maxBytes === undefined && maxPackets === undefined) {
    throw inputError(
      'maxMegabytes',
      say`A live capture needs a size limit or a packet limit.`,
      say`Enter one: on a busy link the duration alone does not keep the file small.`,
    );
  }
  const { expression, scope } = readFilter(values);
  return {
    ...captureSettings(context, values, expression),
    scope,
    source: 'live',
    durationSeconds: values.liveSeconds,
    finish: context.finish,
  };
}

/**
 * The same for a capture from a ring buffer.
 *
 * @throws AllegroError `input` before any request
 */
export async function readRingBufferRequest(
  context: RunContext,
  values: ValuesOf<typeof RING_BUFFER_CAPTURE_FIELDS>,
): Promise<ScopedRequest> {
  const { expression, scope } = readFilter(values);
  const settings = captureSettings(context, values, expression);
  const { endInFuture } = values;
  const address = readAddress(values);
  const { timeMode } = values;
  const window =
    timeMode === 'upload'
      ? wholeUpload(context, address)
      : await resolveWindow(context, {
          range: readTimeRange({ ...values, timeMode }),
          endInFuture,
          address,
        });
  return { ...settings, ...ringBufferSettings(values), scope, source: 'ringBuffer', window };
}
