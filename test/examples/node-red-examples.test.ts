import { fieldDefaults, newProperties } from '../../node-red/editor/defaults';
import { formFields } from '../../node-red/editor/editor-field';
import { paletteDefinitions } from '../../node-red/runtime/nodes/palette-definitions';
import { APPLIANCE_TYPE, typeOf } from '../../node-red/runtime/values/names';
import type { FlowNode } from '../../scripts/hosts/node-red-host';
import { exampleFlow, exampleNames } from '../../scripts/examples/example-files';
import { isLong, overlaps, parseBody, walk } from './walk';

const { util } = jest.requireActual<{
  util: { prepareJSONataExpression(text: string, node: object): void };
}>('node-red');

/** Node-RED's own nodes that the examples use; the one package beside ours is node-red-node-email. */
const CORE = new Set([
  ...[
    'tab',
    'comment',
    'inject',
    'debug',
    'catch',
    'status',
    'switch',
    'change',
    'function',
    'template',
  ],
  ...['http in', 'http request', 'http response', 'csv', 'json', 'file', 'file in', 'watch'],
  ...['delay', 'trigger', 'link in', 'link out', 'split', 'join'],
  ...['mqtt in', 'mqtt out', 'mqtt-broker'],
]);
const STARTS = ['comment', 'inject', 'catch', 'status', 'http in', 'link in', 'mqtt in', 'watch'];
/** What a tab shows besides comments, where it had grown too large. */
const MOST_NODES: Record<string, number> = {
  '02-evidence-pack': 15,
  '03-preserve-the-buffer': 15,
  '12-ai-triage': 15,
};
/** Of the editor, for every node. */
const EDITOR = ['id', 'type', 'z', 'g', 'x', 'y', 'd', 'l', 'info', 'wires'];

const wiresOf = ({ wires, links, type }: FlowNode): string[] => [
  ...((wires ?? []) as string[][]).flat(),
  ...(type === 'link out' ? (links as string[]) : []),
];

describe.each(exampleNames('node-red'))('%s for Node-RED', (name) => {
  const nodes = exampleFlow(name);
  const isNumbered = !name.startsWith('scale-out/');
  const inFlow = nodes.filter(({ x }) => x !== undefined);
  const targets = new Set(nodes.flatMap(wiresOf));

  /** A Catch without a scope takes the errors of its whole tab. */
  const isCaught = ({ id, z }: FlowNode) =>
    nodes.some(
      (node) =>
        node.type === 'catch' &&
        (Array.isArray(node.scope) ? node.scope.includes(id) : node.z === z),
    );

  it("uses Node-RED's own nodes, ours, and names the package for mail", () => {
    const foreign = nodes
      .map(({ type }) => type)
      .filter((type) => !CORE.has(type) && !type.startsWith('allegro-multimeter-'));
    const needsMail = foreign.includes('e-mail');
    expect([...new Set(foreign)].sort()).toEqual(needsMail ? ['e-mail', 'global-config'] : []);
    if (!needsMail) return;
    const palette = nodes.find(({ type }) => type === 'global-config')!;
    expect(Object.keys(palette.modules as object)).toEqual(['node-red-node-email']);
    expect(JSON.stringify(nodes)).toContain('**node-red-node-email**');
  });

  it('has only fields that exist, with values that are valid', () => {
    const problems: string[] = [];
    for (const node of nodes) {
      const definition = paletteDefinitions.find((one) => typeOf(one) === node.type);
      if (!definition) continue;
      const defaults = fieldDefaults(definition);
      const known = [...EDITOR, ...Object.keys({ ...newProperties(definition), ...defaults })];
      for (const key of Object.keys(node).filter((own) => !known.includes(own))) {
        problems.push(`${String(node.name)}: there is no field ${key}`);
      }
      for (const field of formFields(definition)) {
        const value = node[field.name] ?? defaults[field.name];
        if (`${field.name}Type` in node || isValid(field, String(value))) continue;
        problems.push(`${String(node.name)}: ${field.name} cannot be ${JSON.stringify(value)}`);
      }
    }
    expect(problems).toEqual([]);
  });

  it('has functions and JSONata that parse', () => {
    for (const { func, initialize, finalize } of nodes.filter(({ type }) => type === 'function')) {
      for (const code of [func, initialize, finalize]) parseBody(String(code ?? ''));
    }
    for (const { key, value, parent } of walk(nodes)) {
      if (value !== 'jsonata') continue;
      // The type stands beside its value: sinceType and since, tot and to, vt and v; Debug has `complete`.
      const text = parent[key === 'targetType' ? 'complete' : key.replace(/(Type|t)$/, '')];
      expect([key, typeof text]).toEqual([key, 'string']);
      util.prepareJSONataExpression(String(text), {});
    }
  });

  it('names only nodes that are there', () => {
    const ids = nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = nodes.flatMap(({ z, appliance, scope, links, wires }) => [
      ...[z, appliance].filter((one) => one !== undefined && one !== ''),
      ...((Array.isArray(scope) ? scope : []) as string[]),
      ...((links ?? []) as string[]),
      ...((wires ?? []) as string[][]).flat(),
    ]);
    expect(named.filter((id) => !ids.includes(id as string))).toEqual([]);
  });

  it('says in the tab and in a comment what to do first', () => {
    const needed = isNumbered
      ? /^.+\n\n\*\*Before the first run\*\*\n\n1\. [^]*\*\*Appliance\*\*: /
      : /\*\*Set up\*\*: |\*\*Needed in its /;
    for (const tab of nodes.filter(({ type }) => type === 'tab')) {
      const comments = nodes.filter(({ type, z }) => type === 'comment' && z === tab.id);
      expect(comments.some(({ info }) => needed.test(String(info)))).toBe(true);
      if (isNumbered) expect(tab.info).toMatch(needed);
    }
    const appliances = nodes.filter(({ type }) => type === APPLIANCE_TYPE);
    expect(appliances.map(({ baseUrl }) => baseUrl)).toEqual(['https://allegro-mm-xxxx']);
  });

  it('has every node wired, and every error of ours caught', () => {
    for (const node of inFlow.filter(({ type }) => !STARTS.includes(type))) {
      const isTrigger = /^allegro-.*-trigger$/.test(node.type);
      expect([node.name, isTrigger || targets.has(node.id)]).toEqual([node.name, true]);
      if (node.type.startsWith('allegro-')) {
        expect([node.name, isCaught(node)]).toEqual([node.name, true]);
      }
    }
  });

  it('has functions of at most ten lines', () => {
    const code = nodes.flatMap(({ name: own, func, initialize, finalize }) =>
      [func, initialize, finalize].map((one) => [own, String(one ?? '')] as const),
    );
    expect(code.filter(([, one]) => isLong(one)).map(([own]) => own)).toEqual([]);
  });

  if (!isNumbered) return;

  it('catches what a Function node throws', () => {
    // What a Catch leads to tells of an error itself; what that throws is in the log.
    const telling = new Set(nodes.filter(({ type }) => type === 'catch').map(({ id }) => id));
    for (const id of telling) {
      for (const next of wiresOf(nodes.find((node) => node.id === id)!)) telling.add(next);
    }
    for (const node of nodes.filter(({ type, id }) => type === 'function' && !telling.has(id))) {
      expect([node.name, isCaught(node)]).toEqual([node.name, true]);
    }
  });

  it('tells once of a request that fails', () => {
    // With senderr it goes to the Catch node only; without, into the flow as well.
    for (const node of nodes.filter(({ type }) => type === 'http request')) {
      expect([node.name, node.senderr]).toEqual([node.name, isCaught(node)]);
    }
  });

  it('is small enough to be read at a glance', () => {
    const most = MOST_NODES[name];
    if (most !== undefined) {
      const drawn = inFlow.filter(({ type }) => type !== 'comment');
      expect(drawn.length).toBeLessThanOrEqual(most);
    }
  });

  it('has no two nodes in one place', () => {
    const boxes = inFlow.map((node) => {
      const label = String(node.dname || node.name || node.url || node.type);
      const isLink = node.type.startsWith('link ');
      const half = isLink ? 15 : Math.max(100, label.length * 6 + 40) / 2;
      const [x, y] = [Number(node.x), Number(node.y)];
      return { name: label, x: x - half, right: x + half, y: y - 15, bottom: y + 15 };
    });
    expect(overlaps(boxes)).toEqual([]);
    for (const { name: label, x } of boxes) expect([label, x >= 0]).toEqual([label, true]);
  });
});

type FormField = ReturnType<typeof formFields>[number];

/** Whether a field takes a text that is a value, not the name of a property or an expression. */
function isValid(field: FormField, text: string): boolean {
  switch (field.type) {
    case 'options':
      return field.options.some(({ value }) => value === text);
    case 'boolean':
      return ['true', 'false'].includes(text);
    case 'number': {
      const { min = -Infinity, max = Infinity } = field;
      return text === '' || (Number(text) >= min && Number(text) <= max);
    }
    default:
      return true;
  }
}

it('show every node at least once, which the scorecard of Node-RED asks for', () => {
  const shown = new Set(
    exampleNames('node-red')
      .flatMap(exampleFlow)
      .map(({ type }) => type),
  );
  const missing = paletteDefinitions.map(typeOf).filter((type) => !shown.has(type));
  expect(missing).toEqual([]);
});
