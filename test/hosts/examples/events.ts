import { STEADY_HOST } from '../../../simulator';
import { CAPTURE_PATH, emptyCapture } from '../../contract/support/capture-faults';
import { waitUntil } from '../../contract/support/wait-until';
import { answered } from '../appliance-events';
import type { ExampleSuite } from './example-host';
import { expectOnPage, htmlText } from '../ten-jobs';
import { hashOf } from '../truth';

export const thresholdWatch: ExampleSuite = (get) => {
  const NAME = '09-threshold-watch';
  const SINCE = /has [\d.]+ [kM]?bit\/s, above the threshold of 1 bit\/s since 20.* UTC/;
  /** Short windows, and one address, so that there is one alert. */
  const OFTEN = { windowSeconds: 10, elements: STEADY_HOST };
  /** The first window counts, so that nobody has to wait for one more. */
  const LOW = { ...OFTEN, limit: 1, reportAtStart: true };

  const polls = () => answered(get().simulator, `/ip/ips/${STEADY_HOST}`);
  const begin = (trigger: Record<string, unknown>) =>
    get().begin(NAME, { fields: { 'Over the limit': trigger } });

  it('alerts once for three windows in a row, with the packets', async () => {
    const { mail, chat } = get().neighbours;
    await (await begin(LOW)).watch();
    await waitUntil(() => mail.mails.length > 0 && chat.messages.length > 0);
    const needed = polls();
    expect(needed).toBeGreaterThanOrEqual(3);
    await waitUntil(() => polls() > needed + 1);
    expect(mail.mails).toHaveLength(1);
    const [{ subject, text, attachments }] = mail.mails as [(typeof mail.mails)[0]];
    expect(subject).toBe(`${STEADY_HOST} crossed the threshold`);
    expect(text).toContain(hashOf(attachments[0]!.content));
    expect(text).toMatch(SINCE);
    expectOnPage('link-full', `${subject}\n\n${text}`);
    expect(chat.messages.map((one) => one.text)).toEqual([subject]);
  });

  it('alerts without a file where the capture is empty, also for its sample', async () => {
    const { mail, chat } = get().neighbours;
    get().simulator.faults.add(emptyCapture);
    await (await begin(OFTEN)).press();
    await waitUntil(() => mail.mails.length > 0 && chat.messages.length > 0);
    expect(mail.mails[0]!.subject).toBe('10.1.2.3 crossed the threshold');
    expect(mail.mails[0]!.text).toMatch(
      /holds no packets of the last two minutes.*No bytes arrived/s,
    );
    expect(mail.mails[0]!.attachments).toEqual([]);
    expect(chat.messages).toHaveLength(1);
  });

  it('mails the alert when Slack refuses it, and tells that too', async () => {
    const { mail, chat } = get().neighbours;
    get().simulator.faults.add(emptyCapture);
    const settings = { slackWebhook: `${chat.url}-of-nobody` };
    await (await get().begin(NAME, { fields: { 'Over the limit': OFTEN }, settings })).press();
    await waitUntil(() => mail.mails.length === 2);
    expect(mail.mails.map(({ subject }) => subject).sort()).toEqual([
      '10.1.2.3 crossed the threshold',
      'Failed: the message in the chat',
    ]);
    expect(chat.messages).toEqual([]);
  });

  it('says nothing below the limit', async () => {
    await (await begin({ ...OFTEN, windowsInARow: 1, reportAtStart: true })).watch();
    await waitUntil(() => polls() > 1);
    expect(get().neighbours.mail.mails).toEqual([]);
    expect(get().neighbours.chat.messages).toEqual([]);
  });

  it('keeps the alert in the message when its capture fails', async () => {
    const { mail, chat } = get().neighbours;
    get().simulator.faults.add({ kind: 'answer', status: 403, path: CAPTURE_PATH });
    // Other windows than before, or the hour without a further alert would hold.
    await (await begin({ ...LOW, windowSeconds: 12, windowsInARow: 1 })).watch();
    await waitUntil(() => chat.messages.length > 0);
    expect(chat.messages[0]!.text).toBe(`Failed: the packets of ${STEADY_HOST}`);
    expect(chat.transcript).toMatch(SINCE);
    expect(mail.mails).toEqual([]);
  });
};

export const uploadAndAnalyse: ExampleSuite = (get) => {
  const NAME = '06-upload-and-analyse';
  const SERVER = { ip: '203.0.113.10', name: 'www.example.com' };
  const FILE = 'incident.pcap';
  const twoMinutes = () => {
    const endUs = Math.floor(get().simulator.nowUs() / 1e6) * 1e6 - 60e6;
    return [`ip==${SERVER.ip}`, endUs - 120e6, endUs] as const;
  };

  it('mails what the appliance and the file itself say', async () => {
    const { simulator, neighbours } = get();
    const window = twoMinutes();
    const content = await simulator.fileOf(...window);
    const truth = await simulator.packetsIn(...window);
    await (await get().begin(NAME)).drop(FILE, content);
    await waitUntil(() => neighbours.mail.mails.length > 0);
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toBe(`Analysis of ${FILE}`);
    expect(mail!.html).toContain(hashOf(content));
    expect(mail!.text.replace(/\s+/g, ' ')).toContain(
      `counted ${truth.packets.toLocaleString('en-US')} packets, the same number`,
    );
    // Each packet of the file has this server at one end, so it comes first.
    const megabytes = (truth.bytes / 1e6).toFixed(3);
    expect(mail!.html).toContain(
      `<td>${SERVER.ip}</td><td>${SERVER.name}</td><td>${megabytes}</td>`,
    );
    expect(mail!.html).toMatch(/<h3>Protocols<\/h3>\s*<table.*?<td>\w/s);
    expectOnPage('customer-pcap', `${mail!.subject}\n\n${htmlText(mail!.html)}`);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('tells a person when the appliance has no slot for it', async () => {
    const { simulator, neighbours } = get();
    simulator.switches.analysisSlots = 0;
    try {
      await (await get().begin(NAME)).drop(FILE, await simulator.fileOf(...twoMinutes()));
      await waitUntil(() => neighbours.chat.messages.length > 0);
      expect(neighbours.chat.transcript).toMatch(/^Failed: the analysis of .*incident\.pcap/);
      expect(neighbours.chat.transcript).toMatch(/parallel/i);
      expect(neighbours.mail.mails).toEqual([]);
    } finally {
      simulator.switches.analysisSlots = 4;
    }
  });
};
