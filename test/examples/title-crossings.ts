import type { Workflow, WorkflowNode } from '../../scripts/hosts/n8n-rest';
import { overlaps, type Box } from './walk';

type Connections = Record<string, { main?: Array<Array<{ node: string }> | null> }>;

/** Lines across the title of a note, as `from to target / title`; the geometry is that of n8n's editor. */
export function titleCrossings({ nodes, connections }: Workflow): string[] {
  const node = (name: string) => nodes.find((one) => one.name === name)!;
  const lines = Object.entries(connections as Connections).flatMap(([from, { main = [] }]) => {
    const outputs = Math.max(main.length, node(from).onError === 'continueErrorOutput' ? 2 : 1);
    return main.flatMap((targets, output) =>
      (targets ?? []).flatMap((target) =>
        backwardLines(node(from), node(target.node), (output + 1) / (outputs + 1)),
      ),
    );
  });
  const titles = nodes
    .filter(({ name, type }) => type.endsWith('.stickyNote') && name !== 'About')
    .map(titleBox);
  return titles.flatMap((title) => lines.flatMap((line) => overlaps([line, title])));
}

/**
 * The pieces of a connection that leads back to the left: down from the output to a line below the row,
 * along it, and down to the input. None for one that goes to the right.
 *
 * @param height where the output is, from 0 at the top of the node to 1
 */
function backwardLines(from: WorkflowNode, to: WorkflowNode, height: number): Box[] {
  const [fromX, fromY] = from.position as [number, number];
  const [toX, toY] = to.position as [number, number];
  if (fromX + 76 <= toX) return [];
  const name = `${from.name} to ${to.name}`;
  const start = fromY + 96 * height;
  const line = { name, x: toX - 40, y: start + 118, right: fromX + 136, bottom: start + 126 };
  const down = (x: number, end: number) => ({
    name,
    x: x - 2,
    y: Math.min(line.y, end),
    right: x + 2,
    bottom: Math.max(line.y, end),
  });
  return [line, down(line.right, start), down(line.x, toY + 48)];
}

/** The first line of a note. */
function titleBox({ position, parameters }: WorkflowNode): Box {
  const [x, y] = position as [number, number];
  const name = /^#+ (.*)/.exec(String(parameters.content))![1]!;
  return { name, x: x + 12, y: y + 10, right: x + 12 + name.length * 8, bottom: y + 28 };
}
