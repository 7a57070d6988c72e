import { executeItems } from '../../../n8n/execution/execute';
import { captureConnection } from '../../../nodes/definitions/capture/capture-connection';
import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { getConnections } from '../../../nodes/definitions/statistics/get-connections';
import { getServerPorts } from '../../../nodes/definitions/statistics/get-server-ports';
import { hostProfile } from '../../../nodes/definitions/statistics/host-profile';
import type { Run } from '../../support/definition-of';
import { definitionOf, fakeHost } from './fake-host';

describe('a filter that is an expression', () => {
  /** What the node reads where its parameters hold expressions that n8n resolves to these values. */
  async function read(definition: NodeDefinition, entered: object, resolved: object) {
    const found: Array<Record<string, unknown>> = [];
    const run: Run = async function* (_, values) {
      found.push(values);
      yield { json: {} };
    };
    await executeItems(fakeHost({ ...entered }, { ...resolved }).host, [
      definitionOf(run, { fields: definition.fields }),
    ]);
    return found[0];
  }
  const AGO = { timeMode: 'last', lastAmount: 1, lastUnit: 'hours' };
  const EXPRESSION = '={{ $json.other }}';

  it.each([
    ['host', getConnections, { host: EXPRESSION }, { host: null }],
    ['addresses', getServerPorts, { addresses: EXPRESSION }, {}],
  ])('is refused where it yields nothing: %s', async (field, definition, entered, resolved) => {
    const reading = read(definition, { ...AGO, ...entered }, resolved);
    await expect(reading).rejects.toMatchObject({
      message: expect.stringMatching(/is taken from an expression, which returned nothing/),
      description: expect.stringMatching(/\?\? ""/),
    });
    const label = definition.fields.find(({ name }) => name === field)!.label;
    await expect(reading).rejects.toThrow(`"${label}"`);
  });

  it('is told apart from a required field that was left blank', async () => {
    const fields = { ...AGO, addresses: EXPRESSION };
    await expect(read(hostProfile, fields, {})).rejects.toMatchObject({
      message: '"IP Addresses" is missing: its expression returned nothing.',
      description: 'Check the expression, and what the previous node returned.',
    });
    await expect(read(hostProfile, { ...fields, addresses: '' }, {})).rejects.toMatchObject({
      message: '"IP Addresses" is missing.',
    });
  });

  const FILTER = { ...AGO, captureScope: 'filter' };
  const ROWS = { rows: [{ kind: 'port', value: '443' }] };
  it.each([
    ['host', AGO, { host: EXPRESSION }],
    ['conditions', FILTER, { conditions: EXPRESSION }],
    ['expression', FILTER, { expression: EXPRESSION }],
    ['expression', { ...FILTER, conditions: ROWS }, { expression: EXPRESSION }],
    ['conditions', { ...FILTER, expression: 'ip==10.1.2.3' }, { conditions: EXPRESSION }],
  ])('never widens a capture: %s of %j', async (field, fixed, entered) => {
    const label = capturePcap.fields.find(({ name }) => name === field)!.label;
    for (const nothing of [undefined, null, '', '  ', '\u00a0', []]) {
      const reading = read(capturePcap, { ...fixed, ...entered }, { ...fixed, [field]: nothing });
      await expect(reading).rejects.toThrow(`"${label}"`);
    }
  });

  it.each([
    ['an empty text on purpose', getConnections, { host: '={{ $json.ip ?? "" }}' }, { host: '' }],
    ['blank in the node', getConnections, { host: '' }, { host: '' }],
    [
      'of no concern while it does not show',
      getConnections,
      { listOutput: 'csv', host: EXPRESSION },
      {},
    ],
  ])('may be %s', async (_, definition, entered, resolved) => {
    const values = await read(definition, { ...AGO, ...entered }, resolved);
    expect(values.host ?? '').toBe('');
  });

  it('uses the default where the item does not report the value', async () => {
    const connection = {
      clientIp: '10.1.2.3',
      clientPort: 1,
      serverIp: '10.1.2.4',
      serverPort: 2,
      connectionStart: 1795448946280,
      lastActivity: 1795448946281,
    };
    const absent = { device: { __rl: true, mode: 'id', value: '={{ $json.mmId }}' } };
    const values = await read(
      captureConnection,
      { ...connection, ...absent, l4Protocol: '={{ $json.l4Protocol }}' },
      { device: { __rl: true, mode: 'id', value: undefined } },
    );
    expect([values.device, values.l4Protocol]).toEqual(['', '']);
  });
});
