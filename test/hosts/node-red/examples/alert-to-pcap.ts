import { until } from '../../../../scripts/hosts/node-red-host';
import { PRTG_ALERT, SURICATA_ALERT, ZABBIX_ALERT } from '../../../examples/alerts';
import { STEADY_HOST } from '../../../../simulator';
import { CAPTURE_PATH, cutCapture } from '../../../contract/support/capture-faults';
import { named, type ExampleBench } from './example-bench';
import { hashOf } from '../../truth';

const NAME = '01-alert-to-pcap';
const FILTER = `ip==${STEADY_HOST}`;

export function alertToPcap(get: () => ExampleBench): void {
  const seconds = () => Math.floor(get().simulator.nowUs() / 1e6) - 200;
  const suricata = (time: number) => ({
    ...SURICATA_ALERT,
    timestamp: new Date(time * 1000).toISOString().replace('Z', '000+0000'),
  });
  const post = async (alert: object) => {
    const response = await fetch(`${get().url}/allegro/alert-to-mail`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(alert),
    });
    expect(response.status).toBe(202);
  };

  it('posts and mails exactly the packets around a Suricata alert', async () => {
    const { simulator, neighbours, ...bench } = parts(get());
    await bench.deploy(NAME);
    const time = seconds();
    await post(suricata(time));
    await untilBoth(neighbours);
    const [startUs, endUs] = [(time - 60) * 1e6, (time + 60) * 1e6] as const;
    const truth = await simulator.packetsIn(FILTER, startUs, endUs);
    const file = await simulator.fileOf(FILTER, startUs, endUs);
    const [mail] = neighbours.mail.mails;
    expect(mail).toMatchObject({ from: 'allegro@example.com', to: [neighbours.mail.address] });
    expect(mail!.subject).toBe(`${SURICATA_ALERT.alert.signature} (${STEADY_HOST})`);
    expect(mail!.text).toContain(`${truth.packets.toLocaleString('en-US')} packets`);
    expect(mail!.attachments).toHaveLength(1);
    expect(hashOf(mail!.attachments[0]!.content)).toBe(hashOf(file));
    expect(neighbours.chat.transcript).toContain(mail!.text.trim());
    expect(neighbours.chat.refused).toEqual([]);
  });

  it.each([
    ['Zabbix', ZABBIX_ALERT, 'High ICMP ping loss'],
    ['PRTG', PRTG_ALERT, PRTG_ALERT.message],
  ])('understands an alert of %s', async (system, alert, title) => {
    const { simulator, neighbours, ...bench } = parts(get());
    await bench.deploy(NAME, (nodes) => {
      // PRTG's alert is about now: a minute after it would be a minute's wait.
      const seconds = { secondsBefore: '20', secondsAfter: '1' };
      Object.assign(named(nodes, 'Packets around alert'), seconds);
    });
    const time = String(seconds());
    if (system === 'PRTG') {
      const body = new URLSearchParams(alert);
      await fetch(`${bench.url}/allegro/alert-to-mail`, { method: 'POST', body });
    } else await post({ ...alert, event_timestamp: time });
    await untilBoth(neighbours);
    expect(neighbours.chat.messages[0]!.text).toBe(`${title} (${STEADY_HOST})`);
    const [asked] = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    const query = new URL(asked!.url, simulator.url).searchParams;
    if (system === 'Zabbix') {
      const startUs = (Number(time) - 20) * 1e6;
      expect(query.get('startTime') ?? query.get('starttime')).toBe(String(startUs));
      const file = await simulator.fileOf(FILTER, startUs, (Number(time) + 1) * 1e6);
      expect(hashOf(neighbours.mail.mails[0]!.attachments[0]!.content)).toBe(hashOf(file));
    }
  });

  it('says so where there are no packets, and where there are too many', async () => {
    const { neighbours, ...bench } = parts(get());
    await bench.deploy(NAME);
    await post({ ...suricata(seconds()), src_ip: '192.0.2.99' });
    await untilBoth(neighbours);
    expect(neighbours.chat.transcript).toContain('No packets for ip==192.0.2.99');
    await bench.deploy(NAME, (nodes) => {
      named(nodes, 'Packets around alert').maxMegabytes = '0.001';
      for (const name of ['As a Teams card', 'Post to Teams']) named(nodes, name).d = false;
    });
    await post(suricata(seconds()));
    await until('the message', () => neighbours.chat.messages.length === 2);
    await until('the card', () => neighbours.teams.cards.length === 1);
    await until('the mail', () => neighbours.mail.mails.length === 2);
    expect(neighbours.chat.transcript).toMatch(/Nothing was kept\. Narrow/);
    expect(neighbours.teams.cards[0]).toContain('Nothing was kept.');
    expect(neighbours.mail.mails.map(({ attachments }) => attachments)).toEqual([[], []]);
  });

  it('captures nothing for an alert without a host, and says so', async () => {
    const { simulator, neighbours, ...bench } = parts(get());
    await bench.deploy(NAME);
    await post({ ...suricata(seconds()), src_ip: undefined });
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toMatch(/^Failed: the packets of ET INFO/);
    expect(neighbours.chat.transcript).toMatch(/Host.*returned nothing[^]*host missing/);
    expect(simulator.requests).toEqual([]);
  });

  it('tells a person when the capture breaks off, and when the mail is refused', async () => {
    const { simulator, neighbours, ...bench } = parts(get());
    await bench.deploy(NAME);
    simulator.faults.add(cutCapture);
    await post(suricata(seconds()));
    await untilBoth(neighbours);
    expect(neighbours.chat.messages[0]!.text).toMatch(/^Failed: the packets of ET INFO/);
    expect(neighbours.chat.transcript).toMatch(/was lost after \d+ bytes/);
    simulator.faults.clear();
    neighbours.mail.refuses = true;
    await post(suricata(seconds()));
    await until('two more messages', () => neighbours.chat.messages.length === 3);
    expect(neighbours.chat.transcript).toContain('No mail today.');
    expect(neighbours.mail.mails.map(({ attachments }) => attachments)).toEqual([[]]);
  });
}

/** Mail and message are sent at the same time, and come in any order. */
async function untilBoth({ mail, chat }: ExampleBench['neighbours']): Promise<void> {
  await until('the mail', () => mail.mails.length > 0);
  await until('the message', () => chat.messages.length > 0);
}

export function parts(bench: ExampleBench) {
  const { simulator, neighbours, url } = bench;
  return {
    bench: bench.bench,
    simulator,
    neighbours,
    url,
    deploy: bench.deploy.bind(bench),
    press: bench.press.bind(bench),
  };
}
