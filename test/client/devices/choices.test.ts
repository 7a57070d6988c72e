import { splitPath } from '../../../client/devices/statistics-paths';
import { AllegroError } from '../../../client';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { LINK_GROUP_FIELD, readAddress } from '../../../nodes/definitions/fields/address';
import { fakeClient, never } from '../../support/fake-transport';
import type { Sentence } from '../../../client/values/sentence';

const TIME = { json: { currentTime: 1_795_448_940_000 } };
const DEVICES = { json: [{ id: 'dev-a', host: 'allegro-mm-2b3c', active: true }] };

/** An appliance with so many slots, that answers for its devices with the given status. */
function applianceWith(slots: number, devicesStatus = 200) {
  return fakeClient(({ path }) => {
    if (path.startsWith('/API/system/multidevice/devices')) {
      return devicesStatus === 200 ? DEVICES : { status: devicesStatus, json: {} };
    }
    const slot = Number(/mm-id=(?:%3A|:)(\d+)/.exec(path)?.[1] ?? 0);
    return slot <= slots ? TIME : { status: 404, json: {} };
  });
}

const values = (choices: Array<{ value: string }>) => choices.map(({ value }) => value);

describe('slots to pick from', () => {
  it('are those that answer where an impossible one does not', async () => {
    const { client, transport } = applianceWith(2);
    const found = await client.choices('slots', {}, never().signal!);
    // As a host sends them to a form.
    expect(JSON.parse(JSON.stringify(found))).toEqual([
      { value: '1', label: 'Analysis slot 1' },
      { value: '2', label: 'Analysis slot 2' },
    ]);
    expect(transport.paths).toHaveLength(5);
  });

  it('are none without parallel analysis', async () => {
    const { client } = applianceWith(0);
    expect(await client.choices('slots', {}, never().signal!)).toEqual([]);
  });

  it('are none where an appliance answers for any number', async () => {
    const { client } = applianceWith(Infinity);
    expect(await client.choices('slots', {}, never().signal!)).toEqual([]);
  });

  it('fail with the reason when the login is wrong', async () => {
    const { client } = fakeClient(() => ({ status: 401, json: {} }));
    const error = await client.choices('slots', {}, never().signal!).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AllegroError);
    expect(error).toMatchObject({ kind: 'login' });
  });
});

describe('devices and slots to pick from', () => {
  it('stand in one list, each with its mm-id', async () => {
    const { client } = applianceWith(1);
    const found = await client.choices('devicesAndSlots', {}, never().signal!);
    expect(values(found)).toEqual(['dev-a', ':1']);
  });

  it('can be searched', async () => {
    const { client } = applianceWith(1);
    const found = await client.choices('devicesAndSlots', { search: 'SLOT' }, never().signal!);
    expect(values(found)).toEqual([':1']);
  });

  it('are the slots alone for a login that may not list devices', async () => {
    const { client } = applianceWith(1, 403);
    expect(values(await client.choices('devicesAndSlots', {}, never().signal!))).toEqual([':1']);
  });
});

describe('statistics to pick from', () => {
  const appliance = () =>
    fakeClient(() => ({ json: { subResources: ['ip', 'mac', 'new_one', 'capture', 'reset'] } }));
  const find = async (search?: string) =>
    (await appliance().client.choices('statisticsPaths', { search }, never().signal!)).map(
      ({ label }) => String(label),
    );

  it('are those that can be read, of the modules that this appliance has', async () => {
    const found = await find();
    expect(found).toContain('IP addresses (API/stats/modules/ip/ips_paged)');
    expect(found).toContain('Clock of the appliance (API/stats/time)');
    expect(found).toContain('new_one (API/stats/modules/new_one)');
    expect(found.filter((label) => /:ip|:mac|dns|capture|reset|modules\)$/.test(label))).toEqual(
      [],
    );
  });

  it('are found by words of the language of the form as well', async () => {
    const language = {
      text: (english: string) => english.replace('Peers of', 'Gegenstellen der'),
      number: String,
    };
    const query = { search: 'gegenstellen 10.1.2.3' };
    const { client } = appliance();
    const found = await client.choices('statisticsPaths', query, never().signal!, language);
    expect(found.map(({ value }) => value)).toEqual(['API/stats/modules/ip/ips/10.1.2.3/peers']);
    expect((found[0]!.label as Sentence).in(language)).toMatch(
      /^Gegenstellen der IP 10\.1\.2\.3 \(/,
    );
  });

  it.each([
    ['connections 10.1.2.3', 'modules/ip/ips/10.1.2.3/connections'],
    ['2001:db8::1 peers', 'modules/ip/ips/2001:db8::1/peers'],
    ['vlans 00:1A:2b:3c:4d:5e', 'modules/mac/macs/00:1a:2b:3c:4d:5e/vlan_paged'],
  ])('of an element are found with its address: %s', async (search, path) => {
    expect((await find(search)).join()).toContain(`(API/stats/${path})`);
    expect(await find(search)).toHaveLength(1);
  });

  it.each([403, 404])('are all that are known where OPTIONS gives %s', async (status) => {
    const { client } = fakeClient(() => ({ status, json: {} }));
    const found = await client.choices('statisticsPaths', {}, never().signal!);
    expect(values(found)).toContain('API/stats/modules/dns');
  });

  it('below a path are what OPTIONS names, without what resets counters', async () => {
    const { client } = fakeClient(() => ({
      json: { subResources: ['ips_paged', 'ips', ':ip', 'reset', 'Reset'] },
    }));
    const path = 'API/stats/modules/ip';
    const found = await client.choices('statisticsPaths', { path }, never().signal!);
    expect(values(found)).toEqual([`${path}/ips_paged`, `${path}/ips`]);
  });

  it.each(['API/system', 'API/stats/../system', 'API/stats/modules/ip/reset', 'API/statsx'])(
    'are none at %s, which is not asked for',
    async (path) => {
      const { client, transport } = appliance();
      expect(await client.choices('statisticsPaths', { path }, never().signal!)).toEqual([]);
      expect(transport.paths).toEqual([]);
    },
  );
});

it.each([
  ['picked from a list', '3', 3],
  ['a number, as older workflows hold it', 3, 3],
  ['blank', '', undefined],
])('takes a link group that was %s', (_, raw, group) => {
  const read = readFieldValues({ fields: [LINK_GROUP_FIELD] }, { linkGroup: raw });
  expect(readAddress(read).group).toBe(group);
});

describe('splitPath', () => {
  it.each([
    [undefined, undefined, ''],
    ['connections 10.1.2.3', undefined, 'connections 10.1.2.3'],
    ['modules/', 'API/stats/modules', ''],
    ['modules/ip/i', 'API/stats/modules/ip', 'i'],
    ['/API/stats/modules/ip/', 'API/stats/modules/ip', ''],
    ['API/stats', undefined, ''],
  ])('looks for %p below %s', (typed, path, search) => {
    expect(splitPath(typed)).toEqual({ path, search });
  });
});
