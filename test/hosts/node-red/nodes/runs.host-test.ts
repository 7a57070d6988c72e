import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { until, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { countClassic } from '../../../support/pcap-fixtures';
import { ENDLESS_HOST } from '../../stub-appliance';
import { cancelFlow, otherFlow, watchFlow } from '../support/host-flows';
import { useStubHost } from '../support/use-stub-host';

const bench = useStubHost();
const { deploy, post, filesIn } = bench;

interface Seen {
  status?: { text?: string; fill?: string };
  complete?: string;
  caught?: { code: string };
  number?: number;
}

interface Finished {
  filename: string;
  payload: { packets: number; sha256: string; warnings: string[] };
}

const ENDLESS = { captureSource: 'live', liveSeconds: '3600', host: ENDLESS_HOST };
const AROUND = { captureSource: 'ringBuffer', timeMode: 'around', captureScope: 'all' };
const alertTime = () => new Date(Date.now() - 300_000).toISOString();

/** Sends a message whose answer nobody waits for: a redeploy may take it away. */
function send(path: string, body: unknown = {}): void {
  post(path, body).catch(() => undefined);
}

const capturing = (count: number) =>
  until(`${count} captures to run`, () => bench.appliance.openCaptures === count);

/** What the watching nodes have seen since the last call; waits until it is enough. */
async function seen(isEnough: (all: Seen[]) => boolean = () => true): Promise<Seen[]> {
  const all: Seen[] = [];
  await until('what the watching nodes are to see', async () => {
    all.push(...(await bench.host.json<Seen[]>('/seen')));
    return isEnough(all);
  });
  return all;
}

const shows = (text: RegExp) => (all: Seen[]) =>
  all.some(({ status }) => text.test(status?.text ?? ''));
const caughtIn = (all: Seen[]) => all.filter(({ caught }) => caught);

describe('Complete, Catch and Status nodes', () => {
  it('see the end of a capture and its outcome', async () => {
    await deploy('capturePcap', { ...AROUND, fileFolder: 'seen' }, watchFlow());
    await post('/run', { alertTime: alertTime(), number: 1 });
    const all = await seen((entries) => entries.some(({ complete }) => complete));
    expect(all.filter(({ complete }) => complete)).toEqual([
      { complete: expect.any(String), number: 1 },
    ]);
    expect(all.filter(({ caught }) => caught)).toEqual([]);
    expect(all.filter(({ status }) => status).at(0)?.status).toMatchObject({ text: 'running' });
    expect(all.filter(({ status }) => status).at(-1)?.status).toMatchObject({
      fill: 'green',
      text: '200 packets, 23.2 kB',
    });
  });

  it('see a failure once, and no completion', async () => {
    await deploy('capturePcap', AROUND, watchFlow());
    await post('/run', { alertTime: 'yesterday', number: 2 });
    const all = await seen(
      (entries) => caughtIn(entries).length > 0 && shows(/not valid/)(entries),
    );
    expect(all.filter(({ complete, caught }) => complete ?? caught)).toEqual([
      { caught: expect.objectContaining({ code: 'ALLEGRO_INPUT' }), number: 2 },
    ]);
    expect(all.at(-1)?.status ?? all.at(-2)?.status).toMatchObject({
      fill: 'red',
      text: 'Time of the Alert not valid',
    });
  });

  it('see progress with bytes, packets and rate, at most about twice a second', async () => {
    await deploy('capturePcap', { ...ENDLESS, fileFolder: 'progress' }, [
      ...watchFlow(),
      ...cancelFlow(),
    ]);
    const began = Date.now();
    send('/run');
    await capturing(1);
    const isProgress = /^[\d.]+ kB, [\d,]+ packets, [\d.]+ kB\/s$/;
    const before = await seen(
      (all) => all.filter(({ status }) => isProgress.test(status?.text ?? '')).length >= 3,
    );
    await post('/cancel');
    const after = await seen(shows(/^cancelled$/));
    const seconds = (Date.now() - began) / 1000;
    const texts = [...before, ...after].flatMap(({ status }) => status?.text ?? []);
    expect(texts.length).toBeLessThanOrEqual(2 * seconds + 3);
    expect(texts.at(-1)).toBe('cancelled');
  });
});

describe('a live capture that a person has enough of', () => {
  it('ends by msg.finish with a whole file of what there was', async () => {
    const config = { ...ENDLESS, fileFolder: 'finished' };
    await deploy('capturePcap', config, watchFlow());
    const reply = post('/run');
    await capturing(1);
    await seen(shows(/ kB, [1-9][\d,]* packets, /));
    send('/run', { finish: true });
    const { payload, filename } = (await (await reply).json()) as Finished;
    expect(payload).toMatchObject({ complete: true, endedBy: 'finish' });
    // On a busy machine the clocks may seem to differ.
    expect(payload.warnings.filter((text) => !text.startsWith('The clock of the'))).toEqual([]);
    expect(payload.packets).toBeGreaterThan(0);
    const file = readFileSync(filename);
    expect(countClassic(file, true)).toBe(payload.packets);
    expect(createHash('sha256').update(file).digest('hex')).toBe(payload.sha256);
    await capturing(0);
    expect(filesIn('finished')).toHaveLength(1);
  });
});

describe('messages faster than captures', () => {
  it('wait, are shown, and are ended by msg.cancel, each with one outcome', async () => {
    const config = { ...ENDLESS, fileFolder: 'queue', maxWaiting: '2' };
    await deploy('capturePcap', config, [...watchFlow(), ...cancelFlow()]);
    send('/run', { number: 1 });
    await capturing(1);
    send('/run', { number: 2 });
    await seen(shows(/1 waiting$/));
    send('/run', { number: 3 });
    await seen(shows(/2 waiting$/));
    send('/run', { number: 4 });
    expect(caughtIn(await seen((all) => caughtIn(all).length > 0))).toEqual([
      { caught: expect.objectContaining({ code: 'ALLEGRO_BUSY' }), number: 4 },
    ]);
    expect(bench.appliance.openCaptures).toBe(1);
    await post('/cancel');
    await capturing(0);
    const all = await seen((entries) => caughtIn(entries).length >= 3);
    const caught = caughtIn(all);
    expect(caught.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
    expect(new Set(caught.map((entry) => entry.caught?.code))).toEqual(
      new Set(['ALLEGRO_CANCELLED']),
    );
    // Only the message that cancelled has done what it was meant to.
    expect(all.filter(({ complete }) => complete)).toHaveLength(1);
    expect(filesIn('queue')).toEqual([]);
  });

  it('run in parallel up to the number that the node says', async () => {
    const config = { ...ENDLESS, fileFolder: 'parallel', whenBusy: 'parallel', maxParallel: '2' };
    await deploy('capturePcap', config, cancelFlow());
    for (let i = 0; i < 3; i++) send('/run');
    await capturing(2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(bench.appliance.openCaptures).toBe(2);
    await post('/cancel');
    await capturing(0);
    // The appliance sees the end of a capture before its file is gone.
    await until('the files to be gone', () => filesIn('parallel').length === 0);
  });
});

describe.each(['flows', 'nodes'] as const)('a deploy of changed %s', (what) => {
  const other = (label: string) => {
    const node = bench.make
      .flowFor('capturePcap', { ...ENDLESS, fileFolder: `other-${what}` })
      .find(({ id }) => id === 'node')!;
    return otherFlow(node, label);
  };

  it('leaves the captures of other flows alone', async () => {
    const first = bench.make.flowFor('capturePcap', { ...ENDLESS, fileFolder: `kept-${what}` }, [
      ...cancelFlow(),
      ...watchFlow(),
    ]);
    await bench.host.deploy([...first, ...other('Other')]);
    send('/run');
    send('/other');
    await capturing(2);
    // The appliance knows of a capture before its first bytes are in a file.
    await until('the files of both', () =>
      ['kept', 'other'].every((name) => filesIn(`${name}-${what}`).length === 1),
    );
    const kept = filesIn(`kept-${what}`);
    const changed = other('Changed').map((node) =>
      node.id === 'other' ? { ...node, liveSeconds: '3601' } : node,
    );
    // As the editor sends it: a login only when it was entered anew, which is a change.
    const saved = [...first, ...changed].map(({ credentials: _login, ...node }) => node);
    await bench.host.deploy(saved as FlowNode[], what);
    await capturing(1);
    expect(filesIn(`other-${what}`)).toEqual([]);
    expect(filesIn(`kept-${what}`)).toEqual(kept);
    await seen(shows(/ packets, /));
    // The redeployed flow shows nothing; what goes on still does.
    await seen(shows(/ packets, /));
    expect(bench.appliance.openCaptures).toBe(1);
    await post('/cancel');
    await capturing(0);
  });
});
