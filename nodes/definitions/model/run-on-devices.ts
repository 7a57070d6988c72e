import { AllegroError, type AllegroClient, type Device } from '../../../client';
import type { NodeDefinition, Progress, RunContext, RunResult } from './definition';
import type { FieldValues } from './field';
import { forDevice, type LaneDevice } from './device-result';
import { readDeviceScope } from '../fields/device-scope';

/** Hosts hand over how they store a result; what it gives goes to the outside. */
export type Store<T> = (result: RunResult) => Promise<T>;

interface Lane {
  device: LaneDevice;
  values: FieldValues;
}

/**
 * Runs a definition on one device, or on each of several at the same time, and stores each result as
 * it comes: nothing is collected, and files stream side by side. On several devices results come as
 * they get ready, each with `deviceId` and `deviceHost`; those of devices that failed come last, with
 * an `error`.
 *
 * @throws whatever the definition or the store throws, on one device; on several only if all fail,
 *   or if the work is cancelled
 */
export async function* runOnDevices<T>(
  definition: NodeDefinition,
  context: RunContext,
  values: FieldValues,
  store: Store<T>,
): AsyncGenerator<T> {
  const devices = await devicesOf(context, values);
  if (!devices) {
    for await (const result of definition.run(context, values)) yield await store(result);
    return;
  }
  const lanes = devices.map((device) => ({
    device,
    values: { ...values, deviceScope: 'one', device: device.id },
  }));
  yield* runLanes(definition, context, lanes, values.parallelDevices as number, store);
}

/** @returns nothing for one device */
async function devicesOf(
  { client, signal }: RunContext,
  values: FieldValues,
): Promise<LaneDevice[] | undefined> {
  const scope = readDeviceScope(values);
  if (scope.kind === 'one') return undefined;
  if (scope.kind === 'list') return scope.ids.map((id) => ({ id, host: id }));
  const active = (await client.devices({ signal })).filter((device: Device) => device.active);
  if (active.length === 0) throw noDeviceError(client);
  return active;
}

/** Several generators, drained side by side into one. */
async function* runLanes<T>(
  definition: NodeDefinition,
  context: RunContext,
  lanes: readonly Lane[],
  size: number,
  store: Store<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const isOver = () => context.signal.aborted || stop.signal.aborted;
  const progress = sumOfProgress(context);
  const ready: T[] = [];
  const failures: Array<{ device: LaneDevice; error: unknown }> = [];
  let wake: () => void = () => undefined;
  let next = 0;
  let running = 0;

  const work = async () => {
    while (next < lanes.length && !isOver()) {
      const { device, values } = lanes[next++];
      // One for each: Node.js 20 takes many listeners on one signal for a leak, and warns.
      const signal = AbortSignal.any([context.signal, stop.signal]);
      const laneContext = { ...context, signal, progress: progress(device.id) };
      try {
        for await (const result of definition.run(laneContext, values)) {
          ready.push(await store(forDevice(result, device, definition)));
          wake();
        }
      } catch (error) {
        failures.push({ device, error });
      }
    }
  };
  const workers = Array.from({ length: Math.min(size, lanes.length) }, () => {
    running++;
    return work().finally(() => {
      running--;
      wake();
    });
  });
  let isAnyStored = false;
  try {
    while (running > 0 || ready.length > 0) {
      if (ready.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      isAnyStored = true;
      yield ready.shift()!;
    }
    if (context.signal.aborted) throw cancelledBy(context, failures);
    if (!isAnyStored && failures.length > 0) throw allFailed(context, failures);
    for (const { device, error } of failures) {
      yield await store({ json: failureJson(context, device, error) });
    }
  } finally {
    // Nobody asks for the rest any more, or all have come to their end.
    stop.abort();
    await Promise.all(workers);
  }
}

/** What all lanes have moved together, under the step of the one that spoke last. */
function sumOfProgress({ progress }: RunContext) {
  const latest = new Map<string, Progress>();
  const sum = (name: 'bytes' | 'packets' | 'done' | 'total') => {
    const values = [...latest.values()].flatMap((one) => one[name] ?? []);
    return values.length > 0 ? values.reduce((total, value) => total + value, 0) : undefined;
  };
  return (id: string) => (news: Progress) => {
    latest.set(id, news);
    // No share: what the others expect is not known.
    progress({
      step: news.step,
      bytes: sum('bytes'),
      packets: sum('packets'),
      done: sum('done'),
      total: sum('total'),
    });
  };
}

function failureJson(
  { client }: RunContext,
  { id, host }: LaneDevice,
  error: unknown,
): Record<string, unknown> {
  const facts =
    error instanceof AllegroError
      ? error.toJSON()
      : { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
  return {
    deviceId: id,
    deviceHost: host,
    device: client.baseUrl,
    mmId: id,
    error: { advice: 'Look at the message.', ...facts, device: id },
    warnings: [`${id}: ${String(facts.what ?? facts.message)}`],
  };
}

type Failures = ReadonlyArray<{ device: LaneDevice; error: unknown }>;

/** The one error that says it for all. */
function allFailed({ client }: RunContext, failures: Failures): unknown {
  const [first] = failures;
  const errors = failures.map(({ error }) => error);
  if (!errors.every((error): error is AllegroError => error instanceof AllegroError)) {
    return errors.find((error) => !(error instanceof AllegroError));
  }
  const [{ kind, advice, status }] = errors;
  // A wrong value is wrong on each device, and is no device's fault.
  if (kind === 'input' || failures.length === 1) return first.error;
  const isSame = errors.every((error) => error.kind === kind);
  const reasons = failures.map(({ device }, index) => `${device.id}: ${errors[index].what}`);
  return new AllegroError({
    kind: isSame ? kind : 'appliance',
    status: errors.every((error) => error.status === status) ? status : undefined,
    device: client.baseUrl,
    what: `None of the ${failures.length} devices gave a result. ${reasons.join(' ')}`,
    advice,
    canRetry: errors.some(({ canRetry }) => canRetry),
    cause: errors[0],
  });
}

function cancelledBy({ client, signal }: RunContext, failures: Failures): unknown {
  const reason: unknown = signal.reason;
  if (reason instanceof AllegroError) return reason;
  const known = failures.find(
    ({ error }) => error instanceof AllegroError && error.kind === 'cancelled',
  );
  return (
    known?.error ??
    new AllegroError({
      kind: 'cancelled',
      device: client.baseUrl,
      what: 'The work was cancelled before all devices had given their results.',
      advice: 'Start it again if it is still needed.',
      canRetry: true,
    })
  );
}

function noDeviceError({ baseUrl }: AllegroClient): AllegroError {
  return new AllegroError({
    kind: 'notFound',
    device: baseUrl,
    what: 'The appliance lists no active device.',
    advice: 'Set up multi-device analysis on it, or run the node on one device.',
  });
}
