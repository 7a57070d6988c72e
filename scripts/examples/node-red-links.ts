import { flowId } from './ids';
import type { FlowNode } from './node-red-flow';

/** Wires over more rows than this, or backwards, are hard to follow. */
const LONGEST = 3.2 * 60;
const GAP = 40;

type Edges = (node: FlowNode) => { left: number; right: number };

/** Puts a pair of link nodes in place of each wire that would run across the flow. */
export function withLinks(nodes: FlowNode[], edges: Edges): FlowNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ends = new Map<string, FlowNode>();
  const added: FlowNode[] = [];
  const isFar = (from: FlowNode, to: FlowNode) =>
    edges(to).left < edges(from).right || Math.abs(yOf(to) - yOf(from)) > LONGEST;
  for (const from of nodes) {
    (from.wires as string[][] | undefined)?.forEach((targets, output, outputs) => {
      const far = targets.filter((id) => isFar(from, byId.get(id)!));
      if (far.length === 0) return;
      const start = link(from, 'link out', `${output}`, edges(from).right + GAP);
      // Beside its output, where there are several.
      start.y = yOf(from) + Math.round((output - (outputs.length - 1) / 2) * 35);
      outputs[output] = [...targets.filter((id) => !far.includes(id)), start.id];
      added.push(start);
      for (const id of far) {
        const to = byId.get(id)!;
        const end = ends.get(id) ?? link(to, 'link in', 'in', edges(to).left - GAP);
        if (!ends.has(id)) {
          end.wires = [[id]];
          ends.set(id, end);
          added.push(end);
        }
        (start.links as string[]).push(end.id);
        (end.links as string[]).push(start.id);
      }
    });
  }
  return [...nodes, ...added];
}

function link(at: FlowNode, type: string, key: string, x: number): FlowNode {
  const { id, z, y, name } = at;
  const mode = type === 'link out' ? { mode: 'link' } : {};
  const words = type === 'link in' ? String(name) : '';
  return { id: flowId(id, type, key), type, z, name: words, ...mode, links: [], x, y, wires: [] };
}

function yOf({ y }: FlowNode): number {
  return Number(y);
}
