import { inputError } from '../../../client';
import type { CaptureLimits, CaptureRequest } from '../../../client/capture';
import type { RunContext } from '../definition';
import type { FieldValues } from '../field';
import { readWindow } from './capture-window';
import { readExpression } from './filter';

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
  const limits: CaptureLimits = {
    // 0 stands for no limit.
    maxBytes: Math.floor((values.maxMegabytes as number) * 1e6) || undefined,
    maxPackets: (values.maxPackets as number) || undefined,
  };
  if (isLive && limits.maxBytes === undefined && limits.maxPackets === undefined) {
    throw inputError(
      'maxMegabytes',
      'A live capture needs a size limit or a packet limit.',
      'Enter one: on a busy link the duration alone does not keep the file small.',
    );
  }
  const expression = readExpression(values);
  return {
    ...(isLive
      ? { source: 'live', durationSeconds: values.liveSeconds as number }
      : { source: 'ringBuffer', window: await readWindow(context, values) }),
    expression,
    limits,
    refuseBeyondLimits: values.limitAction === 'refuse',
    snapLength: values.snapLength as number,
    ringBuffer: (values.ringBuffer as number | undefined) ?? 0,
    fileNamePrefix: values.fileNamePrefix as string,
    idleLimit: seconds(values.idleSeconds),
    totalLimit: seconds(values.totalSeconds),
    onProgress: (bytes, packets) => context.progress({ step: 'capturing', bytes, packets }),
  };
}

function seconds(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 1000 : undefined;
}
