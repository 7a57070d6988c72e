import type { Api, CallOptions } from '../api/api';
import type { CaptureRequest, CaptureWindow } from './capture-request';

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
