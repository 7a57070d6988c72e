import { completeNode } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE, typeOf } from '../../node-red/runtime/values/names';
import { hasAppliance, paletteDefinitions } from '../../node-red/runtime/nodes/palette-definitions';
import { flowId } from './ids';
import { withLinks } from './node-red-links';

/** Column and row; fractions are fine. */
export type Place = readonly [column: number, row: number];

export type FlowNode = Record<string, unknown> & { id: string; type: string };

type Values = Record<string, unknown>;

/** A value of a field with another type than the field's own, such as `msg` or `jsonata`. */
export interface Typed {
  value: string;
  type: string;
}

/** From one column or row to the next, in the editor's pixels. */
const COLUMN = 220;
const ROW = 60;
/** Where the nodes of the first column begin, and the first row stands. */
const LEFT = 100;
const TOP = 140;

export function msg(value: string): Typed {
  return { value, type: 'msg' };
}

export function env(value: string): Typed {
  return { value, type: 'env' };
}

/** Puts an example for Node-RED together: one tab, its nodes on a grid, and what they are wired to. */
export class FlowBuilder {
  private readonly nodes: FlowNode[] = [];
  private readonly tab: FlowNode;
  private readonly appliance: string;

  constructor(
    private readonly label: string,
    /** Markdown, shown by the editor's help for the tab. */
    info: string,
    /** Environment variables of the tab: what a person has to fill in, and placeholders. */
    settings: Record<string, string> = {},
  ) {
    this.tab = {
      id: flowId(label),
      type: 'tab',
      label,
      disabled: false,
      info,
      env: Object.entries(settings).map(([name, value]) => ({ name, value, type: 'str' })),
    };
    this.appliance = flowId(label, 'appliance');
  }

  /** A node of Node-RED's own, or of another package; returns its ID. */
  node(key: string, type: string, [column, row]: Place, values: Values = {}): string {
    const id = flowId(this.label, key);
    if (this.nodes.some((node) => node.id === id)) throw new Error(`${key} is there twice.`);
    // Places are those of the left edge; the editor wants the middle.
    const width = widthOf(labelOf({ id, type, name: key, ...values }), type);
    const x = LEFT + column * COLUMN + Math.round(width / 2);
    const place = { x: Math.round(x / 5) * 5, y: TOP + row * ROW };
    this.nodes.push({ id, type, z: this.tab.id, name: key, ...values, ...place, wires: [] });
    return id;
  }

  /** Our node of an operation or a trigger. Values are texts, or typed. */
  allegro(
    key: string,
    operation: string,
    place: Place,
    values: Record<string, string | Typed | Values[]> = {},
  ): string {
    const definition = paletteDefinitions.find(({ name }) => name === operation);
    if (!definition) throw new Error(`There is no node for ${operation}.`);
    const given: Values = hasAppliance(definition) ? { appliance: this.appliance } : {};
    for (const [name, value] of Object.entries(values)) {
      if (Array.isArray(value)) given[`${name}Rows`] = value;
      else if (typeof value === 'string') given[name] = value;
      else Object.assign(given, { [name]: value.value, [`${name}Type`]: value.type });
    }
    const type = typeOf(definition);
    const id = this.node(key, type, place, given);
    const at = this.nodes.findIndex((node) => node.id === id);
    const complete = completeNode(this.nodes[at]!);
    const unknown = Object.keys(given).filter(
      (name) => !(name in completeNode({ id, type, name: '' } as FlowNode)),
    );
    if (unknown.length > 0) throw new Error(`${key}: ${operation} has no ${unknown.join(', ')}.`);
    this.nodes[at] = complete;
    return id;
  }

  /** `finalize` runs when the node stops. */
  function(key: string, place: Place, func: string, outputs = 1, finalize = ''): string {
    return this.node(key, 'function', place, {
      func,
      outputs,
      timeout: 0,
      noerr: 0,
      initialize: '',
      finalize,
      libs: [],
    });
  }

  /** Catches the errors of the named nodes. */
  catch(key: string, place: Place, from: string[]): string {
    const scope = from.map((name) => this.idOf(name));
    return this.node(key, 'catch', place, { scope, uncaught: false });
  }

  /** A line of text beside the nodes; what is behind it shows in the editor's help. */
  comment(text: string, place: Place, info = ''): void {
    this.node(text, 'comment', place, { info });
  }

  /** Wires nodes one after the other, by their first outputs. */
  chain(...keys: string[]): void {
    keys.slice(1).forEach((key, index) => this.wire(keys[index]!, key));
  }

  wire(from: string, to: string, output = 0): void {
    const node = this.nodes.find(({ id }) => id === this.idOf(from))!;
    const wires = node.wires as string[][];
    while (wires.length <= output) wires.push([]);
    const target = this.idOf(to);
    if (wires[output]!.includes(target)) throw new Error(`${from} is wired to ${to} twice.`);
    wires[output]!.push(target);
  }

  build(): FlowNode[] {
    const appliance = completeNode({
      id: this.appliance,
      type: APPLIANCE_TYPE,
      name: 'My Allegro',
      baseUrl: 'https://allegro-mm-xxxx',
    } as FlowNode);
    const needsMail = this.nodes.some(({ type }) => type === 'e-mail');
    const palette = needsMail ? [paletteNode(this.label)] : [];
    const wired = withLinks(this.nodes.map(withAllWires), (node) => {
      const half = widthOf(labelOf(node), node.type) / 2;
      return { left: Number(node.x) - half, right: Number(node.x) + half };
    });
    return [this.tab, appliance, ...wired, ...palette];
  }

  private idOf(key: string): string {
    const id = flowId(this.label, key);
    if (!this.nodes.some((node) => node.id === id)) throw new Error(`There is no node ${key}.`);
    return id;
  }
}

/** Names what the flow needs beside Node-RED: from 4.1 on, its editor offers to install it. */
function paletteNode(label: string): FlowNode {
  return {
    id: flowId(label, 'palette'),
    type: 'global-config',
    env: [],
    modules: { 'node-red-node-email': '5.2.5' },
  };
}

function withAllWires(node: FlowNode): FlowNode {
  const wires = node.wires as string[][];
  const outputs = Number(node.outputs ?? wires.length);
  while (wires.length < outputs) wires.push([]);
  return node;
}

/** What the editor writes on a node. */
function labelOf({ name, dname, type, method, url }: FlowNode): string {
  // A mail node's name is the address that it sends to.
  if (type === 'e-mail') return String(dname);
  return type === 'http in' ? `[${String(method)}] ${String(url)}` : String(name ?? type);
}

/** About what the editor makes of a name: text, an icon, and for some a button beside it. */
function widthOf(name: string, type: string): number {
  const letters = type === 'comment' ? 6.6 : 7;
  return Math.max(100, Math.ceil((name.length * letters + 50) / 20) * 20);
}
