import { exampleFlow, exampleNames, exampleWorkflow } from '../../scripts/examples/example-files';
import type { FlowNode } from '../../scripts/hosts/node-red-host';
import { readCard } from '../neighbours/teams';
import { problemsOf } from '../neighbours/slack-form';
import { plainPart } from '../neighbours/tickets';
import { evaluate } from './jsonata';
import { N8nSteps } from './n8n-steps';

/**
 * What the examples send where names from the network are in it, as their owners write them to do
 * harm: to call a channel, to be a link, to leave a frame, to be a picture.
 */

const HARM =
  'A&B <!channel> <http://x.example|Sign in> [a](http://x.example) {noformat} ``` <img src=x>';
const LONG = { title: `${HARM} ${'x'.repeat(1e6)}`, text: `${HARM}\n${HARM} ${'x'.repeat(1e6)}` };

/** Throws where the system that it goes to would read more than text in it. */
const CHECKS: Array<[part: RegExp, check: (body: unknown) => void]> = [
  [/"?blocks"?:/, (body) => expect(problemsOf(body)).toEqual([])],
  [/AdaptiveCard/, (body) => expect(readCard(body)).toContain(HARM)],
  [/\{noformat\}/, (body) => plainPart(descriptionIn(body), '{noformat}')],
  [/^=?```|"description": "```/, (body) => plainPart(descriptionIn(body), '```')],
];

function descriptionIn(body: unknown): string {
  if (typeof body === 'string') return body;
  const { fields, description } = body as {
    fields?: { description: string };
    description?: string;
  };
  return fields?.description ?? description!;
}

const checkOf = (source: string) => CHECKS.find(([part]) => part.test(source))?.[1];

/** All texts within a value, and whose they are. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const IN_N8N = exampleNames('n8n').flatMap((name) =>
  exampleWorkflow(name).nodes.flatMap((node) =>
    textsIn(node.parameters)
      .filter((source) => source.startsWith('=') && checkOf(source))
      .map((source): [string, string, string] => [name, node.name, source]),
  ),
);

it.each(IN_N8N)('%s in n8n: "%s" sends text as text', (name, node, source) => {
  const steps = new N8nSteps(exampleWorkflow(name)).ran('Before', [LONG]);
  checkOf(source)!(steps.evaluate(node, source, 'Before'));
});

interface Rule {
  to?: unknown;
  tot?: string;
}

const IN_NODE_RED = exampleNames('node-red').flatMap((name) =>
  exampleFlow(name).flatMap((node) =>
    [...((node.rules ?? []) as Rule[]).map(({ to }) => to), node.func]
      .filter((source) => typeof source === 'string' && checkOf(source))
      .map((source): [string, string, string] => [name, String(node.name), source as string]),
  ),
);

const ENVIRONMENT = { get: () => 'x' };

function run(func: string, msg: object): Record<string, unknown> {
  return (new Function('msg', 'env', func) as (...values: object[]) => Record<string, unknown>)(
    structuredClone(msg),
    ENVIRONMENT,
  );
}

it.each(IN_NODE_RED)('%s in Node-RED: "%s" sends text as text', async (_name, _node, source) => {
  const isFunction = /\breturn\b/.test(source);
  checkOf(source)!(isFunction ? run(source, LONG).payload : await evaluate(source, LONG));
});

const SUMMARY = { text: HARM, conversations: [] };
const FOUND = { packets: 1, warnings: [HARM], summary: SUMMARY, path: 'a.pcap' };

/** Functions whose text goes to the e-mail node, which sends what holds a tag as HTML. */
it.each<[string, string, object]>([
  ['01-alert-to-pcap', 'As a mail', { title: HARM, text: HARM, payload: FOUND }],
  [
    '02-evidence-pack',
    'Ticket',
    { incident: { text: HARM }, evidence: { ...FOUND, requestedWindow: {} } },
  ],
  ['09-threshold-watch', 'Alert', { over: { element: HARM, name: HARM }, payload: FOUND }],
])('%s in Node-RED: "%s" mails no HTML', (name, node, msg) => {
  const { func } = exampleFlow(name).find((one) => one.name === node) as FlowNode;
  const { payload } = run(String(func), msg);
  expect(payload).toContain('Sign in');
  expect(payload).not.toMatch(/<[a-z]/i);
});

const SECRET = 'https://hooks.slack.com/services/T0/B0/secret';
const POSTED = exampleNames('node-red').filter((name) =>
  exampleFlow(name).some((one) => one.name === 'Posted?'),
);

it.each(POSTED)('%s in Node-RED: "Posted?" says why not, without the address', (name) => {
  const { func } = exampleFlow(name).find((one) => one.name === 'Posted?')!;
  const check = new Function('msg', 'node', String(func)) as (...values: object[]) => void;
  const saidOf = (statusCode: number | string, payload: string) => {
    const said: string[] = [];
    check({ statusCode, payload }, { error: (text: string) => said.push(text) });
    return said;
  };
  expect(saidOf(200, 'ok')).toEqual([]);
  expect(saidOf(404, 'no_service')).toEqual(['Not posted: the answer was 404 no_service']);
  expect(saidOf('ECONNREFUSED', `Error : ${SECRET}`)).toEqual(['Not posted: ECONNREFUSED']);
});

describe('a name that is a formula', () => {
  const talkers = [{ ip: '10.1.2.3', name: '=HYPERLINK("http://x.example")', totalBytes: 5e6 }];
  const row = { ip: '10.1.2.3', name: '\'=HYPERLINK("http://x.example")' };

  it('is text in the CSV of 08-daily-digest for n8n', () => {
    const steps = new N8nSteps(exampleWorkflow('08-daily-digest'));
    steps.ran('Last 24 Hours', talkers).ran('Day Before', talkers);
    steps.ran('Compare', steps.code('Compare', []));
    expect(steps.set('Row', 'Compare')).toMatchObject([row]);
  });

  it('is text in the CSV of 08-daily-digest for Node-RED', () => {
    const { func } = exampleFlow('08-daily-digest').find((one) => one.name === 'Compare')!;
    expect(run(String(func), { today: { talkers }, payload: { talkers } }).payload).toMatchObject([
      row,
    ]);
  });
});
