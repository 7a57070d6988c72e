import { AllegroError, type AllegroClient } from '../../../client';
import type { ApplianceNode } from './define-node';
import type { Progress, RunContext } from './run-context';
import type { RunResult } from './run-result';
import type { FieldValues } from './field-values';
import { forDevice, forHost, type TargetDevice } from './device-result';
import { readDeviceScope, type OnDevices } from '../fields/device-scope';
import { say, sentences } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** Hosts hand over how they store a result; what it gives goes to the outside. */
export type Store<T> = (result: RunResult) => Promise<T>;

/**
 * Runs a definition on one device, or on each of several at the same time, and stores each result as
 * it comes: nothing is collected, and files stream side by side. On several devices results come as
 * they get ready, each with `deviceId` and `deviceHost`; those of devices that failed come last, with
 * an `error`.
 *
 * @throws whatever the definition or the store throws, on one device; on several if all fail, if any
 *   fails and a person wants that, or if the work is cancelled
 */
export async function* runOnDevices<T>(
  definition: ApplianceNode,
  context: RunContext,
  values: FieldValues,
  store: Store<T>,
): AsyncGenerator<T> {
  const scope = readDeviceScope(values);
  if (scope.kind === 'one') {
    yield* runOnOne(definition, context, values, store);
    return;
  }
  const devices =
    scope.kind === 'list' ? await listedDevices(context, scope.ids) : await activeDevices(context);
  yield* runOnEach(definition, context, values, devices, scope, store);
}

/** On one device a result says by the same property as on several which host it is. */
async function* runOnOne<T>(
  definition: ApplianceNode,
  context: RunContext,
  values: FieldValues,
  store: Store<T>,
): AsyncGenerator<T> {
  const isChoice = values.deviceScope === 'one';
  let host: string | undefined;
  for await (const result of definition.run(context, values)) {
    if (isChoice) host ??= await hostOf(context, asText(values.device ?? ''));
    yield await store(host === undefined ? result : forHost(result, host));
  }
}

/** @param mmId blank for the appliance itself; a device, a slot or both */
async function hostOf(context: RunContext, mmId: string): Promise<string> {
  const [id = ''] = mmId.split(':');
  if (id === '') return new URL(context.client.baseUrl).hostname;
  const [device] = await listedDevices(context, [id]);
  return device.host;
}

/** With the hosts that the appliance has for them; the IDs where it does not list its devices. */
async function listedDevices(
  { client, signal }: RunContext,
  ids: readonly string[],
): Promise<TargetDevice[]> {
  const known = await client.devices({ signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return [];
  });
  return ids.map((id) => ({ id, host: known.find((device) => device.id === id)?.host ?? id }));
}

async function activeDevices({ client, signal }: RunContext): Promise<TargetDevice[]> {
  const active = (await client.devices({ signal })).filter((device) => device.active);
  if (active.length === 0) throw noDeviceError(client);
  return active;
}

async function* runOnEach<T>(
  definition: ApplianceNode,
  context: RunContext,
  values: FieldValues,
  devices: readonly TargetDevice[],
  { parallel, failIfAnyFails }: OnDevices,
  store: Store<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const count = devices.length;
  const progress = sumOfProgress(context);
  const failures: Array<{ device: TargetDevice; error: unknown }> = [];
  const run = async (device: TargetDevice, emit: (stored: T) => void) => {
    // One for each: Node.js 20 takes many listeners on one signal for a leak, and warns.
    const signal = AbortSignal.any([context.signal, stop.signal]);
    const ownContext = { ...context, signal, progress: progress(device.id) };
    const ownValues = { ...values, deviceScope: 'one', device: device.id };
    try {
      for await (const result of definition.run(ownContext, ownValues)) {
        emit(await store({ ...forDevice(result, device, definition), count }));
      }
    } catch (error) {
      failures.push({ device, error });
    }
  };
  const isOver = () => context.signal.aborted || stop.signal.aborted;
  let isAnyStored = false;
  for await (const stored of runParallel(devices, parallel, run, isOver, stop)) {
    isAnyStored = true;
    yield stored;
  }
  if (context.signal.aborted) throw cancelledBy(context, failures);
  if (failures.length > 0 && (failIfAnyFails || !isAnyStored)) {
    throw failedBy(context, failures, devices.length);
  }
  for (const { device, error } of failures) {
    yield await store({ json: failureJson(context, device, error), count });
  }
}

/**
 * Works on several tasks at the same time, and yields what they emit as it comes. Ends when all
 * have ended; when nobody asks for the rest, it aborts `stop` and waits for those that run.
 *
 * @param run never rejects
 */
async function* runParallel<Task, T>(
  tasks: readonly Task[],
  parallel: number,
  run: (task: Task, emit: (value: T) => void) => Promise<void>,
  isOver: () => boolean,
  stop: AbortController,
): AsyncGenerator<T> {
  const ready: T[] = [];
  let wake: () => void = () => undefined;
  let next = 0;
  let running = 0;
  const emit = (value: T) => {
    ready.push(value);
    wake();
  };
  const work = async () => {
    while (next < tasks.length && !isOver()) await run(tasks[next++], emit);
    running--;
    wake();
  };
  const workers = Array.from({ length: Math.min(parallel, tasks.length) }, () => {
    running++;
    return work();
  });
  try {
    while (running > 0 || ready.length > 0) {
      if (ready.length > 0) yield ready.shift()!;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop.abort();
    await Promise.all(workers);
  }
}

/** What all devices have moved together, under the step of the one that spoke last. */
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
  { id, host }: TargetDevice,
  error: unknown,
): Record<string, unknown> {
  const facts =
    error instanceof AllegroError ? error.facts() : { kind: 'internal', message: textOf(error) };
  return {
    deviceId: id,
    deviceHost: host,
    device: client.baseUrl,
    mmId: id,
    error: { advice: say`See the message.`, ...facts, device: id },
    warnings: [say`${id}: ${error instanceof AllegroError ? error.sentences.what : textOf(error)}`],
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : asText(error);
}

type Failures = ReadonlyArray<{ device: TargetDevice; error: unknown }>;

/** The one error that says it for all. */
function failedBy({ client }: RunContext, failures: Failures, total: number): unknown {
  const [first] = failures;
  const errors = failures.map(({ error }) => error);
  if (!errors.every((error): error is AllegroError => error instanceof AllegroError)) {
    return errors.find((error) => !(error instanceof AllegroError));
  }
  const [
    {
      kind,
      sentences: { advice },
      status,
    },
  ] = errors;
  // A wrong value is wrong on each device, and is no device's fault.
  if (kind === 'input' || total === 1) return first.error;
  const isSame = errors.every((error) => error.kind === kind);
  const reasons = failures.map(
    ({ device }, index) => say`${device.id}: ${errors[index].sentences.what}`,
  );
  const count =
    failures.length === total
      ? say`None of the ${total} [device|devices] returned a result.`
      : say`${failures.length} of ${total} [device|devices] failed.`;
  return new AllegroError({
    kind: isSame ? kind : 'appliance',
    status: errors.every((error) => error.status === status) ? status : undefined,
    device: client.baseUrl,
    what: sentences(count, ...reasons),
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
      what: say`Cancelled before all devices had returned results.`,
      advice: say`Run it again if you still need it.`,
      canRetry: true,
    })
  );
}

function noDeviceError({ baseUrl }: AllegroClient): AllegroError {
  return new AllegroError({
    kind: 'notFound',
    device: baseUrl,
    what: say`The appliance lists no active device.`,
    advice: say`Set up multi-device analysis on it, or run the node on one device.`,
  });
}
