import type { INodeProperties } from 'n8n-workflow';
import { operationsOf } from '../../../../n8n/description/operations';
import {
  OPTIONS_NAME,
  nodeProperties,
  resourceValue,
} from '../../../../n8n/description/properties';
import { pollProperties, pushProperties } from '../../../../n8n/description/trigger-properties';
import { definitions } from '../../../../nodes/definitions';
import { pollTriggers } from '../../../../nodes/definitions/triggers';
import { pushedStatisticsTrigger } from '../../../../nodes/definitions/triggers/pushed-statistics-trigger';
import { EditorBrowser } from '../../../../scripts/hosts/n8n-browser';
import { neverShown, variantsOf, type Variant } from './form-variants';
import { EDITOR_SETTINGS, expectSaved, expectShown, NodeForm } from './node-form';
import { sampleOf, samplesOf } from './form-samples';
import { SimulatorBench } from '../support/simulator-bench';

const PACKAGE = 'n8n-nodes-allegro-multimeter';
/** No other nodes: each page of the editor loads all there are, which is 10 MB with n8n's own. */
const NODE_TYPES = [
  'allegroMultimeter',
  'allegroMultimeterTrigger',
  'allegroMultimeterPushTrigger',
].map((name) => `${PACKAGE}.${name}`);
const VIEW = { width: 1280, height: 1250 };

/** The forms in n8n's own editor, in a browser, with lists filled by the simulator. */
describe('the node in the editor', () => {
  let bench: SimulatorBench;
  let browser: EditorBrowser;

  beforeAll(async () => {
    bench = await SimulatorBench.start(
      undefined,
      {},
      { ...EDITOR_SETTINGS, NODES_INCLUDE: JSON.stringify(NODE_TYPES) },
    );
    browser = await EditorBrowser.open(bench.host, VIEW, { isStill: true });
  });
  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
  });

  async function show(id: string): Promise<void> {
    const { page } = browser;
    await page.goto(`${bench.host.url}/workflow/${id}`);
    await page.getByTestId('canvas-node').first().waitFor();
  }

  const open = (index = 0) => NodeForm.open(browser.page, nameOf(index));

  /** Saves a workflow of nodes side by side; returns its ID. */
  async function save(type: string, parameters: object, count: number): Promise<string> {
    const nodes = Array.from({ length: count }, (_, index) => ({
      id: String(index + 1),
      name: nameOf(index),
      type: `${PACKAGE}.${type}`,
      typeVersion: 1,
      position: [(index % 3) * 300, Math.floor(index / 3) * 300],
      parameters: { ...parameters },
      credentials: bench.withToken,
    }));
    const workflow = { name: 'Forms', nodes, connections: {} };
    return (await bench.host.rest.createWorkflow(workflow)).id;
  }

  describe.each(forms().map((form) => [form.label, form] as const))(
    '%s',
    (_, { type, base, properties: own }) => {
      const variants = variantsOf(own);

      it('shows every field, keeps what is filled in, and shows it again', async () => {
        expect(neverShown(own, variants)).toEqual([]);
        const id = await save(type, base, variants.length);
        await show(id);
        for (const [index, variant] of variants.entries()) {
          const form = await open(index);
          for (const [property, value] of filled(own, variant)) await form.fill(property, value);
          await form.close();
        }
        for (const [index, variant] of variants.entries()) {
          await expectSaved(bench.host, id, nameOf(index), expectedOf(own, variant));
        }
        await show(id);
        for (const [index, variant] of variants.entries()) {
          const form = await open(index);
          for (const [property, value] of filled(own, variant)) {
            await expectShown(form, property, value);
          }
          await form.close();
        }
      });
    },
  );
});

function nameOf(index: number): string {
  return `Allegro ${index + 1}`;
}

/** One form: which node, the choice that opens it, and what it has to show. */
interface Form {
  label: string;
  type: string;
  base: Record<string, unknown>;
  properties: INodeProperties[];
}

function forms(): Form[] {
  const operations = operationsOf(definitions).map(({ label, name, definition }) => ({
    label,
    type: 'allegroMultimeter',
    base: { resource: resourceValue(definition.group), operation: name },
    properties: propertiesFor(nodeProperties(definitions), 'operation', name),
  }));
  const polls = pollTriggers.map(({ label, name }) => ({
    label,
    type: 'allegroMultimeterTrigger',
    base: { triggerOn: name },
    properties: propertiesFor(pollProperties(pollTriggers), 'triggerOn', name),
  }));
  const push = {
    label: pushedStatisticsTrigger.label,
    type: 'allegroMultimeterPushTrigger',
    base: {},
    properties: pushProperties(pushedStatisticsTrigger),
  };
  return [...operations, ...polls, push];
}

function propertiesFor(all: INodeProperties[], choice: string, name: string): INodeProperties[] {
  return all.filter(({ displayOptions }) => displayOptions?.show?.[choice]?.includes(name));
}

/** Properties with what goes into them: choices first, because others show only after them. */
function filled(
  own: readonly INodeProperties[],
  { choices, fields, options }: Variant,
): Array<[INodeProperties, unknown]> {
  const chosen = own.filter(({ name }) => name in choices);
  const collection = own.find(({ name }) => name === OPTIONS_NAME);
  // What others depend on goes first.
  const chosenWithin = ((collection?.options ?? []) as INodeProperties[])
    .filter(({ name }) => name in choices)
    .map(({ name }) => [name, choices[name]]);
  const within = { ...Object.fromEntries(chosenWithin), ...samplesOf(options) };
  return [
    ...chosen.map((property): [INodeProperties, unknown] => [property, choices[property.name]]),
    ...fields.map((property): [INodeProperties, unknown] => [property, sampleOf(property)]),
    ...(Object.keys(within).length > 0
      ? [[collection!, within] as [INodeProperties, unknown]]
      : []),
  ];
}

/** As n8n saves it. What is at its default it leaves away. */
function expectedOf(own: readonly INodeProperties[], variant: Variant): Record<string, unknown> {
  const entries = filled(own, variant)
    .filter(([property, value]) => value !== property.default)
    .map(([property, value]) => [property.name, savedForm(property, value)]);
  return Object.fromEntries(entries);
}

function savedForm({ type, options }: INodeProperties, value: unknown): unknown {
  if (type === 'dateTime') return String(value).replace(' ', 'T');
  if (type === 'resourceLocator') return { __rl: true, ...(value as object) };
  if (type === 'fixedCollection') return { rows: [value] };
  if (type !== 'collection') return value;
  const entries = Object.entries(value as object).map(([name, entry]) => {
    const option = (options as INodeProperties[]).find((candidate) => candidate.name === name)!;
    return [name, savedForm(option, entry)];
  });
  return Object.fromEntries(entries);
}
