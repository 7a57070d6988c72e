import { AllegroError } from '../../../../client';
import { english } from '../../../../node-red/locales/text';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerPollNode } from '../../../../node-red/runtime/triggers/poll-node';
import type { RuntimeNode } from '../../../../node-red/runtime/runtime-api';
import { RepeatLimit } from '../../../../node-red/runtime/triggers/repeat-limit';
import { TriggerStore } from '../../../../node-red/runtime/triggers/trigger-store';
import { warn } from '../../../../node-red/runtime/triggers/trigger-values';
import type { PollOutcome, PollTrigger } from '../../../../nodes/definitions/triggers/trigger';
import { newElementTrigger } from '../../../../nodes/definitions/triggers/new-element-trigger';
import { FakeNode, fakeRuntime, poll } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

const EVENT = { eventId: 'e', event: 'new', text: 'New.', alertTime: '2026-11-23T15:50:00.000Z' };
const STATE = { version: 1, subject: 's' };
const outcome = (events = [EVENT]): PollOutcome => ({
  state: STATE,
  events,
  summary: { watched: 1, active: events.length },
});
const away = () =>
  new AllegroError({ kind: 'unreachable', what: say`It is away.`, advice: say`Wait.` });

let userDir: string;
beforeEach(() => {
  userDir = mkdtempSync(join(tmpdir(), 'allegro-poll-'));
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
  rmSync(userDir, { recursive: true, force: true });
});

function create(run: PollTrigger['poll'], limit?: number, pollSeconds = '10') {
  const RED = fakeRuntime(userDir);
  registerPollNode(RED, { ...newElementTrigger, poll: run }, limit);
  const node = new FakeNode();
  const sent: unknown[] = [];
  node.send = ((message: { payload: unknown }) => sent.push(message.payload)) as never;
  const [constructor] = RED.types.values();
  const config = { id: 'node', type: 'test', appliance: 'appliance', pollSeconds };
  constructor!.call(node as unknown as RuntimeNode, config);
  jest.advanceTimersByTime(500);
  const close = (removed: boolean) =>
    new Promise<void>((resolve) => node.emit('close', removed, resolve));
  return { node, sent, close, published: RED.published };
}

/** Waits until a poll is over, and the next one has its timer. */
const nextIsDue = () => poll(() => jest.getTimerCount() === 1);

const store = () => new TriggerStore(userDir, 'node');
const load = () => store().load(() => undefined);

it('writes what it found before it sends, and marks it as sent afterwards', async () => {
  const { sent, close } = create(() => Promise.resolve(outcome()));
  await poll(() => sent.length > 0);
  await close(false);
  expect(sent).toEqual([EVENT]);
  expect(await load()).toEqual({ state: STATE, pending: [] });
});

it('sends what a process that ended in the middle had found', async () => {
  await store().save({ state: STATE, pending: [EVENT] });
  const states: unknown[] = [];
  const { sent, close } = create((_context, _values, state) => {
    states.push(state);
    return Promise.resolve(outcome([]));
  });
  await poll(() => states.length > 0);
  await close(false);
  expect(sent).toEqual([EVENT]);
  expect(states).toEqual([STATE]);
});

it('ends a poll when it is closed, keeps the state, and removes it with the node', async () => {
  await store().save({ state: STATE, pending: [] });
  let isPolling = false;
  let reason: unknown;
  const { node, close } = create(({ signal }) => {
    isPolling = true;
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        reason = signal.reason;
        reject(signal.reason as Error);
      }),
    );
  });
  await poll(() => isPolling);
  await close(false);
  expect(reason).toMatchObject({ kind: 'cancelled' });
  expect(node.errors).toEqual([]);
  expect(readdirSync(join(userDir, 'allegro-multimeter'))).toEqual(['trigger-node.json']);
  await create(() => Promise.resolve(outcome([]))).close(true);
  expect(readdirSync(join(userDir, 'allegro-multimeter'))).toEqual([]);
});

it('polls one after the other, however long one takes', async () => {
  let running = 0;
  let most = 0;
  let polls = 0;
  const { close } = create(async () => {
    polls++;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 10_500));
    running--;
    return outcome([]);
  });
  await poll(() => polls === 1);
  jest.advanceTimersByTime(10_500);
  await nextIsDue();
  jest.advanceTimersByTime(999);
  expect([polls, running]).toEqual([1, 0]);
  jest.advanceTimersByTime(1);
  await poll(() => polls === 2);
  jest.advanceTimersByTime(10_500);
  await close(false);
  expect(most).toBe(1);
});

it('ends a poll that holds on, says so, and polls again', async () => {
  const polls: string[] = [];
  const { node, close } = create(async ({ signal }) => {
    polls.push('begin');
    if (polls.length > 1) return outcome([]);
    await new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    );
    return outcome([]);
  }, 100);
  await poll(() => node.errors.length > 0);
  expect(node.errors).toMatchObject([
    { code: 'ALLEGRO_TIMEOUT', message: expect.stringContaining('longer than 0.1 s') },
  ]);
  await nextIsDue();
  jest.advanceTimersByTime(10_000);
  await poll(() => polls.length === 2);
  await close(false);
});

it.each<[string, PollTrigger['poll'], string, string]>([
  ['what it found', () => Promise.resolve(outcome([])), '60', '1 watched, 0 active, next 15:50'],
  [
    'a short interval',
    () => Promise.resolve(outcome()),
    '10',
    '1 watched, 1 active, next 15:50:09',
  ],
  ['a failure', () => Promise.reject(away()), '3600', 'unreachable, next 16:49'],
  [
    'a time of tomorrow',
    () => Promise.reject(away()),
    '86400',
    'unreachable, next 2026-11-24 15:49',
  ],
])('shows %s and when it polls next', async (_what, run, pollSeconds, text) => {
  jest.setSystemTime(new Date(2026, 10, 23, 15, 49, 58, 500));
  const { node, close } = create(run, undefined, pollSeconds);
  await nextIsDue();
  expect(node.statuses.at(-1)).toMatchObject({ text });
  await close(false);
});

it('tells Status nodes of what changed, and the editor of each poll', async () => {
  jest.setSystemTime(new Date(2026, 10, 23, 15, 49, 0));
  const found = [
    { watched: 3, active: 0 },
    { watched: 4, active: 0 },
    { watched: 4, active: 1 },
    { watched: 4, active: 1 },
  ];
  let polled = 0;
  const run = () => {
    const summary = found[polled++];
    return summary ? Promise.resolve({ ...outcome([]), summary }) : Promise.reject(away());
  };
  const { node, close, published } = create(run, undefined, '60');
  for (let shown = 2; shown <= 7; shown++) {
    await poll(() => node.statuses.length + published.length === shown);
    if (shown < 7) jest.advanceTimersByTime(60_000);
  }
  expect(node.statuses.map(({ text }) => text)).toEqual([
    'waiting',
    '3 watched, 0 active, next 15:50',
    '4 watched, 1 active, next 15:52',
    'unreachable, next 15:54',
  ]);
  await close(false);
  const repeats = [
    { text: '4 watched, 0 active, next 15:51', fill: 'green', shape: 'dot' },
    { text: '4 watched, 1 active, next 15:53', fill: 'yellow', shape: 'dot' },
    { text: 'unreachable, next 15:55', fill: 'red', shape: 'ring' },
  ];
  expect(published).toEqual(repeats.map((data) => ({ topic: 'status/node', data, retain: true })));
});

it('sends nothing that could not be written first', async () => {
  // A file where the folder should be.
  writeFileSync(join(userDir, 'allegro-multimeter'), '');
  const { sent, node, close } = create(() => Promise.resolve(outcome()));
  await poll(() => node.errors.length > 0);
  await close(false);
  expect(sent).toEqual([]);
  expect(node.errors).toMatchObject([{ code: 'ALLEGRO_FILE' }]);
});

it('sets a damaged file aside, says so, and begins anew', async () => {
  await store().save({ state: STATE, pending: [] });
  const folder = join(userDir, 'allegro-multimeter');
  writeFileSync(join(folder, 'trigger-node.json'), '{"format":1,"sta');
  const { node, sent, close } = create(() => Promise.resolve(outcome()));
  const warnings: string[] = [];
  node.warn = ((text: string) => warnings.push(text)) as never;
  await poll(() => sent.length > 0);
  await close(false);
  expect(warnings).toEqual([expect.stringContaining('trigger-node.json.damaged')]);
  expect(readdirSync(folder)).toContain('trigger-node.json.damaged');
  expect(await load()).toEqual({ state: STATE, pending: [] });
});

it('logs a warning that comes back at every poll once an hour', () => {
  let now = 0;
  const limit = new RepeatLimit(() => now);
  const logged: string[] = [];
  const node = { warn: (text: string) => void logged.push(text) };
  for (let minute = 0; minute < 61; minute++) {
    now = minute * 60_000;
    warn({ _: english }, node, limit, say`More than ${5000 + minute} incidents.`);
  }
  warn({ _: english }, node, limit, say`Another one.`);
  // A clock that was set back by a day.
  now -= 86_400_000;
  warn({ _: english }, node, limit, say`Another one.`);
  expect(logged).toEqual([
    'More than 5000 incidents.',
    'More than 5060 incidents. (59 more like this in the last hour)',
    'Another one.',
    'Another one.',
  ]);
});
