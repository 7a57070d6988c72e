import { captureCall, type CaptureRequest } from '../../../client/capture/capture-request';

describe('the time limits of a capture call', () => {
  const window = { startUs: 0, endUs: 1e6, clockOffsetSeconds: 0 };
  const common = {
    ...{ expression: '', limits: {}, snapLength: 65_535, ringBuffer: 0, fileNamePrefix: '' },
    onProgress: () => undefined,
  };
  it.each<[string, Partial<CaptureRequest>, number, number]>([
    ['by default', {}, 120_000, 60_000],
    ['with a short idle timeout', { idleLimit: 5000 }, 120_000, 5000],
    ['with a long idle timeout', { idleLimit: 900_000 }, 900_000, 900_000],
  ])('%s', (_, limits, headersLimit, idleLimit) => {
    const request = { ...common, source: 'ringBuffer', window, ...limits } as CaptureRequest;
    expect(captureCall(request, window)).toMatchObject({ headersLimit, idleLimit });
  });
});
