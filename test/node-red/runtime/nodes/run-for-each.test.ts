import { inputError } from '../../../../client';
import { definitionOf, fieldOf } from '../../../support/definition-of';
import { createNode, poll, settled, type FakeNode } from '../../../support/fake-runtime';
import { say } from '../../../../client/values/sentence';

const IP = fieldOf('clientIp', 'text', {
  required: true,
  messageProperty: 'payload.clientIp',
  itemProperty: 'clientIp',
});
const LIMIT = fieldOf('most', 'number', { default: 3, min: 1 });

/** Fails for an address that begins with "bad"; takes until it is cancelled for "slow". */
function nodeWith(config: Record<string, unknown> = {}): FakeNode {
  const definition = definitionOf(
    async function* ({ signal, progress }, { clientIp }) {
      if (String(clientIp).startsWith('bad'))
        throw inputError('clientIp', say`Bad.`, say`Mend it.`);
      if (clientIp === 'slow') {
        progress({ step: 'waiting' });
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        signal.throwIfAborted();
      }
      yield { json: { clientIp } };
    },
    {
      fields: [IP, LIMIT],
      takesEach: { property: 'connections', limit: 'most', identity: ['clientIp'] },
    },
  );
  return createNode(definition, config);
}

const rows = (...ips: string[]) => ips.map((clientIp) => ({ clientIp }));

async function handle(node: FakeNode, payload: unknown) {
  const handled = await node.run({ _msgid: '1', payload, kept: 'yes' });
  const sent = handled.sent.map(({ payload: result, kept }) => [
    (result as { clientIp: string }).clientIp,
    kept,
  ]);
  return { ...handled, results: sent };
}

describe('a node that takes each element of a list', () => {
  it.each([
    ['the list of another node', { connections: rows('a', 'b'), total: 9 }],
    ['a list', rows('a', 'b')],
  ])('runs once for each of %s, and sends parts of one whole', async (_, payload) => {
    const { results, sent, done } = await handle(nodeWith(), payload);
    expect(results).toEqual([
      ['a', 'yes'],
      ['b', 'yes'],
    ]);
    expect(sent.map(({ parts }) => parts)).toEqual([
      expect.objectContaining({ index: 0 }),
      expect.objectContaining({ index: 1, count: 2 }),
    ]);
    expect(done).toStrictEqual([undefined]);
  });

  it('runs once for one element, and for a message without a list', async () => {
    for (const payload of [rows('a'), { clientIp: 'a' }]) {
      const { sent } = await handle(nodeWith(), payload);
      expect(sent).toEqual([{ _msgid: '1', payload: { clientIp: 'a' }, kept: 'yes' }]);
    }
  });

  it('keeps to its limit, and warns', async () => {
    const node = nodeWith();
    expect((await handle(node, rows('a', 'b', 'c', 'd'))).results).toHaveLength(3);
    expect(node.warnings).toEqual([expect.stringMatching(/4 connections.*first 3.*"Most"/)]);
  });

  it('tells Catch of elements that fail, and goes on', async () => {
    const node = nodeWith();
    const { results, done } = await handle(node, rows('a', 'bad', 'c'));
    expect(results.map(([ip]) => ip)).toEqual(['a', 'c']);
    expect(done).toStrictEqual([undefined]);
    expect(node.errors).toEqual([expect.objectContaining({ code: 'ALLEGRO_INPUT' })]);
    expect(node.caught).toEqual([
      expect.objectContaining({ payload: { clientIp: 'bad' }, kept: 'yes' }),
    ]);
    expect(node.statuses.at(-1)).toMatchObject({ fill: 'yellow', text: '2 of 3' });
  });

  it('fails once where all fail', async () => {
    const node = nodeWith();
    const { sent, done } = await handle(node, rows('bad1', 'bad2'));
    expect([sent, node.errors]).toEqual([[], []]);
    expect(done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_INPUT' })]);
  });

  it('is cancelled as a whole, whatever failed before', async () => {
    const node = nodeWith();
    const handled = node.handle({ payload: rows('bad', 'slow', 'c') });
    await poll(() => node.statuses.some(({ text }) => text?.startsWith('1 of 3')));
    node.handle({ cancel: true });
    await settled(handled);
    expect(handled.sent).toEqual([]);
    expect(handled.done).toStrictEqual([expect.objectContaining({ code: 'ALLEGRO_CANCELLED' })]);
  });

  it('sends nothing for an empty list, and says so', async () => {
    const node = nodeWith();
    const { sent, done } = await handle(node, { connections: [] });
    expect([sent, done]).toStrictEqual([[], [undefined]]);
    expect(node.statuses.at(-1)).toMatchObject({ fill: 'yellow', text: 'empty list' });
  });

  it('takes what stands in the node instead', async () => {
    expect((await handle(nodeWith({ clientIp: 'z' }), rows('a', 'b'))).results).toEqual([
      ['z', 'yes'],
    ]);
  });
});
