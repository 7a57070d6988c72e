import { resourceValue } from '../../n8n/description/properties';
import { definitions } from '../../nodes/definitions';
import type { Field } from '../../nodes/definitions/model/field';
import { needsAppliance } from '../../nodes/definitions/model/start-run';
import { pollTriggers } from '../../nodes/definitions/triggers';
import type { Workflow, WorkflowNode } from '../n8n-rest';
import { uuidOf } from './ids';

/** Column and row; fractions are fine. */
export type Place = readonly [column: number, row: number];

type Values = Record<string, unknown>;

/** One step of the canvas, in n8n's pixels; multiples of its grid of 16. */
const COLUMN = 224;
const ROW = 192;

/** Of a note. */
const WHITE = 7;

const NODE_TYPE = 'n8n-nodes-allegro-multimeter.allegroMultimeter';
const LOGIN = {
  credentials: { allegroMultimeterTokenApi: { id: '', name: 'Allegro Network Multimeter' } },
};

/** Types of n8n's own nodes, with the version that the examples are written for. */
const TYPES = {
  webhook: 2.1,
  manualTrigger: 1,
  scheduleTrigger: 1.3,
  formTrigger: 2.3,
  form: 2.3,
  emailReadImap: 2.1,
  executeWorkflowTrigger: 1.1,
  executeWorkflow: 1.2,
  set: 3.4,
  if: 2.2,
  switch: 3.2,
  code: 2,
  merge: 3.1,
  wait: 1.1,
  filter: 2.2,
  splitOut: 1,
  aggregate: 1,
  httpRequest: 4.2,
  emailSend: 2.1,
  s3: 1,
  convertToFile: 1.1,
  respondToWebhook: 1.4,
  stopAndError: 1,
  noOp: 1,
  removeDuplicates: 2,
  dataTable: 1.1,
} as const;

/** Puts an example for n8n together: nodes on a grid, their connections, notes and sample data. */
export class WorkflowBuilder {
  private readonly nodes: WorkflowNode[] = [];
  private readonly connections: Record<string, Record<string, Values[][]>> = {};
  private readonly pinned: Record<string, Array<{ json: Values }>> = {};

  constructor(private readonly name: string) {}

  /** A node of n8n's own; returns its name. */
  node(
    name: string,
    type: keyof typeof TYPES,
    place: Place,
    parameters: Values = {},
    more: Values = {},
  ): string {
    const webhook = ['webhook', 'formTrigger', 'form', 'wait'].includes(type)
      ? { webhookId: uuidOf(this.name, name, 'webhook') }
      : {};
    return this.any(name, `n8n-nodes-base.${type}`, TYPES[type], place, parameters, {
      ...webhook,
      ...more,
    });
  }

  /** A node of any other package. */
  any(
    name: string,
    type: string,
    typeVersion: number,
    [column, row]: Place,
    parameters: Values,
    more: Values = {},
  ): string {
    this.nodes.push({
      parameters,
      id: uuidOf(this.name, name),
      name,
      type,
      typeVersion,
      position: [column * COLUMN, row * ROW],
      ...more,
    });
    return name;
  }

  /** Our node with an operation. `outputField` names the binary field of its file. */
  allegro(
    name: string,
    operation: string,
    place: Place,
    values: Values = {},
    more: Values = {},
  ): string {
    return this.any(name, NODE_TYPE, 1, place, ...this.operation(operation, values, more));
  }

  /** Our node as a tool of an agent. */
  tool(name: string, operation: string, place: Place, description: string, values: Values): string {
    const [parameters, more] = this.operation(operation, values, {});
    const described = { descriptionType: 'manual', toolDescription: description, ...parameters };
    return this.any(name, `${NODE_TYPE}Tool`, 1, place, described, more);
  }

  private operation(operation: string, values: Values, more: Values): [Values, Values] {
    const definition = definitions.find((candidate) => candidate.name === operation);
    if (!definition) throw new Error(`${this.name}: there is no operation ${operation}.`);
    const { outputField = 'data', ...own } = values;
    const parameters: Values = {
      ...(needsAppliance(definition) ? { authentication: 'token' } : {}),
      resource: resourceValue(definition.group),
      operation,
      ...this.fields(definition, own),
      ...(definition.producesFile ? { outputBinaryField: outputField } : {}),
    };
    return [parameters, { ...(needsAppliance(definition) ? LOGIN : {}), ...more }];
  }

  /** Our trigger that asks the appliance every minute. */
  allegroTrigger(name: string, trigger: string, place: Place, values: Values): string {
    const definition = pollTriggers.find((candidate) => candidate.name === trigger);
    if (!definition) throw new Error(`${this.name}: there is no trigger ${trigger}.`);
    const parameters = {
      authentication: 'token',
      triggerOn: trigger,
      pollTimes: { item: [{ mode: 'everyMinute' }] },
      ...this.fields(definition, values),
    };
    return this.any(name, `${NODE_TYPE}Trigger`, 1, place, parameters, LOGIN);
  }

  /** Values in the form that n8n keeps them in. */
  private fields({ name: owner, fields }: { name: string; fields: Field[] }, values: Values) {
    const parameters: Values = {};
    const options: Values = {};
    for (const [name, value] of Object.entries(values)) {
      const field = fields.find((candidate) => candidate.name === name);
      if (!field) throw new Error(`${this.name}: ${owner} has no field ${name}.`);
      const hasChoices = 'choices' in field && field.choices;
      const shaped = hasChoices ? { __rl: true, mode: modeOf(field.choices), value } : value;
      (field.advanced ? options : parameters)[name] = shaped;
    }
    if (fields.some(({ advanced }) => advanced)) parameters.options = options;
    return parameters;
  }

  /** Adds or changes values; what is there stays. An expression that is no text is {@link typed}. */
  set(name: string, place: Place, values: Values, more: Values = {}): string {
    const assignments = Object.entries(values).map(([field, given]) => ({
      id: uuidOf(this.name, name, field),
      name: field,
      ...(isTyped(given) ? given : { type: typeof given, value: given }),
    }));
    const { keep = true, ...settings } = more;
    return this.node(
      name,
      'set',
      place,
      { assignments: { assignments }, includeOtherFields: keep, options: { stripBinary: false } },
      settings,
    );
  }

  /** Two ways out: the condition holds (0), or not (1). `leftValue` is an expression. */
  when(
    name: string,
    place: Place,
    leftValue: string,
    operator: Values,
    rightValue: unknown,
  ): string {
    const condition = { id: uuidOf(this.name, name, 'if'), leftValue, rightValue, operator };
    const options = { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 };
    const conditions = { options, combinator: 'and', conditions: [condition] };
    return this.node(name, 'if', place, { conditions, looseTypeValidation: true, options: {} });
  }

  /** A note; the size is in steps of the grid as well. */
  note(text: string, [column, row]: Place, [columns, rows]: Place, color?: number): void {
    const count = this.nodes.filter(({ type }) => type.endsWith('stickyNote')).length;
    this.any(
      count === 0 ? 'About' : `Note ${count}`,
      'n8n-nodes-base.stickyNote',
      1,
      [column, row],
      {
        content: text,
        width: columns * COLUMN,
        height: rows * ROW,
        ...(color === undefined ? {} : { color }),
      },
    );
  }

  /** A note behind the nodes of a part, from one place to another, with its words at the top. */
  section(text: string, [fromColumn, fromRow]: Place, [toColumn, toRow]: Place): void {
    const place = [fromColumn - 0.25, fromRow - 0.9] as const;
    const size = [toColumn - fromColumn + 0.93, toRow - fromRow + 1.75] as const;
    this.note(text, place, size, WHITE);
  }

  /** Nodes that were added before, to change further properties of theirs. */
  named(...names: string[]): WorkflowNode[] {
    return names.map((name) => {
      const node = this.nodes.find((candidate) => candidate.name === name);
      if (!node) throw new Error(`${this.name}: there is no node ${name}.`);
      return node;
    });
  }

  connect(from: string, to: string, output = 0, input = 0, type = 'main'): void {
    this.named(from, to);
    const outputs = ((this.connections[from] ??= {})[type] ??= []);
    while (outputs.length <= output) outputs.push([]);
    outputs[output]!.push({ node: to, type, index: input });
  }

  /** Connects one after the other, by their first outputs. */
  chain(...names: string[]): void {
    names.slice(1).forEach((name, index) => this.connect(names[index]!, name));
  }

  /** Sample data that a manual run begins with. */
  pin(name: string, ...items: Values[]): void {
    this.pinned[name] = items.map((json) => ({ json }));
  }

  build(): Workflow {
    return {
      name: this.name,
      // Notes first: n8n draws them in this order, below the nodes.
      nodes: [...this.nodes].sort((a, b) => Number(isNote(b)) - Number(isNote(a))),
      connections: this.connections,
      settings: { executionOrder: 'v1' },
      pinData: this.pinned,
      meta: { templateCredsSetupCompleted: false },
    };
  }
}

interface TypedValue {
  type: 'number' | 'array' | 'boolean';
  value: string;
}

/** An expression whose value is to keep its type: n8n makes text of it otherwise. */
export function typed(type: TypedValue['type'], value: string): TypedValue {
  return { type, value };
}

function isTyped(value: unknown): value is TypedValue {
  return typeof value === 'object' && value !== null;
}

function isNote({ type }: WorkflowNode): boolean {
  return type === 'n8n-nodes-base.stickyNote';
}

/** The mode of a list field in which a value is typed in. */
function modeOf(choices: unknown): string {
  return choices === 'statisticsPaths' ? 'path' : 'id';
}
