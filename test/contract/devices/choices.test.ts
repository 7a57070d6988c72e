import { useSimulator } from '../support/bench';

/** What forms offer, asked of the bench.simulator. */
describe('choices', () => {
  const bench = useSimulator(10);
  const { signal } = new AbortController();
  beforeEach(() => void (bench.simulator.switches.analysisSlots = 2));

  it('of devices and slots end with the analysis slots that answer, and read only', async () => {
    const found = await bench.client.choices('devicesAndSlots', {}, signal);
    expect(JSON.parse(JSON.stringify(found.slice(-2)))).toEqual([
      { value: ':1', label: 'Analysis slot 1 (:1)' },
      { value: ':2', label: 'Analysis slot 2 (:2)' },
    ]);
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(bench.simulator.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('of devices and slots are the devices alone when no slot answers', async () => {
    bench.simulator.switches.ignoresMmId = 'everywhere';
    const found = await bench.client.choices('devicesAndSlots', {}, signal);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ value }) => value.startsWith(':'))).toEqual([]);
  });

  it('may be searched', async () => {
    const found = await bench.client.choices('devicesAndSlots', { search: 'SLOT' }, signal);
    expect(found.map(({ value }) => value)).toEqual([':1', ':2']);
  });

  it('of link groups are numbers with their names', async () => {
    const found = await bench.client.choices('linkGroups', {}, signal);
    expect(found[1]).toEqual({ value: '1', label: '1: Cameras (VLAN 100)' });
  });

  it('end when the form is closed', async () => {
    const closed = new AbortController();
    const asking = bench.client.choices('devices', {}, closed.signal);
    closed.abort();
    await expect(asking).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
