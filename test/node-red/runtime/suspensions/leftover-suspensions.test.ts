import { readdirSync } from 'node:fs';
import { AllegroError } from '../../../../client';
import { say } from '../../../../client/values/sentence';
import { resumeLeftover } from '../../../../nodes/definitions/ring-buffer/resume-leftover';
import { definitionOf } from '../../../support/definition-of';
import {
  createNode,
  poll,
  settled,
  type FakeNode,
  type Handled,
} from '../../../support/fake-runtime';
import { DEVICE, SuspensionBench } from './suspension-bench';

describe('a ring buffer that a crashed process has left suspended', () => {
  let bench: SuspensionBench;
  beforeEach(() => void (bench = new SuspensionBench()));
  afterEach(() => bench.remove());

  const start = (baseUrl?: string): { node: FakeNode; handled: Handled } => {
    const run = async function* () {
      yield { json: { commands: bench.commands.length } };
    };
    const node = createNode(
      definitionOf(run, { resumeLeftover }),
      {},
      bench.userDir,
      bench.client(baseUrl),
    );
    return { node, handled: node.handle({}) };
  };

  it.each([
    ['node', true, [false], 'Resumed'],
    ['a node that was deleted', true, [false], 'Resumed'],
    ['node', undefined, [false], 'Resumed'],
    ['node', false, [], 'Someone else resumed'],
  ])('by %s (suspended: %s) gets the commands %j', async (id, suspended, expected, report) => {
    bench.isSuspended = suspended;
    await bench.crash(id);
    const { node, handled } = start();
    await settled(handled);
    expect(bench.commands).toEqual(expected);
    // A run that began earlier would take it for somebody else's.
    expect(handled.sent[0]!.payload).toEqual({ commands: expected.length });
    expect(node.warnings).toEqual([
      expect.stringMatching(`^${report} ring buffer 2 of ${DEVICE} branch-1`),
    ]);
    expect(node.statuses).toContainEqual(expect.objectContaining({ text: 'buffer resumed' }));
    expect(readdirSync(bench.noteFolder)).toEqual([]);
    await node.close();
  });

  it('is resumed by one node only, and not by those of another appliance', async () => {
    await bench.crash('other');
    const others = start('https://allegro-mm-other');
    await settled(others.handled);
    expect(bench.commands).toEqual([]);
    const [one, two] = [start(), start()];
    await Promise.all([settled(one.handled), settled(two.handled)]);
    expect(bench.commands).toEqual([false]);
  });

  it.each([
    ['permission', undefined, 'lacks the permission'],
    ['the node has another appliance', 'https://allegro-mm-other', 'cannot reach'],
  ])('is reported where it cannot be resumed: %s', async (_what, baseUrl, reason) => {
    bench.failure = new AllegroError({
      kind: 'permission',
      what: say`The token lacks the permission.`,
      advice: say``,
    });
    await bench.crash();
    const { node, handled } = start(baseUrl);
    await settled(handled);
    expect(node.errors).toEqual([expect.stringContaining(reason)]);
    expect(node.statuses).toContainEqual(expect.objectContaining({ text: 'buffer suspended' }));
    expect(readdirSync(bench.noteFolder)).toHaveLength(1);
    await node.close();
  });

  it('is tried again while the appliance cannot be reached', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    bench.failure = new AllegroError({
      kind: 'unreachable',
      what: say`Not reached.`,
      advice: say``,
    });
    await bench.crash();
    const { node, handled } = start();
    await settled(handled);
    expect(node.errors).toHaveLength(1);
    bench.failure = undefined;
    await jest.advanceTimersByTimeAsync(3000);
    await poll(() => readdirSync(bench.noteFolder).length === 0);
    expect(bench.commands).toEqual([false]);
    jest.useRealTimers();
    await node.close();
  });

  it('is resumed by the redeployed node if a redeploy ends the first try', async () => {
    bench.isSilent = true;
    await bench.crash();
    const before = start();
    await poll(() => bench.questions > 0);
    await before.node.close();
    bench.isSilent = false;
    const { node, handled } = start();
    await settled(handled);
    expect(bench.commands).toEqual([false]);
    await node.close();
  });
});
