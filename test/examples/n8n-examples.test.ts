import { parse } from 'acorn';
import type { INodeProperties } from 'n8n-workflow';
import { AllegroMultimeter } from '../../nodes/AllegroMultimeter/AllegroMultimeter.node';
import { AllegroMultimeterPushTrigger } from '../../nodes/AllegroMultimeterPushTrigger/AllegroMultimeterPushTrigger.node';
import { AllegroMultimeterTrigger } from '../../nodes/AllegroMultimeterTrigger/AllegroMultimeterTrigger.node';
import { exampleNames, exampleWorkflow } from '../../scripts/examples/example-files';
import type { WorkflowNode } from '../../scripts/hosts/n8n-rest';
import { lineCrossings } from './line-crossings';
import { isLong, overlaps, parseBody, walk } from './walk';

const PACKAGE = 'n8n-nodes-allegro-multimeter.';
const isOurs = ({ type }: WorkflowNode) => type.startsWith(PACKAGE);
const isNote = ({ type }: WorkflowNode) => type === 'n8n-nodes-base.stickyNote';
const nodes = new AllegroMultimeter().description;
const PROPERTIES: Record<string, INodeProperties[]> = {
  allegroMultimeter: nodes.properties,
  // n8n adds these two to a node that an agent can use.
  allegroMultimeterTool: [
    ...nodes.properties,
    { name: 'descriptionType', type: 'string', default: '', displayName: '' },
    { name: 'toolDescription', type: 'string', default: '', displayName: '' },
  ],
  allegroMultimeterTrigger: [
    ...new AllegroMultimeterTrigger().description.properties,
    { name: 'pollTimes', type: 'fixedCollection', default: {}, displayName: '' },
  ],
  allegroMultimeterPushTrigger: new AllegroMultimeterPushTrigger().description.properties,
};

/** The properties of a node's form, as far as its operation or trigger shows them. */
function formOf({ type, parameters }: WorkflowNode): INodeProperties[] {
  return PROPERTIES[type.slice(PACKAGE.length)]!.filter(({ displayOptions: { show = {} } = {} }) =>
    ['resource', 'operation', 'triggerOn'].every(
      (name) => !show[name] || show[name].includes(parameters[name] as string),
    ),
  );
}

/** What is wrong with a value, for n8n; an expression is only known at the run. */
function problemsOf(property: INodeProperties | undefined, name: string, value: unknown): string[] {
  if (!property) return [`${name}: there is no such field`];
  const isExpression = typeof value === 'string' && value.startsWith('=');
  const wrong = [`${name}: ${JSON.stringify(value)} is not valid for ${property.type}`];
  switch (property.type) {
    case 'options': {
      const values = (property.options as Array<{ value: unknown }>).map((one) => one.value);
      return isExpression || values.includes(value) ? [] : wrong;
    }
    case 'boolean':
    case 'number':
    case 'string':
      return isExpression || typeof value === property.type ? [] : wrong;
    case 'resourceLocator': {
      const { __rl, mode, value: own } = value as Record<string, unknown>;
      const modes = property.modes!.map((one) => one.name);
      return __rl === true && modes.includes(mode as string) && typeof own === 'string'
        ? []
        : wrong;
    }
    case 'collection': {
      const inner = property.options as INodeProperties[];
      return Object.entries(value as object).flatMap(([key, one]) =>
        problemsOf(
          inner.find((candidate) => candidate.name === key),
          `${name}.${key}`,
          one,
        ),
      );
    }
    default:
      return [];
  }
}

describe.each(exampleNames('n8n'))('%s for n8n', (name) => {
  const workflow = exampleWorkflow(name);
  const { connections, pinData } = workflow;
  const isNumbered = !name.startsWith('scale-out/');
  const others = workflow.nodes.filter((node) => !isNote(node));
  const targets = walk(connections).flatMap(({ key, value }) => (key === 'node' ? [value] : []));

  it("uses n8n's own nodes and ours", () => {
    for (const { type } of workflow.nodes) {
      expect(type).toMatch(
        /^(n8n-nodes-base|@n8n\/n8n-nodes-langchain|n8n-nodes-allegro-multimeter)\./,
      );
    }
    expect(JSON.stringify(workflow)).not.toMatch(/127\.0\.0\.1|localhost/);
  });

  it('has only fields that exist, with values that are valid', () => {
    const problems = others.filter(isOurs).flatMap((node) => {
      const form = formOf(node);
      return Object.entries(node.parameters).flatMap(([key, value]) =>
        problemsOf(
          form.find((property) => property.name === key),
          `${node.name}: ${key}`,
          value,
        ),
      );
    });
    expect(problems).toEqual([]);
  });

  it('has expressions and code that parse, and name nodes that are there', () => {
    const names = others.map((node) => node.name);
    for (const { key, value } of others.flatMap(({ parameters }) => walk(parameters))) {
      if (typeof value !== 'string') continue;
      if (key === 'jsCode') parseBody(value);
      else if (!value.startsWith('=')) continue;
      else for (const [, code] of value.matchAll(/\{\{([^]*?)\}\}/g)) parseExpression(code!);
      for (const [, quoted] of value.matchAll(/\$\(["']([^"']+)["']\)/g)) {
        expect(names).toContain(quoted);
      }
    }
  });

  it('has code of at most ten lines, in nodes and in expressions', () => {
    const isTooLong = ({ key, value }: { key: string; value: unknown }) => {
      if (typeof value !== 'string') return false;
      if (key === 'jsCode') return isLong(value);
      // The body of a request is what is sent, not how it is worked out.
      if (key === 'jsonBody' || !value.startsWith('=')) return false;
      return [...value.matchAll(/\{\{([^]*?)\}\}/g)].some(([code]) => code.split('\n').length > 10);
    };
    const long = others.filter(({ parameters }) => walk(parameters).some(isTooLong));
    expect(long.map(({ name: own }) => own)).toEqual([]);
  });

  it('says in a note what to do first, and what the login has to be allowed', () => {
    const { content } = workflow.nodes.find((node) => node.name === 'About')!.parameters;
    const needed = isNumbered
      ? /^## .+\n.+\n\n\*\*Before the first run\*\*\n1\. [^]*\*\*Appliance\*\*: /
      : /\*\*Set up\*\*: /;
    expect(content).toMatch(needed);
  });

  it('connects every node', () => {
    expect(targets.filter((target) => !others.some((node) => node.name === target))).toEqual([]);
    for (const { name: own } of others) {
      const isConnected = targets.includes(own) || own in connections;
      expect([own, isConnected]).toEqual([own, true]);
    }
  });

  if (!isNumbered) return;

  it('tells a person of every error of ours', () => {
    for (const node of others.filter(({ type }) => type === `${PACKAGE}allegroMultimeter`)) {
      const outputs = (connections[node.name] as { main: unknown[][] }).main;
      expect([node.name, node.onError]).toEqual([node.name, 'continueErrorOutput']);
      expect(outputs[1]!.length).toBeGreaterThan(0);
    }
    const failing = others.filter(({ onError }) => onError === 'continueErrorOutput');
    const telling = ['Post to Slack', 'Post the Failure', 'What Went Wrong', 'Capture Failed'];
    expect(failing.length === 0 || telling.some((one) => targets.includes(one))).toBe(true);
  });

  it('pins sample data for what comes from outside, or can be tried without', () => {
    const canBeTried = others.some((node) => node.name === 'Try It');
    for (const { name: own, type } of others) {
      // A form with a file cannot be pinned: n8n pins no files. A schedule has nothing to say.
      const isOutside = /\.(webhook|formTrigger|allegroMultimeter(Push)?Trigger)$/.test(type);
      const isSampled = isOutside && own !== 'Pcap Form';
      if (canBeTried && isOutside) continue;
      expect([own, own in (pinData as object)]).toEqual([own, isSampled]);
    }
  });

  it('has no two nodes in one place, and its notes do not cover each other', () => {
    const boxes = (list: WorkflowNode[]) =>
      list.map((node) => {
        const [x, y] = node.position as [number, number];
        const [width, height] = isNote(node)
          ? [Number(node.parameters.width), Number(node.parameters.height)]
          : [node.type.endsWith('.agent') ? 208 : 96, 96];
        return { name: node.name, x, y, right: x + width, bottom: y + height };
      });
    expect(overlaps(boxes(others))).toEqual([]);
    expect(overlaps(boxes(workflow.nodes.filter(isNote)))).toEqual([]);
  });

  it('has no line across a node or the title of a note', () => {
    expect(lineCrossings(workflow)).toEqual([]);
  });
});

/** Throws where a text is not one JavaScript expression, as n8n's are. */
function parseExpression(code: string): void {
  const { body } = parse(`(${code}\n)`, { ecmaVersion: 2022 });
  if (body.length !== 1) throw new Error(`Not one expression: ${code}`);
}
