import type { NodeDefinition } from './define-node';

/** Whether a definition can run on several devices of a multi-device setup; see `run-on-devices.ts`. */
export function runsOnDevices({ fields }: Pick<NodeDefinition, 'fields'>): boolean {
  return fields.some(({ name }) => name === 'deviceScope');
}

/** What comes out of a run on several devices, for help and docs. */
export const DEVICE_RESULTS_TEXT =
  'Each device returns a result as soon as it is ready, with "deviceId" and "deviceHost" (in a list, on each element). Failed devices come last, with "error" instead of a result.';

/** What a node returns, with what every node that can run on several devices adds. */
export function sampleResult(definition: NodeDefinition): Record<string, unknown> {
  const { sampleOutput } = definition;
  return runsOnDevices(definition)
    ? { ...sampleOutput, deviceHost: 'allegro-mm-1a2b' }
    : { ...sampleOutput };
}

/** A device that failed, as one of several results. */
export const SAMPLE_DEVICE_FAILURE = {
  deviceId: 'branch-2',
  deviceHost: 'allegro-mm-3c4d',
  device: 'https://allegro-mm-1a2b',
  mmId: 'branch-2',
  error: {
    kind: 'appliance',
    message:
      'The device "branch-2" is not connected (HTTP 503). Try again in a while. If the problem persists, look at the notifications of the appliance. Request: GET /API/stats/time?mm-id=branch-2 on https://allegro-mm-1a2b',
    what: 'The device "branch-2" is not connected (HTTP 503).',
    advice:
      'Try again in a while. If the problem persists, look at the notifications of the appliance.',
    device: 'branch-2',
    method: 'GET',
    path: '/API/stats/time?mm-id=branch-2',
    status: 503,
    canRetry: true,
  },
  warnings: ['branch-2: The device "branch-2" is not connected (HTTP 503).'],
};
