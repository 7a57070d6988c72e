import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../scripts/hosts/node-red-host';
import type { Fault } from '../../../../simulator';
import { CAPTURE_PATH } from '../../../contract/support/capture-faults';
import type { ExampleBench } from './example-bench';
import { parts } from './alert-to-pcap';

const NAME = '03-preserve-the-buffer';

export function preserveTheBuffer(get: () => ExampleBench): void {
  const fill = (minutes: string, reason = 'Incident 4711') =>
    fetch(`${get().url}/allegro/preserve`, {
      method: 'POST',
      body: new URLSearchParams({ reason, minutes, name: 'Anna' }),
    });
  const changes = () =>
    get().simulator.requests.filter(
      ({ method, path }) => method === 'POST' && path.startsWith(`${CAPTURE_PATH}/buffer`),
    );
  /** The appliance obeys, but what it answers is lost. */
  const lostAnswer: Fault = {
    kind: 'cut',
    afterBytes: 0,
    framing: 'length',
    method: 'POST',
    path: `${CAPTURE_PATH}/buffer`,
  };
  const note = () => join(get().bench.host.userDir, 'allegro-preserve.json');

  it('suspends on the word of a form, reminds, and records again', async () => {
    const { simulator, neighbours, url, deploy } = parts(get());
    await deploy(NAME);
    const page = await (await fetch(`${url}/allegro/preserve`)).text();
    for (const name of ['reason', 'minutes', 'name']) expect(page).toContain(`name="${name}"`);
    const response = await fill('0.25');
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^The ring buffer is suspended until \d{4}-/);
    expect(simulator.isBufferSuspended()).toBe(true);
    await until('the end', () => neighbours.chat.messages.length === 3);
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([
      'Ring buffer suspended: Incident 4711',
      'Reminder: the ring buffer is still suspended',
      'Ring buffer resumed',
    ]);
    expect(neighbours.chat.transcript).toMatch(/By Anna, on https:/);
    await until('the note to go', () => !existsSync(note()));
  });

  it('goes on waiting after a restart of the flow, for what is left of the time', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    await fill('0.3');
    await until('the note', () => existsSync(note()));
    expect(simulator.isBufferSuspended()).toBe(true);
    // A full deploy ends all nodes, delays included, as a restart does.
    await deploy(NAME);
    expect(simulator.isBufferSuspended()).toBe(true);
    await until('the end', () => !simulator.isBufferSuspended());
    await until('the word of it', () => neighbours.chat.transcript.includes('Ring buffer resumed'));
    await until('the note to go', () => !existsSync(note()));
  });

  it('stands still until the later end where two ask for it at once', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    await fill('0.3');
    const second = Date.now() + 24_000;
    expect((await fill('0.4', 'Incident 4712')).status).toBe(200);
    // A short one does not shorten it.
    expect((await fill('0.05', 'Incident 4713')).status).toBe(200);
    await until('the end', () => !simulator.isBufferSuspended());
    expect(Date.now()).toBeGreaterThan(second - 1000);
    await until('the word of it', () => neighbours.chat.transcript.includes('Ring buffer resumed'));
    const ends = neighbours.chat.messages.filter(({ text }) => text === 'Ring buffer resumed');
    expect(ends).toHaveLength(1);
    expect(neighbours.chat.transcript).toContain(
      'It was suspended for: Incident 4711; Incident 4712; Incident 4713',
    );
    await until('the note to go', () => !existsSync(note()));
  });

  it('resumes where the appliance obeyed, but its answer was lost', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ ...lostAnswer, times: 1 });
    expect((await fill('1')).status).toBe(502);
    await until('it to record again', () => changes().length === 2);
    await until('two messages', () => neighbours.chat.messages.length === 2);
    expect(simulator.isBufferSuspended()).toBe(false);
    expect(neighbours.chat.messages.map(({ text }) => text).sort()).toEqual([
      'Failed: the ring buffer could not be suspended',
      'Ring buffer resumed',
    ]);
    await until('the note to go', () => !existsSync(note()));
  });

  it('keeps what another was promised where the next request fails', async () => {
    const { simulator, deploy } = parts(get());
    await deploy(NAME);
    await fill('0.3');
    const noted = readFileSync(note(), 'utf8');
    simulator.faults.add({ ...lostAnswer, times: 1 });
    expect((await fill('1', 'Incident 4712')).status).toBe(502);
    await until('its note again', () => readFileSync(note(), 'utf8') === noted);
    expect(simulator.isBufferSuspended()).toBe(true);
    await until('the end', () => !simulator.isBufferSuspended());
    await until('the note to go', () => !existsSync(note()));
  });

  it('has noted until when before it suspends', async () => {
    const { simulator, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ kind: 'stallBeforeHeaders', method: 'POST', times: 1 });
    // Nobody will answer it.
    void fill('0.05').catch(() => undefined);
    await until('the request', () => changes().length === 1);
    expect(existsSync(note())).toBe(true);
    // As if Node-RED had died in that moment.
    await deploy(NAME);
    await until('it to record again', () => changes().length === 2);
    expect(simulator.isBufferSuspended()).toBe(false);
    await until('the note to go', () => !existsSync(note()));
  });

  it.each(['', '{"reason":"In', 'null', '{}'])('tells of a damaged note: %s', async (text) => {
    const { neighbours, deploy } = parts(get());
    writeFileSync(note(), text);
    await deploy(NAME);
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the ring buffer may be suspended');
    expect(neighbours.chat.transcript).toContain('allegro-preserve.json is damaged');
    expect(changes()).toEqual([]);
    rmSync(note());
  });

  it('tells the person at the form, and Slack, that nothing was suspended', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 403, method: 'POST' });
    const response = await fill('1');
    expect(response.status).toBe(502);
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe(
      'Failed: the ring buffer could not be suspended',
    );
    expect(existsSync(note())).toBe(false);
    expect(changes()).toHaveLength(1);
    expect((await fill('9999')).status).toBe(502);
    expect(simulator.isBufferSuspended()).toBe(false);
  });

  it('tries five times, and cries out when the buffer stays suspended', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME, (nodes) => {
      const tries = nodes.find(({ name }) => name === 'Five tries')!;
      tries.func = String(tries.func).replace('5000', '50');
    });
    simulator.faults.add({ kind: 'answer', status: 500, method: 'POST', skip: 1 });
    await fill('0.05');
    await until('the cry', () => /STILL SUSPENDED/.test(neighbours.chat.transcript));
    expect(changes()).toHaveLength(6);
    simulator.faults.clear();
    writeFileSync(note(), JSON.stringify({ reason: 'Test', name: 'Test', minutes: 1, until: 0 }));
    await deploy(NAME);
    await until('it to record again', () => !simulator.isBufferSuspended());
  });
}
