import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitions } from '../../nodes/definitions';
import { completeNode } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE, typeOf } from '../../node-red/runtime/names';
import type { FlowNode } from '../../scripts/demo/node-red-host';
import { ROOT } from '../../scripts/demo/pack';
import { TOKEN, type StubAppliance } from './stub-appliance';

const PLACE = { z: 'f0', x: 0, y: 0 };

const REPLY = `msg.payload = {
  payload: msg.payload, filename: msg.filename, fileInfo: msg.fileInfo, error: msg.error,
  statusCode: msg.statusCode, kept: msg.kept, isBuffer: Buffer.isBuffer(msg.payload)
}; msg.statusCode = 200; return msg;`;

/** Flows against one appliance. */
export class HostFlows {
  constructor(private readonly appliance: StubAppliance) {}

  applianceNode(id: string, more: Record<string, unknown> = {}): FlowNode {
    return completeNode({
      id,
      type: APPLIANCE_TYPE,
      name: 'Stub',
      baseUrl: this.appliance.url,
      caCertificate: this.appliance.certificate,
      credentials: { token: TOKEN },
      ...more,
    });
  }

  /** An example as a person would adapt it: only the appliance is filled in. */
  example(name: string): FlowNode[] {
    const path = join(ROOT, 'examples/node-red', `${name}.json`);
    const nodes = JSON.parse(readFileSync(path, 'utf8')) as FlowNode[];
    return nodes.map((node) => (node.type === APPLIANCE_TYPE ? this.applianceNode(node.id) : node));
  }

  /** Answers `POST /run` with what a node makes of it, or with the error as Catch sees it. */
  flowFor(name: string, config: Record<string, unknown>, more: FlowNode[] = []): FlowNode[] {
    const definition = definitions.find((candidate) => candidate.name === name)!;
    return [
      { id: 'f0', type: 'tab', label: 'Test' },
      this.applianceNode('a0'),
      { id: 'in', type: 'http in', ...PLACE, url: '/run', method: 'post', wires: [['prepare']] },
      {
        id: 'prepare',
        type: 'function',
        ...PLACE,
        func: 'Object.assign(msg, msg.payload); msg.kept = "yes"; return msg;',
        wires: [['node']],
      },
      completeNode({
        id: 'node',
        type: typeOf(definition),
        ...PLACE,
        wires: [['reply']],
        appliance: 'a0',
        ...config,
      }),
      { id: 'catch', type: 'catch', ...PLACE, scope: null, wires: [['reply']] },
      { id: 'reply', type: 'function', ...PLACE, func: REPLY, wires: [['out']] },
      { id: 'out', type: 'http response', ...PLACE, wires: [] },
      ...more,
    ];
  }
}

/** A second way into the node of {@link HostFlows.flowFor}: `POST /cancel` sends `msg.cancel`. */
export function cancelFlow(): FlowNode[] {
  return [
    {
      id: 'cin',
      type: 'http in',
      ...PLACE,
      url: '/cancel',
      method: 'post',
      wires: [['c1', 'cout']],
    },
    { id: 'c1', type: 'function', ...PLACE, func: 'return { cancel: true };', wires: [['node']] },
    { id: 'cout', type: 'http response', ...PLACE, wires: [] },
  ];
}
