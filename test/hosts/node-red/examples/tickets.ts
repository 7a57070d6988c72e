import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { SURICATA_ALERT } from '../../../examples/alerts';
import { JiraServer, TheHiveServer } from '../../../neighbours';
import type { ExampleBench } from './example-bench';
import { hashOf } from '../../truth';

interface System {
  name: string;
  title: string;
  server: JiraServer | TheHiveServer;
  environment: Record<string, string>;
  credentials: Record<string, string>;
}

export function jiraIssue(get: () => ExampleBench): void {
  const { email, apiToken } = JiraServer.LOGIN;
  tickets(get, () => ({
    name: '19-jira-issue',
    title: 'Jira',
    server: get().neighbours.jira,
    environment: { JIRA_URL: get().neighbours.jira.url },
    credentials: { user: email, password: apiToken },
  }));
}

export function theHiveCase(get: () => ExampleBench): void {
  tickets(get, () => ({
    name: '20-thehive-case',
    title: 'TheHive',
    server: get().neighbours.theHive,
    environment: { THEHIVE_URL: get().neighbours.theHive.url },
    credentials: { password: TheHiveServer.KEY },
  }));
}

function tickets(get: () => ExampleBench, of: () => System): void {
  const alert = (values: object = {}) => ({
    ...SURICATA_ALERT,
    timestamp: new Date(Math.floor(get().simulator.nowUs() / 1000) - 120_000).toISOString(),
    ...values,
  });
  const title = (host: string) => `${SURICATA_ALERT.alert.signature} (${host})`;
  const post = async (...alerts: object[]) => {
    const { name, environment, credentials } = of();
    const login = (nodes: Array<Record<string, unknown>>) => {
      for (const node of nodes) if (node.authType) Object.assign(node, { credentials });
    };
    await get().deploy(name, login, environment);
    const { status } = await fetch(`${get().url}/allegro/${name.slice(3)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    expect(status).toBe(202);
  };

  it('opens a ticket for each alert, and attaches its own packets', async () => {
    const { server } = of();
    const { simulator, neighbours } = get();
    const { timestamp } = alert();
    await post(
      { ...alert({ src_ip: '192.0.2.99' }), timestamp },
      { ...alert({ src_ip: '10.1.2.300' }), timestamp },
      { ...alert(), timestamp },
    );
    await until('the file', () => server.tickets.some(({ files }) => files.length > 0));
    await until('three tickets', () => server.tickets.length === 3);
    expect(server.refused).toEqual([]);
    expect(neighbours.chat.transcript).toBe('');
    const [empty, wrong, full] = ['192.0.2.99', '10.1.2.300', STEADY_HOST].map((host) =>
      server.tickets.find((ticket) => ticket.title === title(host)),
    );
    expect(empty).toMatchObject({ files: [] });
    expect(empty!.description).toContain('No packets for ip==192.0.2.99');
    expect(wrong).toMatchObject({ files: [] });
    expect(wrong!.description).toMatch(/No packets: .*10\.1\.2\.300/);
    const us = Date.parse(timestamp) * 1000;
    const window = [`ip==${STEADY_HOST}`, us - 60e6, us + 60e6] as const;
    const { packets } = await simulator.packetsIn(...window);
    expect(full!.files).toHaveLength(1);
    expect(hashOf(full!.files[0]!.content)).toBe(hashOf(await simulator.fileOf(...window)));
    expect(full!.files[0]!.name).toMatch(/\.pcap$/);
    expect(full!.description).toContain(`${packets.toLocaleString('en-US')} packets`);
    expect(full!.description).toContain(`Alert ${SURICATA_ALERT.flow_id} at `);
  });

  it('keeps the ticket where the file is refused, and tells a person', async () => {
    const { server, title: system } = of();
    server.refusesFiles = true;
    await post(alert());
    const { chat } = get().neighbours;
    await until('the message', () => chat.messages.length === 1);
    expect(chat.messages[0]!.text).toBe(`Failed: the ticket in ${system}`);
    expect(chat.transcript).toContain('413');
    expect(chat.transcript).toContain(title(STEADY_HOST));
    expect(server.tickets).toMatchObject([{ title: title(STEADY_HOST), files: [] }]);
  });
}
