import { AllegroClient } from '../../client';
import type { Transport } from '../../client/http/transport';
import { useSimulator } from './support/bench';
import { fastContext } from './support/fast-context';
import { CALL_NAMES, NODE_CALLS, nodeOf, runCall, type Samples } from './node-calls';
import { pastWindow } from './support/operations';
import { runDefinition } from './support/run-definition';
import { axiosTransport } from './support/transports';

const ODD =
  '{"toString":1,"valueOf":2,"__proto__":{"a":1},"constructor":"x","toJSON":3,"hasOwnProperty":4}';
const odd = () => JSON.parse(ODD) as Record<string, unknown>;

/** JSON that an attacker has a say in, as objects whose names JavaScript uses itself. */
const CHANGES = {
  'in every object': (value: unknown) =>
    isObject(value) && !Array.isArray(value) ? { ...value, ...odd() } : value,
  'for every value': (value: unknown) => (isObject(value) ? value : odd()),
  'for every list': (value: unknown) =>
    Array.isArray(value) ? [odd(), odd(), odd(), odd()] : value,
} satisfies Record<string, (value: unknown) => unknown>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

describe('answers with names that JavaScript uses itself', () => {
  const bench = useSimulator(90);
  const closing: Array<() => void> = [];
  let samples: Samples;

  /** A client whose answers in JSON are changed on the way. */
  function clientOf(reviver: (key: string, value: unknown) => unknown): AllegroClient {
    const { transport, destroy } = axiosTransport(bench.simulator);
    closing.push(destroy);
    const changed: Transport = {
      baseUrl: transport.baseUrl,
      mask: (text) => transport.mask(text),
      async send(request) {
        const answer = await transport.send(request);
        const { 'content-length': _, ...headers } = answer.headers;
        if (!headers['content-type']?.includes('json')) return answer;
        const chunks: Uint8Array[] = [];
        for await (const chunk of answer.body) chunks.push(chunk);
        const json: unknown = JSON.parse(Buffer.concat(chunks).toString(), reviver);
        return { ...answer, headers, body: oneChunk(JSON.stringify(json)) };
      },
    };
    return new AllegroClient({ transport: changed, context: fastContext(60) });
  }

  async function* oneChunk(text: string) {
    yield Buffer.from(text);
  }

  beforeAll(async () => {
    const { simulator } = bench;
    simulator.incidents.report();
    const window = pastWindow(simulator);
    const file = await simulator.fileOf('', window.startUs, window.endUs);
    const values = { timeMode: 'none' };
    const [{ json }] = await runDefinition(bench.client, nodeOf('getConnections'), values);
    const connection = (json.connections as Samples['connection'][])[0];
    samples = { simulator, file, window, connection, slotConnection: connection };
  });
  afterAll(() => {
    for (const close of closing) close();
  });

  /** Those that would wait for a state, or for packets, to the end of their time. */
  const waiting = ['Wait for Analysis', 'Capture Pcap, live'];
  const calls = CALL_NAMES.filter((name) => !waiting.includes(name));
  describe.each(Object.entries(CHANGES))('%s', (_, change) => {
    it.each(calls)('%s works or fails plainly', async (name) => {
      const client = clientOf((_key, value) => change(value));
      const error: unknown = await runCall(client, NODE_CALLS[name], samples).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) expect(error).toMatchObject({ name: 'AllegroError' });
    });
  });
});
