import { readFileSync } from 'node:fs';
import { Workflow, type INode, type INodeProperties, type INodeTypes } from 'n8n-workflow';
import { operationNames, operationsOf } from '../../../n8n/description/operations';
import { nodeProperties, resourceValue } from '../../../n8n/description/properties';
import { pollProperties, pushProperties } from '../../../n8n/description/trigger-properties';
import { AllegroMultimeter } from '../../../nodes/AllegroMultimeter/AllegroMultimeter.node';
import { AllegroMultimeterTrigger } from '../../../nodes/AllegroMultimeterTrigger/AllegroMultimeterTrigger.node';
import { definitions } from '../../../nodes/definitions';
import { needsAppliance } from '../../../nodes/definitions/model/start-run';
import { pollTriggers } from '../../../nodes/definitions/triggers';
import { pushedStatisticsTrigger as push } from '../../../nodes/definitions/triggers/pushed-statistics-trigger';
import { defaultsOf, isShown, variantsOf } from '../../hosts/n8n/editor/form-variants';

describe('the properties of all definitions', () => {
  const properties = nodeProperties(definitions);

  it('give each definition an operation with an action', () => {
    const operations = properties
      .filter(({ name }) => name === 'operation')
      .flatMap(({ options }) => options as Array<{ value: string; action: string }>);
    const names = operations.map(({ value }) => value);
    expect(names.sort()).toEqual([...definitions.map(({ name }) => name), 'resumeBuffer'].sort());
    expect(operations.every(({ action }) => action)).toBe(true);
  });

  it('name the five uses that the project began with, what people come for first', () => {
    const actions = operationsOf(definitions).map(({ action }) => action);
    const first = [
      'Get stats',
      'Get top talkers',
      'Capture a pcap',
      'Upload a pcap',
      'Suspend the buffer',
    ];
    expect(actions).toEqual(expect.arrayContaining(first));
    expect(actions[0]).toBe('Capture a pcap');
  });

  it('call each operation by a verb, without the name of its resource', () => {
    const verbs =
      /^(Capture|Check|Draw|Estimate|Find|Freeze|Get|Resume|Send|Summarize|Suspend|Upload|Wait)\b/;
    for (const { verb, action, definition } of operationsOf(definitions)) {
      expect(verb).toMatch(verbs);
      expect(action).toMatch(verbs);
      expect(` ${verb} `).not.toContain(` ${definition.group} `);
    }
  });

  it('have no field for what the operation decides', () => {
    expect(properties.filter(({ name }) => name === 'bufferAction')).toEqual([]);
    const ringBuffer = properties.filter(
      ({ displayOptions }) => displayOptions?.show?.operation?.includes('resumeBuffer') ?? false,
    );
    expect(ringBuffer.length).toBeGreaterThan(1);
  });

  it('have no field whose name the form itself uses', () => {
    const reserved = ['authentication', 'resource', 'operation', 'options', 'outputBinaryField'];
    const names = definitions.flatMap(({ fields }) => fields.map(({ name }) => name));
    expect(names.filter((name) => reserved.includes(name))).toEqual([]);
  });

  it('ask for a login only where an appliance is needed', () => {
    const local = definitions.filter((definition) => !needsAppliance(definition));
    expect(local.length).toBeGreaterThan(0);
    const hide = { operation: local.map(({ name }) => name) };
    const authentication = properties.find(({ name }) => name === 'authentication');
    expect(authentication?.displayOptions).toEqual({ hide });
    const { credentials } = new AllegroMultimeter().description;
    expect(credentials).toHaveLength(2);
    for (const { displayOptions } of credentials!) expect(displayOptions).toMatchObject({ hide });
  });

  it('show no field outside of Options by one of Options, which n8n does not look up', () => {
    const lost = definitions.flatMap(({ name, fields }) => {
      const isAdvanced = (wanted: string) => fields.find((f) => f.name === wanted)?.advanced;
      return fields
        .filter((field) => !field.advanced && Object.keys(field.showWhen ?? {}).some(isAdvanced))
        .map((field) => `${name}.${field.name}`);
    });
    expect(lost).toEqual([]);
  });

  it('let every field with choices be picked from a list or entered', () => {
    const methods = new AllegroMultimeter().methods.listSearch as Record<string, unknown>;
    const all = properties.flatMap((property) =>
      property.name === 'options' ? (property.options as INodeProperties[]) : [property],
    );
    const chosen = definitions.flatMap(({ fields }) =>
      fields.filter((field) => 'choices' in field && field.choices),
    );
    expect(chosen.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['path', 'device', 'linkGroup', 'slot']),
    );
    for (const { name } of chosen) {
      for (const { type, modes } of all.filter((property) => property.name === name)) {
        expect(type).toBe('resourceLocator');
        expect(modes).toHaveLength(2);
        expect(methods).toHaveProperty(modes![0].typeOptions!.searchListMethod as string);
      }
    }
  });

  it('require nothing in a collection, which would hold up every form of the node', () => {
    const all = [...properties, ...pollProperties(pollTriggers)];
    const inCollections = all
      .filter(({ type }) => type === 'collection')
      .flatMap(({ options }) => options as INodeProperties[]);
    expect(inCollections.length).toBeGreaterThan(10);
    expect(inCollections.filter(({ required }) => required).map(({ name }) => name)).toEqual([]);
  });

  it('say what each field is, and show an example where text is entered', () => {
    const all = [...properties, ...pollProperties(pollTriggers), ...pushProperties(push)].flatMap(
      (property) => [property, ...childrenOf(property)],
    );
    const own = all.filter(({ type, name }) => type !== 'notice' && !CHOICES.includes(name));
    expect(own.length).toBeGreaterThan(100);
    const isBad = ({ displayName, description }: INodeProperties) =>
      !displayName.trim() || !description?.trim() || /\.$/.test(description);
    const described = own.filter(({ name }) => name !== 'options' && name !== 'outputBinaryField');
    expect(described.filter(isBad).map(({ name }) => name)).toEqual([]);
    const texts = own.filter(({ type, typeOptions }) => type === 'string' && !typeOptions?.rows);
    expect(texts.filter(({ placeholder }) => !/^e\.g\. /.test(placeholder ?? ''))).toEqual([]);
  });

  it('warn of a suspended buffer only where it is to be suspended', () => {
    const notice = properties.find(({ name }) => name === 'suspendBufferNotice');
    expect(notice?.displayOptions?.show?.operation).toEqual(['suspendBuffer']);
  });

  it('say in which field an evidence file is', () => {
    const evidence = properties
      .flatMap(childrenOf)
      .filter(({ description }) => /_evidence/.test(description ?? ''));
    expect(evidence.map(({ name }) => name)).toEqual(Array(3).fill('evidenceFile'));
  });

  it('offer no slot where a slot is refused, and nothing but slots where one is needed', () => {
    const modesOf = (operation: string) =>
      new Map(FORMS)
        .get(operation)!
        .flatMap((property) => [property, ...childrenOf(property)])
        .find(({ name }) => name === 'device')!.modes![0];
    for (const operation of ['suspendBuffer', 'freezeEvidence', 'uploadPcap']) {
      expect(modesOf(operation).typeOptions?.searchListMethod).toBe('searchDevices');
      expect(modesOf(operation).placeholder).toBe('The appliance itself');
    }
    expect(modesOf('waitForAnalysis').typeOptions?.searchListMethod).toBe('searchSlots');
    expect(modesOf('waitForAnalysis').placeholder).toBe('Select a slot...');
  });

  it('show each field for one operation only', () => {
    for (const definition of definitions) {
      const { name, group, fields, variants } = definition;
      const show = { resource: [resourceValue(group)], operation: operationNames(definition) };
      const usual = fields.filter(({ advanced, onlyIn }) => !advanced && !onlyIn);
      for (const field of usual.filter((one) => one.name !== variants?.field)) {
        const own = properties.filter(
          (candidate) =>
            candidate.name === field.name &&
            candidate.displayOptions?.show?.operation?.[0] === name,
        );
        expect(own).toHaveLength(1);
        expect(own[0].displayOptions?.show).toMatchObject(show);
      }
    }
  });
});

/** Form by form: the properties that only it has. */
const FORMS: Array<[string, INodeProperties[]]> = [
  ...operationsOf(definitions).map(({ name }): [string, INodeProperties[]] => [
    name,
    nodeProperties(definitions).filter(
      ({ displayOptions }) => displayOptions?.show?.operation?.includes(name) ?? false,
    ),
  ]),
  ...pollTriggers.map(({ name }): [string, INodeProperties[]] => [
    name,
    pollProperties(pollTriggers).filter(
      ({ displayOptions }) => displayOptions?.show?.triggerOn?.includes(name) ?? false,
    ),
  ]),
  ['push', pushProperties(push)],
];
const MAX_FIELDS = 9;

describe.each(FORMS)('the form of %s', (_, form) => {
  const isField = ({ type }: INodeProperties) => type !== 'notice' && type !== 'collection';
  const options = form.find(({ type }) => type === 'collection')?.options as INodeProperties[];

  it(`shows at most ${MAX_FIELDS} fields before anything is chosen`, () => {
    const shown = form.filter(isField).filter((one) => isShown(one, defaultsOf(form)));
    expect(shown.map(({ displayName }) => displayName).slice(MAX_FIELDS)).toEqual([]);
  });

  it('shows each field once, whatever is chosen', () => {
    for (const { choices } of variantsOf(form)) {
      const shown = form.filter((one) => isShown(one, { ...defaultsOf(form), ...choices }));
      const names = shown.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  it('offers at least one option, whatever is chosen', () => {
    for (const { choices } of variantsOf(form)) {
      const values = { ...defaultsOf([...form, ...options]), ...choices };
      expect(options.filter((one) => isShown(one, values))).not.toEqual([]);
    }
  });
});

it.each<[string, string, Record<string, string>]>([
  ['bit/s', 'e.g. 100000000', {}],
  ['packets/s', '', { measure: 'packetsPerSecond' }],
  ['bytes', '', { watched: 'total', measure: 'bytes' }],
  ['h', '', { watched: 'buffer' }],
  ['', '', { watched: 'tcpScore' }],
  ['', '', { watched: 'list' }],
])('the form of a threshold names its unit: "%s"', (unit, placeholder, choices) => {
  const [, form] = FORMS.find(([name]) => name === 'thresholdTrigger')!;
  const values = { ...defaultsOf(form), ...choices };
  const shown = form.filter(({ name }) => name === 'limit').filter((one) => isShown(one, values));
  const displayName = unit ? `Threshold (${unit})` : 'Threshold';
  expect(shown).toEqual([expect.objectContaining({ displayName, required: true })]);
  expect(shown[0].placeholder ?? '').toBe(placeholder);
});

describe('the link to the docs in the output panel', () => {
  const nodes = [new AllegroMultimeter(), new AllegroMultimeterTrigger()];
  const forms = [
    ...operationsOf(definitions).map(({ name, definition }) => ({
      ...{ parameters: { operation: name }, page: definition.name },
    })),
    ...pollTriggers.map(({ name }) => ({ parameters: { triggerOn: name }, page: name })),
  ];

  it.each(forms)('is that of the page: $parameters', ({ parameters, page }) => {
    const [parameter, value] = Object.entries(parameters)[0];
    const shown = nodes
      .flatMap(({ description }) => description.hints ?? [])
      .filter(({ displayCondition }) => {
        const names = /^=\{\{ (\[.*\])\.includes\(\$parameter\["(\w+)"\]\) \}\}$/.exec(
          displayCondition!,
        )!;
        return names[2] === parameter && (JSON.parse(names[1]) as string[]).includes(value);
      });
    expect(shown).toHaveLength(1);
    const file = /docs\/nodes\/[\w-]+\.md/.exec(shown[0].message)![0];
    const { label } = [...definitions, ...pollTriggers].find(({ name }) => name === page)!;
    expect(readFileSync(file, 'utf8')).toContain(`# ${label}`);
  });
});

describe('the subtitle on the canvas', () => {
  const { description } = new AllegroMultimeter();
  const { subtitle } = description;

  /** As n8n works it out. */
  function subtitleOf(parameters: INode['parameters']): unknown {
    const position: [number, number] = [0, 0];
    const node = { id: 'n', name: 'N', type: 't', typeVersion: 1, position, parameters };
    const nodeTypes = { getByNameAndVersion: () => ({ description }) };
    const { expression } = new Workflow({
      nodes: [node],
      connections: {},
      active: false,
      nodeTypes: nodeTypes as unknown as INodeTypes,
    });
    return expression.getSimpleParameterValue(node, subtitle, 'internal', {});
  }

  it.each([
    ['Suspend Buffer', 'suspendBuffer'],
    ['Resume Buffer', 'resumeBuffer'],
    ['Freeze Evidence', 'freezeEvidence'],
  ])('is %s for %s', (expected, operation) => {
    expect(subtitleOf({ resource: 'ringBuffer', operation })).toBe(expected);
  });
});

/** What the form itself asks for; their choices have descriptions. */
const CHOICES = ['authentication', 'resource', 'operation'];

/** Rows of a collection, and what is in Options. */
function childrenOf({ type, options }: INodeProperties): INodeProperties[] {
  if (type === 'collection') return options as INodeProperties[];
  if (type !== 'fixedCollection') return [];
  return (options as Array<{ values: INodeProperties[] }>).flatMap(({ values }) => values);
}
