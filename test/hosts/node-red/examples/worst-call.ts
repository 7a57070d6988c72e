import { until } from '../../../../scripts/hosts/node-red-host';
import { CAPTURE_PATH, emptyCapture } from '../../../contract/support/capture-faults';
import { named, type ExampleBench } from './example-bench';
import { hashOf } from '../support/simulator-bench';
import { parts } from './alert-to-pcap';

const NAME = '07-worst-call';

export function worstCall(get: () => ExampleBench): void {
  it('mails the packets of the worst call, down to the last one', async () => {
    const { simulator, neighbours, press } = parts(get());
    const nodes = await get().deploy(NAME, undefined, { LOSS_LIMIT_PERCENT: '0' });
    await press(nodes, 'Every hour');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toMatch(/^Call with [\d.]+ % loss: [\d.]+ and [\d.]+$/);
    const [asked] = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    const query = new URL(asked!.url, simulator.url).searchParams;
    const expression = query.get('expression')!;
    const [startUs, endUs] = [Number(query.get('startTime')), Number(query.get('endTime'))];
    const file = await simulator.fileOf(expression, startUs, endUs);
    expect(hashOf(mail!.attachments[0]!.content)).toBe(hashOf(file));
    expect(mail!.text).toContain(hashOf(file));
    // All packets of the call, not only those up to the millisecond that the appliance names.
    const within = await simulator.packetsIn(expression, startUs, endUs);
    const all = await simulator.packetsIn(expression, startUs - 5e6, endUs + 5e6);
    expect(within.packets).toBe(all.packets);
  });

  it('says so where not a byte came, and where a limit cut the file', async () => {
    const { simulator, neighbours, press } = parts(get());
    const limit = { LOSS_LIMIT_PERCENT: '0' };
    const nodes = await get().deploy(NAME, undefined, limit);
    simulator.faults.add(emptyCapture);
    await press(nodes, 'Every hour');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    expect(neighbours.mail.mails[0]!.text).toMatch(/buffer holds no packets of it.*No bytes/s);
    expect(neighbours.mail.mails[0]!.attachments).toEqual([]);
    simulator.faults.clear();
    const cut = await get().deploy(
      NAME,
      (all) => Object.assign(named(all, 'Its packets'), { maxMegabytes: '0.002' }),
      limit,
    );
    await press(cut, 'Every hour');
    await until('the mail', () => neighbours.mail.mails.length > 1);
    expect(neighbours.mail.mails[1]!.text).toContain(
      'The size limit ended the file: there are more packets.',
    );
  });

  it('mails nothing where no call was bad', async () => {
    const { bench, simulator, neighbours, press } = parts(get());
    const nodes = await get().deploy(NAME, undefined, { LOSS_LIMIT_PERCENT: '99' });
    await press(nodes, 'Every hour');
    const { id } = named(nodes, 'Worst call');
    await until('the outcome', () => bench.events.statusesOf(id).length > 0);
    expect(bench.events.statusesOf(id)).toEqual([expect.stringMatching(/^\d+ calls$/)]);
    expect(simulator.requests.filter(({ path }) => path === CAPTURE_PATH)).toEqual([]);
    expect(neighbours.mail.mails).toEqual([]);
  });

  it('tells a person when the appliance fails', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 403 });
    await press(nodes, 'Every hour');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the worst call of the hour');
  });
}
