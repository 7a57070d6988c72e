import type { Api, CallOptions } from '../api/api';
import { isoMicroseconds } from '../values/instant';
import type { CaptureRequest, CaptureWindow } from './capture-request';

/** A window for results: ISO 8601 in UTC; `to` is exclusive. */
export interface IsoWindow {
  from: string;
  to: string;
}

/** @returns `null` for all of an analysis slot */
export function isoWindow({ startUs, endUs, isWholeUpload }: CaptureWindow): IsoWindow | null {
  return isWholeUpload ? null : { from: isoMicroseconds(startUs), to: isoMicroseconds(endUs) };
}

/** The window of a capture: the one that was asked for; of a live capture, from now on. */
export async function windowOf(
  api: Api,
  request: CaptureRequest,
  options: CallOptions,
): Promise<CaptureWindow> {
  if (request.source === 'ringBuffer') return request.window;
  const { milliseconds, offsetSeconds, warning } = await api.time(options);
  const startUs = Math.round(milliseconds * 1000);
  const endUs = startUs + Math.round(request.durationSeconds * 1e6);
  return { startUs, endUs, clockOffsetSeconds: offsetSeconds, clockWarning: warning };
}
