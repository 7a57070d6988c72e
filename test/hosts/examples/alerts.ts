import { STEADY_HOST } from '../../../simulator';
import { cutCapture } from '../../contract/support/capture-faults';
import { waitUntil } from '../../contract/support/wait-until';
import { newSuricataAlert, PRTG_ALERT, SURICATA_ALERT, ZABBIX_ALERT } from '../../examples/alerts';
import { readable } from '../../neighbours';
import { capturesOf, hashOf } from '../truth';
import { expectOnPage } from '../ten-jobs';
import type { Change, ExampleHost, ExampleSuite } from './example-host';

const CAPTURE = 'Packets around alert';
const FAILED = `Failed: the capture for ${SURICATA_ALERT.alert.signature}`;
/** Of the connection, only the port of the server is known: there are packets of it. */
const SERVER_PORT = { src_port: undefined };
/** The simulator's clients take ports from 32768 on: none of them has this one by chance. */
const UNUSED_PORT = { src_port: 20412 };
/** Of so many seconds. How far back the buffer reaches may be asked by a capture, too. */
function captureOf({ simulator }: ExampleHost, seconds: number, filter: RegExp) {
  const [capture, ...others] = capturesOf(simulator).filter(
    ({ expression, startUs, endUs }) =>
      endUs - startUs === seconds * 1e6 && filter.test(expression),
  );
  expect(others).toEqual([]);
  return capture!;
}
const titleOf = (host: string) => `${SURICATA_ALERT.alert.signature} (${host})`;

export const alertToPcap: ExampleSuite = (get) => {
  const post = async (alert: object | URLSearchParams, change?: Change) => {
    await (await get().begin('01-alert-to-pcap', change)).post(alert);
    // The mail comes last where a host sends one after the other.
    await waitUntil(() => get().neighbours.chat.messages.length > 0);
  };
  const suricata = (values?: object) => newSuricataAlert(get().simulator.nowUs(), values);
  const untilMails = async (count: number) => {
    const { mail } = get().neighbours;
    await waitUntil(() => mail.mails.length === count);
    return mail.mails;
  };

  it('posts and mails exactly the packets around a Suricata alert', async () => {
    const { simulator, neighbours } = get();
    const alert = suricata(SERVER_PORT);
    await post([alert, alert]);
    const [mail] = await untilMails(1);
    const asked = captureOf(get(), 120, /10\.1\.2\.3.*203\.0\.113\.10.*443/);
    const { expression, startUs, endUs } = asked;
    const alertUs = Date.parse(alert.timestamp.replace('000+0000', 'Z')) * 1000;
    expect([startUs, endUs]).toEqual([alertUs - 60e6, alertUs + 60e6]);
    const { packets } = await simulator.packetsIn(expression, startUs, endUs);
    const file = await simulator.fileOf(expression, startUs, endUs);
    expect(mail).toMatchObject({ from: 'allegro@example.com', to: [neighbours.mail.address] });
    expect(mail!.subject).toBe(titleOf(STEADY_HOST));
    expect(mail!.text).toContain(`${packets.toLocaleString('en-US')} packets`);
    expect(mail!.text).toMatch(/Most bytes: .* ↔ /);
    expect(mail!.attachments.map(({ content }) => hashOf(content))).toEqual([hashOf(file)]);
    const { chat, teams } = neighbours;
    expect([chat.refused, chat.messages.length, teams.cards]).toEqual([[], 1, []]);
    expect(chat.messages[0]!.text).toBe(titleOf(STEADY_HOST));
    expect(readable(chat.messages[0]!)).toContain(mail!.text.trim());
  });

  it('takes an alert of Zabbix as JSON, and one of PRTG as a form', async () => {
    const { simulator, neighbours } = get();
    // PRTG's alert is about now: a minute after it would be a minute's wait.
    const fields = { [CAPTURE]: { secondsBefore: 20, secondsAfter: 1 } };
    const time = Math.floor(simulator.nowUs() / 1e6) - 120;
    await post({ ...ZABBIX_ALERT, event_timestamp: String(time) }, { fields });
    const { startUs } = captureOf(get(), 21, /10\.1\.2\.3/);
    expect(startUs).toBe((time - 20) * 1e6);
    await untilMails(1);
    await post(new URLSearchParams(PRTG_ALERT), { fields });
    const mails = await untilMails(2);
    const [zabbix, prtg] = [ZABBIX_ALERT.trigger_name, PRTG_ALERT.message];
    const titles = [zabbix, prtg].map((title) => `${title} (${STEADY_HOST})`);
    // In Node-RED mail and message are sent side by side.
    await waitUntil(() => neighbours.chat.messages.length === 2);
    expect(mails.map(({ subject }) => subject)).toEqual(titles);
    expect(mails.map(({ attachments }) => attachments.length)).toEqual([1, 1]);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual(titles);
  });

  it.each([
    ['the connection has no packets', UNUSED_PORT, {}, /No packets for .*20412.*443/],
    ['there are too many', SERVER_PORT, { maxMegabytes: 0.001 }, /Nothing was kept\. Narrow/],
    ['the alert names no host', { src_ip: undefined }, {}, /Host.*returned nothing|Host.*missing/],
  ])('says so where %s, in Teams where that is activated', async (_case, values, limit, why) => {
    const { neighbours } = get();
    const activated = ['As a Teams card', 'Post to Teams'];
    await post(suricata(values), { fields: { [CAPTURE]: limit }, activated });
    const { chat, teams } = neighbours;
    await waitUntil(() => teams.cards.length > 0);
    expect([chat.refused, teams.refused]).toEqual([[], []]);
    expect(chat.transcript).toMatch(why);
    expect(teams.cards.join()).toMatch(why);
    const [mail] = await untilMails(1);
    expect(mail!.text).toMatch(why);
    expect(mail!.attachments).toEqual([]);
  });

  it('tells a person when the capture breaks off, and mails no part of it', async () => {
    const { simulator, neighbours } = get();
    simulator.faults.add(cutCapture);
    await post(suricata(SERVER_PORT));
    const [mail] = await untilMails(1);
    expect(mail!.attachments).toEqual([]);
    expect(neighbours.chat.messages.map(({ text }) => text)).toEqual([FAILED]);
    expect(neighbours.chat.transcript).toMatch(/was lost after \d+ bytes/);
  });

  it('tells a person when the mail is refused', async () => {
    const { chat, mail } = get().neighbours;
    mail.refuses = true;
    await post(suricata(SERVER_PORT));
    await waitUntil(() => chat.messages.length === 2);
    expect(chat.messages.map(({ text }) => text).sort()).toEqual([
      titleOf(STEADY_HOST),
      'Failed: the mail with the packets',
    ]);
    expect(chat.transcript).toContain('No mail today.');
  });

  it('mails the packets when Slack refuses the message, and tells that too', async () => {
    const { chat } = get().neighbours;
    const settings = { slackWebhook: `${chat.url}-of-nobody` };
    await (await get().begin('01-alert-to-pcap', { settings })).post(suricata(SERVER_PORT));
    const mails = await untilMails(2);
    const found = mails.map(({ subject, attachments }) => [subject, attachments.length]);
    expect(found).toHaveLength(2);
    expect(Object.fromEntries(found)).toEqual({
      [titleOf(STEADY_HOST)]: 1,
      'Failed: the message in the chat': 0,
    });
    expect(chat.messages).toEqual([]);
  });
};

export const jiraIssue = ticketSuite('19-jira-issue', 'Jira', ({ neighbours }) => neighbours.jira);
export const theHiveCase = ticketSuite(
  '20-thehive-case',
  'TheHive',
  ({ neighbours }) => neighbours.theHive,
);

function ticketSuite(
  name: string,
  system: string,
  serverOf: (host: ExampleHost) => ExampleHost['neighbours']['jira' | 'theHive'],
): ExampleSuite {
  return (get) => {
    const alert = (values: object = SERVER_PORT) =>
      newSuricataAlert(get().simulator.nowUs(), values);
    const post = async (...alerts: object[]) => (await get().begin(name)).post(alerts);

    it('opens a ticket for each alert, and attaches its own packets', async () => {
      const { simulator, neighbours } = get();
      const server = serverOf(get());
      const found = alert();
      // The same alert twice is one ticket.
      await post(alert({ src_ip: '192.0.2.99' }), alert({ src_ip: '10.1.2.300' }), found, found);
      const { tickets } = server;
      await waitUntil(() => tickets.length === 3 && tickets.some(({ files }) => files.length > 0));
      expect([server.refused, neighbours.chat.transcript]).toEqual([[], '']);
      const [empty, wrong, full] = ['192.0.2.99', '10.1.2.300', STEADY_HOST].map((host) =>
        tickets.find(({ title }) => title === titleOf(host)),
      );
      expect(empty).toMatchObject({ files: [] });
      expect(empty!.description).toMatch(/No packets for .*192\.0\.2\.99/);
      expect(wrong).toMatchObject({ files: [] });
      expect(wrong!.description).toMatch(/No packets: .*10\.1\.2\.300/);
      const { expression, startUs, endUs } = captureOf(get(), 120, /10\.1\.2\.3\b/);
      const { packets } = await simulator.packetsIn(expression, startUs, endUs);
      const file = await simulator.fileOf(expression, startUs, endUs);
      expect(full!.files.map(({ content }) => hashOf(content))).toEqual([hashOf(file)]);
      expect(full!.files[0]!.name).toMatch(/\.pcap$/);
      expect(full!.description).toContain(`${packets.toLocaleString('en-US')} packets`);
      expect(full!.description).toContain(`Alert ${found.flow_id} at `);
      const { title, description } = full!;
      if (system === 'Jira') expectOnPage('alert-to-ticket', `${title}\n\n${description}`);
    });

    it('keeps the ticket where the file is refused, and tells a person', async () => {
      const { chat } = get().neighbours;
      const server = serverOf(get());
      server.refusesFiles = true;
      await post(alert());
      await waitUntil(() => chat.messages.length === 1);
      expect(chat.messages[0]!.text).toBe(`Failed: the ticket in ${system}`);
      expect(chat.transcript).toContain(titleOf(STEADY_HOST));
      expect(server.tickets).toMatchObject([{ title: titleOf(STEADY_HOST), files: [] }]);
    });
  };
}
