import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllegroError } from '../../../../client';
import { CrashNotes } from '../../../../node-red/runtime/files/crash-notes';
import { noteSuspensionOf } from '../../../../node-red/runtime/nodes/leftover-suspensions';
import type { RuntimeNode } from '../../../../node-red/runtime/runtime-api';
import { resumeLeftover } from '../../../../nodes/definitions/ring-buffer/resume-leftover';
import type { FakeNode } from '../../../support/fake-runtime';
import { definitionOf } from '../../../support/definition-of';
import { createNode, poll, settled, type Handled } from '../../../support/fake-runtime';

const DEVICE = 'https://allegro-mm-1a2b';

describe('a ring buffer that a crashed process has left suspended', () => {
  let userDir: string;
  let commands: boolean[];
  let isSuspended: boolean | undefined;
  let failure: Error | undefined;
  const noteFolder = () => join(userDir, 'allegro-multimeter', 'suspended');
  const client = (baseUrl = DEVICE) => ({
    baseUrl,
    isRingBufferSuspended: () => Promise.resolve(isSuspended),
    setRingBufferSuspended: (_buffer: number, suspended: boolean) => {
      if (failure) return Promise.reject(failure);
      commands.push(suspended);
      return Promise.resolve({});
    },
  });

  beforeEach(() => {
    userDir = mkdtempSync(join(tmpdir(), 'allegro-crash-'));
    commands = [];
    isSuspended = true;
    failure = undefined;
  });
  afterEach(() => rmSync(userDir, { recursive: true }));

  /** What a process that is gone has written. */
  async function crash(nodeId = 'node'): Promise<void> {
    const node = { id: nodeId, warn: () => undefined } as unknown as RuntimeNode;
    const buffer = { device: DEVICE, address: { mmId: 'branch-1' }, ringBuffer: 2 };
    await noteSuspensionOf(new CrashNotes(noteFolder()), node)({ ...buffer, suspendedAt: 'then' });
  }

  const start = (baseUrl?: string): { node: FakeNode; handled: Handled } => {
    const run = async function* () {
      yield { json: { commands: commands.length } };
    };
    const node = createNode(definitionOf(run, { resumeLeftover }), {}, userDir, client(baseUrl));
    return { node, handled: node.handle({}) };
  };

  it.each([
    ['node', true, [false], 'Resumed'],
    ['a node that was deleted', true, [false], 'Resumed'],
    ['node', undefined, [false], 'Resumed'],
    ['node', false, [], 'Somebody has resumed'],
  ])('by %s (suspended: %s) gets the commands %j', async (id, suspended, expected, report) => {
    isSuspended = suspended;
    await crash(id);
    const { node, handled } = start();
    await settled(handled);
    expect(commands).toEqual(expected);
    // A run that began earlier would take it for somebody else's.
    expect(handled.sent[0]!.payload).toEqual({ commands: expected.length });
    expect(node.warnings).toEqual([
      expect.stringMatching(`^${report} ring buffer 2 of ${DEVICE} branch-1`),
    ]);
    expect(node.statuses).toContainEqual(expect.objectContaining({ text: 'buffer resumed' }));
    expect(readdirSync(noteFolder())).toEqual([]);
    await node.close();
  });

  it('is resumed by one node only, and not by those of another appliance', async () => {
    await crash('other');
    const others = start('https://allegro-mm-other');
    await settled(others.handled);
    expect(commands).toEqual([]);
    const [one, two] = [start(), start()];
    await Promise.all([settled(one.handled), settled(two.handled)]);
    expect(commands).toEqual([false]);
  });

  it.each([
    ['permission', undefined, 'lacks the permission'],
    ['the node has another appliance', 'https://allegro-mm-other', 'cannot reach'],
  ])('is reported where it cannot be resumed: %s', async (_what, baseUrl, reason) => {
    failure = new AllegroError({
      kind: 'permission',
      what: 'The token lacks the permission.',
      advice: '',
    });
    await crash();
    const { node, handled } = start(baseUrl);
    await settled(handled);
    expect(node.errors).toEqual([expect.stringContaining(reason)]);
    expect(node.statuses).toContainEqual(expect.objectContaining({ text: 'buffer suspended' }));
    expect(readdirSync(noteFolder())).toHaveLength(1);
    await node.close();
  });

  it('is tried again while the appliance cannot be reached', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    failure = new AllegroError({ kind: 'unreachable', what: 'Not reached.', advice: '' });
    await crash();
    const { node, handled } = start();
    await settled(handled);
    expect(node.errors).toHaveLength(1);
    failure = undefined;
    await jest.advanceTimersByTimeAsync(3000);
    await poll(() => readdirSync(noteFolder()).length === 0);
    expect(commands).toEqual([false]);
    jest.useRealTimers();
    await node.close();
  });
});
