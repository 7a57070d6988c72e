import type { Workflow, WorkflowNode } from '../../scripts/hosts/n8n-rest';
import { overlaps, type Box } from './walk';

type Connections = Record<string, { main?: Array<Array<{ node: string; index?: number }> | null> }>;

/** Side of a node on the canvas of n8n. */
const SIZE = 96;
/** Pieces of which the curve of a line is made. */
const PIECES = 40;

/**
 * Lines across the title of a note, or across a node that they do not belong to, as `from to target /
 * title or node`; the geometry is that of n8n's editor.
 */
export function lineCrossings({ nodes, connections }: Workflow): string[] {
  const node = (name: string) => nodes.find((one) => one.name === name)!;
  const lines = Object.entries(connections as Connections).flatMap(([from, { main = [] }]) =>
    main.flatMap((targets, output) =>
      (targets ?? []).map((target) => {
        const start = outputOf(node(from), output);
        const end = inputOf(node(target.node), target.index ?? 0);
        const pieces = end.x >= start.x - 20 ? curve(start, end) : detour(start, end);
        return { ends: [from, target.node], pieces };
      }),
    ),
  );
  const isNote = ({ type }: WorkflowNode) => type.endsWith('.stickyNote');
  const titles = nodes.filter((one) => isNote(one) && one.name !== 'About').map(titleBox);
  const obstacles = [...titles, ...nodes.filter((one) => !isNote(one)).flatMap(nodeBoxes)];
  const found = lines.flatMap(({ ends, pieces }) =>
    obstacles
      .filter(({ name }) => !ends.includes(name))
      .filter((obstacle) => pieces.some((piece) => overlaps([piece, obstacle]).length > 0))
      .map(({ name }) => `${ends.join(' to ')} / ${name}`),
  );
  return [...new Set(found)];
}

interface Point {
  x: number;
  y: number;
}

function outputOf({ position, type, onError }: WorkflowNode, index: number): Point {
  const count = type.endsWith('.if') || onError === 'continueErrorOutput' ? 2 : 1;
  const [x, y] = position as [number, number];
  return { x: x + widthOf(type), y: y + (SIZE * (index + 1)) / (count + 1) };
}

function inputOf({ position, type }: WorkflowNode, index: number): Point {
  const count = type.endsWith('.merge') ? 2 : 1;
  const [x, y] = position as [number, number];
  return { x, y: y + (SIZE * (index + 1)) / (count + 1) };
}

function widthOf(type: string): number {
  return type.endsWith('.agent') ? 208 : SIZE;
}

/** To the right: a Bézier curve that leaves and arrives level. */
function curve(start: Point, end: Point): Box[] {
  const bend = Math.max(end.x - start.x, 0) / 2;
  const at = (t: number): Point => {
    const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
    const sum = (values: number[]) =>
      values.reduce((total, value, index) => total + value * weights[index]!, 0);
    return {
      x: sum([start.x, start.x + bend, end.x - bend, end.x]),
      y: sum([start.y, start.y, end.y, end.y]),
    };
  };
  return Array.from({ length: PIECES }, (_, index) =>
    piece(at(index / PIECES), at((index + 1) / PIECES)),
  );
}

/** To the left: down to a level below the row, along it, and down or up to the input. */
function detour(start: Point, end: Point): Box[] {
  const [right, left, level] = [start.x + 40, end.x - 40, start.y + 122];
  return [
    piece({ x: left, y: level }, { x: right, y: level }),
    piece({ x: right, y: start.y }, { x: right, y: level }),
    piece({ x: left, y: level }, { x: left, y: end.y }),
  ];
}

/** The stretch between two points, and what keeps it apart from others. */
function piece(a: Point, b: Point): Box {
  return {
    name: '',
    x: Math.min(a.x, b.x) - 2,
    y: Math.min(a.y, b.y) - 2,
    right: Math.max(a.x, b.x) + 2,
    bottom: Math.max(a.y, b.y) + 2,
  };
}

/** The first line of a note. */
function titleBox({ position, parameters }: WorkflowNode): Box {
  const [x, y] = position as [number, number];
  const name = /^#+ (.*)/.exec(String(parameters.content))![1]!;
  return { name, x: x + 12, y: y + 10, right: x + 12 + name.length * 8, bottom: y + 28 };
}

/** A node, and its name below. */
function nodeBoxes({ name, type, position }: WorkflowNode): Box[] {
  const [x, y] = position as [number, number];
  const right = x + widthOf(type);
  const middle = (x + right) / 2;
  const half = Math.min(name.length * 7, 160) / 2;
  const bottom = y + SIZE;
  return [
    { name, x, y, right, bottom },
    { name, x: middle - half, y: bottom + 6, right: middle + half, bottom: bottom + 24 },
  ];
}
