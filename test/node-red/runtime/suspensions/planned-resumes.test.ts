import { readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AllegroError } from '../../../../client';
import { say } from '../../../../client/values/sentence';
import { fileStoreOf } from '../../../../node-red/runtime/files/file-store';
import { english } from '../../../../node-red/locales/text';
import { noteSuspensionOf } from '../../../../node-red/runtime/suspensions/leftover-suspensions';
import {
  ResumePlans,
  type ResumeTask,
} from '../../../../node-red/runtime/suspensions/planned-resumes';
import { CrashNotes } from '../../../../node-red/runtime/state/crash-notes';
import { languageOf } from '../../../../node-red/runtime/values/language';
import { resumeLeftover } from '../../../../nodes/definitions/ring-buffer/resume-leftover';
import { definitionOf, fieldOf } from '../../../support/definition-of';
import { createNode, poll, type FakeNode } from '../../../support/fake-runtime';
import { BUFFER, DEVICE, SuspensionBench } from './suspension-bench';

describe('a planned resume of a suspended ring buffer', () => {
  let bench: SuspensionBench;
  beforeEach(() => void (bench = new SuspensionBench()));
  afterEach(() => bench.remove());

  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

  /** What a process that is gone has planned. */
  const planBefore = (nodeId: string, resumeAt: string) =>
    new ResumePlans(new CrashNotes(bench.noteFolder))
      .of(nodeId, () => undefined)
      .set(BUFFER, resumeAt);

  /** A node whose message sets `msg.resumeAt` as the plan. */
  const planner = (id = 'node', baseUrl?: string): FakeNode => {
    const run: Parameters<typeof definitionOf>[0] = async function* (context, { at }) {
      await context.plannedResumes!.set(BUFFER, (at as string) || undefined);
      yield { json: { resumeAt: (await context.plannedResumes!.get(BUFFER)) ?? null } };
    };
    const fields = [fieldOf('at', 'text', { messageProperty: 'resumeAt' })];
    const definition = definitionOf(run, { resumeLeftover, fields });
    return createNode(definition, { id }, bench.userDir, bench.client(baseUrl));
  };
  const plan = async (node: FakeNode, resumeAt = '') => {
    const handled = await node.run({ resumeAt });
    expect(handled.done).toStrictEqual([undefined]);
    expect(handled.sent[0]!.payload).toEqual({ resumeAt: resumeAt || null });
  };
  const afterMinutes = async (minutes: number) => {
    await jest.advanceTimersByTimeAsync(minutes * 60_000);
    // What the timer starts reads and writes files.
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  };

  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  it('resumes it at that time, and says so until then', async () => {
    const node = planner();
    await plan(node, inMinutes(10));
    expect(node.statuses.at(-1)!.text).toMatch(/^buffer resumes at (\S+ )?\d\d:\d\d:\d\d$/);
    await afterMinutes(9);
    expect(bench.commands).toEqual([]);
    await afterMinutes(2);
    // The note is gone a moment before the status says so.
    await poll(() => node.statuses.at(-1)?.text === 'buffer resumed');
    expect(readdirSync(bench.noteFolder)).toEqual([]);
    expect(bench.commands).toEqual([false]);
    expect(node.warnings).toEqual([]);
    await node.close();
  });

  it.each([
    ['a later one replaces it', 20, [false]],
    ['none replaces it', undefined, []],
  ])('where %s', async (_what, minutes, expected) => {
    const node = planner();
    await plan(node, inMinutes(10));
    await plan(node, minutes === undefined ? '' : inMinutes(minutes));
    await afterMinutes(15);
    expect(bench.commands).toEqual([]);
    await afterMinutes(10);
    await poll(() => readdirSync(bench.noteFolder).length === 0);
    expect(bench.commands).toEqual(expected);
    await node.close();
  });

  const NOT_REACHED = new AllegroError({
    kind: 'unreachable',
    what: say`Not reached.`,
    advice: say``,
  });
  it.each([
    ['refused', false, false],
    ['refused, after a redeploy', false, true],
    ['without a response', true, false],
  ])('where a later one replaces it while it is tried: %s', async (_what, silent, isNew) => {
    let node = planner();
    await plan(node, inMinutes(10));
    bench.failure = NOT_REACHED;
    bench.isSilent = silent;
    await afterMinutes(11);
    expect(bench.questions).toBeGreaterThan(0);
    if (isNew) {
      await node.close();
      node = planner();
    }
    await plan(node, inMinutes(20));
    bench.failure = undefined;
    bench.isSilent = false;
    await afterMinutes(15);
    expect(bench.commands).toEqual([]);
    await afterMinutes(10);
    await poll(() => readdirSync(bench.noteFolder).length === 0);
    expect(bench.commands).toEqual([false]);
    await node.close();
  });

  it.each([
    ['still to come', 10, 11],
    ['over', -10, 0],
  ])('of an earlier process resumes it where the time is %s', async (_what, minutes, wait) => {
    await planBefore('node', inMinutes(minutes));
    const node = planner();
    if (minutes > 0) {
      await poll(() => node.statuses.some(({ text }) => text?.startsWith('buffer resumes at')));
      expect(bench.commands).toEqual([]);
      await afterMinutes(wait);
    }
    await poll(() => readdirSync(bench.noteFolder).length === 0);
    expect(bench.commands).toEqual([false]);
    await node.close();
  });

  it('of an earlier process that is tried again is ended by a later one', async () => {
    bench.failure = NOT_REACHED;
    await planBefore('node', inMinutes(-10));
    const node = planner();
    await poll(() => node.errors.length > 0);
    await plan(node, inMinutes(20));
    bench.failure = undefined;
    await afterMinutes(15);
    expect(bench.commands).toEqual([]);
    await node.close();
  });

  it('of an earlier process is the latest one of the buffer', async () => {
    await planBefore('node', inMinutes(10));
    await jest.advanceTimersByTimeAsync(1);
    await planBefore('node', inMinutes(30));
    await bench.crash();
    const node = planner();
    await poll(() => readdirSync(bench.noteFolder).length === 1);
    await afterMinutes(20);
    expect(bench.commands).toEqual([]);
    await afterMinutes(11);
    await poll(() => bench.commands.length > 0);
    expect(bench.commands).toEqual([false]);
    await node.close();
  });

  it('of an earlier process is not forgotten because its note cannot be read', async () => {
    await planBefore('node', inMinutes(-10));
    const [name] = readdirSync(bench.noteFolder);
    const path = join(bench.noteFolder, name!);
    // Reading a link to itself fails, also for root.
    rmSync(path);
    symlinkSync(name!, path);
    const before = planner();
    await plan(before);
    await before.close();
    expect([readdirSync(bench.noteFolder), bench.commands]).toEqual([[name], []]);
    expect(before.errors).toEqual([
      expect.stringContaining(`may stay suspended: what an earlier Node-RED has noted`),
    ]);
    expect(before.errors[0]).toContain(`(${path}, ELOOP)`);
  });

  it('whose note is damaged is reported', async () => {
    await planBefore('node', inMinutes(-10));
    const [name] = readdirSync(bench.noteFolder);
    writeFileSync(join(bench.noteFolder, name!), '{"device": "https://all');
    const node = planner();
    await plan(node);
    await node.close();
    expect(node.errors).toEqual([expect.stringMatching(/may stay suspended: .* was damaged/)]);
    expect([readdirSync(bench.noteFolder), bench.commands]).toEqual([[], []]);
  });

  it('is the later one of two that are made at once', async () => {
    const node = planner();
    await Promise.all([plan(node, inMinutes(10)), plan(node, inMinutes(20))]);
    expect(readdirSync(bench.noteFolder)).toHaveLength(1);
    await afterMinutes(15);
    expect(bench.commands).toEqual([]);
    await node.close();
  });

  it('waits for the command that it belongs to', async () => {
    const notes = new CrashNotes(bench.noteFolder);
    const plans = new ResumePlans(notes);
    const tasks: ResumeTask[] = [];
    await plans.add({
      ...{ nodeId: 'node', reaches: () => true, planned: () => undefined },
      ...{ cannotReach: () => undefined, unreadable: () => undefined },
      resume: async (task) => void tasks.push(task),
    });
    const { exclusively, set } = plans.of('node', () => undefined);
    let arrive: (() => void) | undefined;
    const suspending = exclusively(BUFFER, async () => {
      await set(BUFFER, inMinutes(1));
      await new Promise<void>((resolve) => (arrive = resolve));
    });
    let isNext = false;
    const next = exclusively(BUFFER, async () => void (isNext = true));
    await poll(() => arrive !== undefined);
    await afterMinutes(2);
    expect([tasks.length, isNext]).toEqual([0, false]);
    arrive!();
    await Promise.all([suspending, next]);
    await afterMinutes(0);
    expect([tasks.length, isNext]).toEqual([1, true]);
  });

  it('is given up after a day of tries, which is reported', async () => {
    const node = planner();
    await plan(node, inMinutes(1));
    bench.failure = NOT_REACHED;
    await afterMinutes(24 * 60);
    expect(node.errors).toHaveLength(1);
    await afterMinutes(2 * 60);
    expect(node.errors[1]).toMatch(/tried for about a day/);
    const count = bench.questions;
    await afterMinutes(60);
    expect(bench.questions).toBe(count);
    // The next start of the node tries again.
    bench.failure = undefined;
    await node.close();
    const after = planner();
    await poll(() => readdirSync(bench.noteFolder).length === 0);
    expect(bench.commands).toEqual([false]);
    await after.close();
  });

  it('is taken over by another node of the appliance if its own is removed meanwhile', async () => {
    const [node, other] = [planner(), planner('other')];
    await plan(node, inMinutes(10));
    bench.failure = NOT_REACHED;
    await afterMinutes(11);
    expect(node.errors).toHaveLength(1);
    bench.failure = undefined;
    await node.close(true);
    await poll(() => readdirSync(bench.noteFolder).length === 0);
    expect([bench.commands, node.warnings]).toEqual([[false], []]);
    await other.close();
  });

  it('is dropped by a run that suspends and resumes the buffer itself, once it is due', async () => {
    const notes = new CrashNotes(bench.noteFolder);
    const node = planner();
    await plan(node, inMinutes(10));
    const { resumePlans } = fileStoreOf({ settings: { userDir: bench.userDir } } as never);
    const language = languageOf({ _: english });
    const note = noteSuspensionOf({ suspensions: notes, resumePlans }, node as never, language);
    const settle = await note({ ...BUFFER, suspendedAt: inMinutes(0) });
    expect(readdirSync(bench.noteFolder)).toHaveLength(2);
    bench.failure = NOT_REACHED;
    await afterMinutes(11);
    await settle();
    await (
      await note({ ...BUFFER, suspendedAt: inMinutes(0) })
    )();
    expect(readdirSync(bench.noteFolder)).toEqual([]);
    bench.failure = undefined;
    await afterMinutes(10);
    expect(bench.commands).toEqual([]);
    await node.close();
  });

  it('outlives a redeploy of its node', async () => {
    const before = planner();
    await plan(before, inMinutes(10));
    await before.close();
    const after = planner();
    await poll(() => after.statuses.some(({ text }) => text?.startsWith('buffer resumes at')));
    await afterMinutes(11);
    await poll(() => bench.commands.length > 0);
    expect(bench.commands).toEqual([false]);
    await after.close();
  });

  it('is reported when it is due and its node has another appliance by then', async () => {
    const before = planner();
    await plan(before, inMinutes(10));
    await before.close();
    const after = planner('node', 'https://other');
    await afterMinutes(11);
    expect(after.errors).toEqual([expect.stringMatching(/cannot reach the appliance now/)]);
    expect(after.statuses.at(-1)).toMatchObject({ fill: 'red', text: 'buffer suspended' });
    expect([bench.commands, readdirSync(bench.noteFolder)]).toEqual([[], [expect.any(String)]]);
    await after.close();
  });

  it.each([
    ['another node of the appliance resumes it', DEVICE, [], [false]],
    ['a warning says that nobody does', 'https://other', [expect.stringMatching('removed')], []],
  ])('outlives its node: %s', async (_what, others, warnings, expected) => {
    const node = planner();
    const other = planner('other', others);
    await plan(node, inMinutes(10));
    await node.close(true);
    expect(node.warnings).toEqual(warnings);
    await afterMinutes(11);
    if (expected.length > 0) await poll(() => bench.commands.length > 0);
    expect(bench.commands).toEqual(expected);
    await other.close();
  });
});
