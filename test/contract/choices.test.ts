import { AllegroClient } from '../../client';
import { systemContext } from '../../node-red/runtime/config-node/system-context';
import {
  createAxiosTransport,
  type ClosableTransport,
} from '../../node-red/transport/axios-transport';
import { startSimulator, type Simulator } from '../../simulator';

/** What forms offer, asked of the simulator. */
describe('choices', () => {
  let simulator: Simulator;
  let transport: ClosableTransport;
  let client: AllegroClient;
  const { signal } = new AbortController();

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 10, switches: { analysisSlots: 2 } });
    transport = createAxiosTransport({
      baseUrl: simulator.url,
      token: 'demo-token',
      caCertificate: simulator.certificatePem,
    });
    client = new AllegroClient({ transport, context: systemContext });
  });
  afterAll(async () => {
    transport?.destroy();
    await simulator?.close();
  });
  beforeEach(() => simulator.clearRequests());

  it('of devices and slots end with the analysis slots that answer, and read only', async () => {
    const found = await client.choices('devicesAndSlots', {}, signal);
    expect(found.slice(-2)).toEqual([
      { value: ':1', label: 'Analysis slot 1 (:1)' },
      { value: ':2', label: 'Analysis slot 2 (:2)' },
    ]);
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(simulator.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('of devices and slots are the devices alone when no slot answers', async () => {
    simulator.switches.ignoresMmId = 'everywhere';
    const found = await client.choices('devicesAndSlots', {}, signal);
    simulator.switches.ignoresMmId = 'nowhere';
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ value }) => value.startsWith(':'))).toEqual([]);
  });

  it('may be searched', async () => {
    const found = await client.choices('devicesAndSlots', { search: 'SLOT' }, signal);
    expect(found.map(({ value }) => value)).toEqual([':1', ':2']);
  });

  it('of link groups are numbers with their names', async () => {
    const found = await client.choices('linkGroups', {}, signal);
    expect(found[1]).toEqual({ value: '1', label: '1: Cameras (VLAN 100)' });
  });

  it('end when the form is closed', async () => {
    const closed = new AbortController();
    const asking = client.choices('devices', {}, closed.signal);
    closed.abort();
    await expect(asking).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
