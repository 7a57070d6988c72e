import { AllegroClient } from '../../../client';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { newElementTrigger } from '../../../nodes/definitions/triggers/new-element-trigger';
import { startSimulator, type Simulator } from '../../../simulator';
import { runContext } from '../../support/fake-transport';
import { fastContext } from '../support/fast-context';
import { axiosTransport } from '../support/transports';

describe('the New Element Trigger, on an appliance that counts DNS and DHCP', () => {
  let simulator: Simulator;
  let connection: ReturnType<typeof axiosTransport>;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 60, trouble: ['rogue-dhcp'] });
    connection = axiosTransport(simulator);
  });
  afterAll(async () => {
    connection.destroy();
    await simulator.close();
  });

  it.each(['dnsServer', 'dhcpServer'])('knows each %s, with its address', async (elementKind) => {
    const { transport } = connection;
    const client = new AllegroClient({ transport, context: fastContext(1) });
    const values = readFieldValues(newElementTrigger, { elementKind });
    const { summary } = await newElementTrigger.poll(runContext({ client }), values, undefined);
    expect(summary.watched).toBeGreaterThan(0);
    const now = simulator.nowUs();
    const rogue = simulator.troubles(now - 60e6, now).find(({ kind }) => kind === 'rogue-dhcp')!;
    const preview = await newElementTrigger.preview(runContext({ client }), values);
    const addresses = preview.map(({ ip }) => ip);
    for (const ip of addresses) expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    if (elementKind === 'dhcpServer') expect(addresses).toContain(rogue.serverIp);
  });
});
