import { parseInstant } from '../../client/values/instant';
import type { FlowNode } from '../../scripts/hosts/node-red-host';
import { exampleFlow, exampleWorkflow } from '../../scripts/examples/example-files';
import { READ_ALERTS } from './alerts';
import { evaluate } from './jsonata';
import { N8nSteps } from './n8n-steps';

/** What the examples read of an alert, with the examples' own nodes. */

type Values = Record<string, unknown>;
interface Rule {
  p: string;
  to: string;
  tot: string;
}

const { util } = jest.requireActual<{
  util: {
    setMessageProperty(message: object, property: string, value: unknown, create: boolean): void;
  };
}>('node-red');

const NAMES = ['01-alert-to-pcap', '19-jira-issue', '20-thehive-case'];
/** Times of arrival are later, up to a second that some of them round off. */
const BEGIN = Date.now() - 1000;

/** Without what is not there, and without the time of arrival. */
function told(alert: Values): Values {
  const found = Object.entries(alert).filter(([, value]) => value !== '' && value !== undefined);
  const texts = found.map(([key, value]): [string, string] => [key, String(value)]);
  return Object.fromEntries(
    texts.flatMap(([key, value]): Array<[string, string]> => {
      if (key === 'id' && value === 'of this run') return [];
      if (key !== 'time') return [[key, value]];
      const at = parseInstant(value, 'time') / 1000;
      const isArrival = at >= BEGIN && at <= Date.now();
      return isArrival ? [] : [[key, new Date(at).toISOString().slice(0, 19)]];
    }),
  );
}

function readInN8n(name: string, body: unknown): Values[] {
  const steps = new N8nSteps(exampleWorkflow(name)).ran('Alert', [{ body }]);
  const [{ alerts: found }] = steps.set('Settings', 'Alert') as Array<{ alerts: unknown[] }>;
  // As Split Out makes items of what is no object.
  const alerts = found.map((one) => (Object(one) === one ? one : { alerts: one }) as Values);
  const read = steps.ran('Each Alert', alerts).set('Read Alert', 'Each Alert');
  const names = (steps.node('Read Alert').parameters.assignments as { assignments: Values[] })
    .assignments;
  return read.map((alert) =>
    Object.fromEntries(
      names.map(({ name: own }) => {
        const value = alert[own as string];
        return [own, own === 'id' && value === '1' ? 'of this run' : value];
      }),
    ),
  );
}

async function readInNodeRed(name: string, payload: unknown): Promise<Values[]> {
  const nodes = exampleFlow(name);
  const node = (own: string) => nodes.find((one) => one.name === own)! as FlowNode;
  const each = new Function('msg', String(node('Each alert').func)) as (msg: object) => object[][];
  // As they come from a request, where nothing is undefined.
  const [messages] = each({ payload: JSON.parse(JSON.stringify(payload)) as unknown });
  return Promise.all(
    messages!.map(async (one) => {
      const message = { ...one, _msgid: 'of this run' };
      for (const { p, to, tot } of node('Read the alert').rules as Rule[]) {
        const value = tot === 'jsonata' ? await evaluate(to, message) : to;
        util.setMessageProperty(message, p, value, true);
      }
      return (message as unknown as { alert: Values }).alert;
    }),
  );
}

describe.each(NAMES)('%s reads an alert of', (name) => {
  it.each(READ_ALERTS)('%s, in n8n', (_system, alert, expected) => {
    expect(readInN8n(name, JSON.parse(JSON.stringify(alert))).map(told)).toEqual(expected);
  });

  it.each(READ_ALERTS)('%s, in Node-RED', async (_system, alert, expected) => {
    expect((await readInNodeRed(name, alert)).map(told)).toEqual(expected);
  });

  it.each([{ flow_id: 7 }, { src_ip: '' }, { host_ip: null }])(
    'nobody: %j names no host',
    async (alert) => {
      expect(readInN8n(name, alert)[0]!.host).toBe('');
      expect((await readInNodeRed(name, alert))[0]!.host).toBe('');
    },
  );
});
