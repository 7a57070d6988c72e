import type { FlowNode } from '../../../../scripts/hosts/node-red-host';

/** The node of this name, in any case. @throws Error where there is none */
export function named(nodes: FlowNode[], name: string): FlowNode {
  const node = nodes.find((one) => String(one.name).toLowerCase() === name.toLowerCase());
  if (!node) throw new Error(`There is no node ${name}.`);
  return node;
}
