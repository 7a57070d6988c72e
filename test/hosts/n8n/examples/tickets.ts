import { STEADY_HOST } from '../../../../simulator';
import { SURICATA_ALERT } from '../../../examples/alerts';
import { JiraServer, TheHiveServer } from '../../../neighbours';
import type { ExampleBench } from './example-bench';
import { hashOf } from '../../truth';

export function jiraIssue(get: () => ExampleBench): void {
  beforeAll(async () => {
    const { url } = get().neighbours.jira;
    await get().addCredential('jiraSoftwareCloudApi', { ...JiraServer.LOGIN, domain: url });
  });
  tickets('19-jira-issue', 'Jira', get, () => get().neighbours.jira);
}

export function theHiveCase(get: () => ExampleBench): void {
  beforeAll(async () => {
    const { url } = get().neighbours.theHive;
    const values = { ApiKey: TheHiveServer.KEY, url, allowUnauthorizedCerts: false };
    await get().addCredential('theHiveProjectApi', values);
  });
  tickets('20-thehive-case', 'TheHive', get, () => get().neighbours.theHive);
}

function tickets(
  name: string,
  system: string,
  get: () => ExampleBench,
  server: () => JiraServer | TheHiveServer,
): void {
  const alert = (values: object = {}) => ({
    ...SURICATA_ALERT,
    timestamp: new Date(Math.floor(get().simulator.nowUs() / 1000) - 120_000).toISOString(),
    ...values,
  });
  /** Several alerts at once, as some systems post them. */
  const run = (...alerts: object[]) => get().run(get().example(name), 'Alert', { body: alerts });
  const title = (host: string) => `${SURICATA_ALERT.alert.signature} (${host})`;

  it('opens a ticket for each alert, and attaches its own packets', async () => {
    const { neighbours } = get();
    const { items } = await run(
      alert({ src_ip: '192.0.2.99' }),
      alert({ src_ip: '10.1.2.300' }),
      alert(),
    );
    expect(server().refused).toEqual([]);
    expect(neighbours.chat.transcript).toBe('');
    const [empty, wrong, full] = ['192.0.2.99', '10.1.2.300', STEADY_HOST].map((host) =>
      server().tickets.find((ticket) => ticket.title === title(host)),
    );
    expect(empty).toMatchObject({ files: [] });
    expect(empty!.description).toContain('No packets for ip==192.0.2.99');
    expect(wrong).toMatchObject({ files: [] });
    expect(wrong!.description).toMatch(/No packets: .*10\.1\.2\.300/);
    const capture = items['Packets Around Alert'].find(({ json }) => json.packets)!.json;
    expect(full!.files.map(({ name: own }) => own)).toEqual([capture.fileName]);
    expect(hashOf(full!.files[0]!.content)).toBe(capture.sha256);
    const packets = Number(capture.packets).toLocaleString('en-US');
    expect(full!.description).toContain(`${packets} packets`);
    expect(full!.description).toContain(`Alert ${SURICATA_ALERT.flow_id} at `);
  });

  it('keeps the ticket where the file is refused, and tells a person', async () => {
    server().refusesFiles = true;
    await run(alert());
    expect(server().tickets).toMatchObject([{ title: title(STEADY_HOST), files: [] }]);
    const { chat } = get().neighbours;
    expect(chat.messages.map(({ text }) => text)).toEqual([`Failed: the ticket in ${system}`]);
    expect(chat.transcript).toContain(title(STEADY_HOST));
  });
}
