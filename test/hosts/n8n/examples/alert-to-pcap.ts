import { PRTG_ALERT, SURICATA_ALERT, ZABBIX_ALERT } from '../../../examples/alerts';
import { STEADY_HOST } from '../../../../simulator';
import { readable } from '../../../neighbours';
import type { ExampleBench } from './example-bench';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { hashOf, requestedWindow } from '../../truth';

const NAME = '01-alert-to-pcap';

export function alertToPcap(get: () => ExampleBench): void {
  /** Long enough ago that the minute after it is in the buffer. */
  const alertTime = () => new Date(Math.floor(get().simulator.nowUs() / 1e6) * 1000 - 120_000);
  const suricataTime = (time: Date) => time.toISOString().replace('Z', '000+0000');

  it('posts and mails exactly the packets around a Suricata alert', async () => {
    const { simulator, neighbours, example, run } = methods(get());
    const time = alertTime();
    const body = { ...SURICATA_ALERT, timestamp: suricataTime(time) };
    const { status, items } = await run(example(NAME), 'Alert', { body });
    expect(status).toBe('success');
    const [capture] = items['Packets Around Alert'];
    const { startUs, endUs } = requestedWindow(capture);
    expect([startUs, endUs]).toEqual([time.getTime() * 1000 - 60e6, time.getTime() * 1000 + 60e6]);
    const truth = await simulator.packetsIn(`ip==${STEADY_HOST}`, startUs, endUs);
    const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
    expect(truth.packets).toBeGreaterThan(0);

    const [mail] = neighbours.mail.mails;
    expect(mail).toMatchObject({ from: 'allegro@example.com', to: [neighbours.mail.address] });
    const title = `${SURICATA_ALERT.alert.signature} (${STEADY_HOST})`;
    expect(mail.subject).toBe(title);
    expect(mail.text).toContain(`${truth.packets.toLocaleString('en-US')} packets`);
    expect(mail.text).toMatch(/Most bytes: .* ↔ /);
    expect(mail.attachments).toHaveLength(1);
    expect(hashOf(mail.attachments[0].content)).toBe(hashOf(file));
    expect(mail.attachments[0].name).toBe(capture.json.fileName);

    expect(neighbours.chat.refused).toEqual([]);
    const [said] = neighbours.chat.messages;
    expect(said.text).toBe(title);
    expect(said.blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context']);
    expect(readable(said)).toContain(mail.text.trim());
    expect(neighbours.teams.cards).toEqual([]);
  });

  it.each([
    ['Zabbix', ZABBIX_ALERT, 'High ICMP ping loss'],
    ['PRTG', PRTG_ALERT, PRTG_ALERT.message],
  ])('takes an alert of %s over its webhook', async (system, alert, title) => {
    const bench = get();
    const around = { secondsBefore: 20, secondsAfter: 1 };
    const workflow = bench.example(NAME, {
      parameters: { 'Packets Around Alert': around },
    });
    const published = await bench.publish(workflow);
    try {
      const time = String(Math.floor(alertTime().getTime() / 1000));
      const body =
        system === 'PRTG' ? new URLSearchParams(alert) : { ...alert, event_timestamp: time };
      const response = await published.send('webhook/allegro-alert-to-pcap', {
        method: 'POST',
        ...(body instanceof URLSearchParams
          ? { body }
          : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      });
      expect(response.status).toBe(200);
      const { status, items } = await published.execution();
      expect(status).toBe('success');
      const [{ json }] = items['Packets Around Alert'];
      expect(json).toMatchObject({ complete: true, expression: `ip==${STEADY_HOST}` });
      if (system === 'Zabbix') {
        expect(requestedWindow({ json }).startUs).toBe((Number(time) - 20) * 1e6);
      }
      const { mail, chat } = bench.neighbours;
      expect(hashOf(mail.mails[0].attachments[0].content)).toBe(json.sha256);
      expect(chat.messages[0].text).toBe(`${title} (${STEADY_HOST})`);
    } finally {
      await published.end();
    }
  });

  it('says so where there are no packets, and mails no file', async () => {
    const { neighbours, example, run } = methods(get());
    const body = {
      ...SURICATA_ALERT,
      src_ip: '192.0.2.99',
      timestamp: suricataTime(alertTime()),
    };
    const { status } = await run(example(NAME), 'Alert', { body });
    expect(status).toBe('success');
    expect(neighbours.chat.transcript).toContain('No packets for ip==192.0.2.99');
    expect(neighbours.mail.mails.map(({ attachments }) => attachments)).toEqual([[]]);
  });

  it('captures nothing for an alert without a host, and says so', async () => {
    const { neighbours, example, run, simulator } = methods(get());
    const { src_ip: _, ...body } = { ...SURICATA_ALERT, timestamp: suricataTime(alertTime()) };
    const { status } = await run(example(NAME), 'Alert', { body });
    expect(status).toBe('success');
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([
      `Failed: the packets of ${SURICATA_ALERT.alert.signature}`,
    ]);
    expect(neighbours.chat.transcript).toMatch(/Host.* is missing[^]*host missing/);
    expect(simulator.requests).toEqual([]);
  });

  it('sends nothing that is too large, and a card to Teams where that is activated', async () => {
    const { neighbours, example, run } = methods(get());
    const workflow = example(NAME, {
      parameters: { 'Packets Around Alert': { maxMegabytes: 0.001 } },
      activated: ['Post to Teams'],
    });
    const body = { ...SURICATA_ALERT, timestamp: suricataTime(alertTime()) };
    await run(workflow, 'Alert', { body });
    expect(neighbours.chat.transcript).toMatch(/Nothing was kept\. Narrow/);
    expect(neighbours.mail.mails.map(({ attachments }) => attachments)).toEqual([[]]);
    expect(neighbours.teams.refused).toEqual([]);
    expect(neighbours.teams.cards).toHaveLength(1);
    expect(neighbours.teams.cards[0]).toContain('Nothing was kept.');
  });

  it('tells a person when the capture breaks off, and mails no part of it', async () => {
    const { neighbours, example, run, simulator } = methods(get());
    simulator.faults.add({
      kind: 'cut',
      afterBytes: 20_000,
      framing: 'chunked',
      method: 'GET',
      path: CAPTURE_PATH,
    });
    const body = { ...SURICATA_ALERT, timestamp: suricataTime(alertTime()) };
    await run(example(NAME), 'Alert', { body });
    expect(neighbours.mail.mails.map(({ attachments }) => attachments)).toEqual([[]]);
    expect(neighbours.chat.messages[0].text).toMatch(/^Failed: the packets of ET INFO/);
    expect(neighbours.chat.transcript).toMatch(/was lost after \d+ bytes.* again/s);
  });

  it('tells a person when the mail is refused', async () => {
    const { neighbours, example, run } = methods(get());
    neighbours.mail.refuses = true;
    const body = { ...SURICATA_ALERT, timestamp: suricataTime(alertTime()) };
    await run(example(NAME), 'Alert', { body });
    const texts = neighbours.chat.messages.map(({ text }) => text);
    expect(texts).toEqual([
      `${SURICATA_ALERT.alert.signature} (${STEADY_HOST})`,
      'Failed: the mail with the packets',
    ]);
    expect(neighbours.chat.transcript).toContain('No mail today.');
  });
}

export function methods(bench: ExampleBench) {
  const { simulator, neighbours } = bench;
  const example = bench.example.bind(bench);
  const run = bench.run.bind(bench);
  return { simulator, neighbours, example, run };
}
