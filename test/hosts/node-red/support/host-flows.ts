import { definitions } from '../../../../nodes/definitions';
import { asStored } from '../../../../node-red/editor/defaults';
import { APPLIANCE_TYPE, typeOf } from '../../../../node-red/runtime/values/names';
import type { FlowNode } from '../../../../scripts/hosts/node-red-host';
import { exampleFlow } from '../../../../scripts/examples/example-files';

const PLACE = { z: 'f0', x: 0, y: 0 };

const REPLY = `msg.payload = {
  payload: msg.payload, filename: msg.filename, fileInfo: msg.fileInfo, error: msg.error,
  statusCode: msg.statusCode, kept: msg.kept, isBuffer: Buffer.isBuffer(msg.payload)
}; msg.statusCode = 200; return msg;`;

/** Where an appliance is, and how flows sign in there. */
export interface Reach {
  url: string;
  /** PEM */
  certificate: string;
  token: string;
}

/** Flows against one appliance. */
export class HostFlows {
  constructor(private readonly appliance: Reach) {}

  applianceNode(id: string, more: Record<string, unknown> = {}): FlowNode {
    return asStored({
      id,
      type: APPLIANCE_TYPE,
      name: 'Appliance',
      baseUrl: this.appliance.url,
      caCertificate: this.appliance.certificate,
      credentials: { token: this.appliance.token },
      ...more,
    });
  }

  /** An example as a person would adapt it: only the appliance is filled in. */
  example(name: string): FlowNode[] {
    return exampleFlow(name).map((node) =>
      node.type === APPLIANCE_TYPE ? this.applianceNode(node.id) : node,
    );
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
      asStored({
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

/** A second flow with a capture of its own, against the same appliance: `POST /other`. */
export function otherFlow(node: FlowNode, label: string): FlowNode[] {
  const place = { ...PLACE, z: 'f1' };
  return [
    { id: 'f1', type: 'tab', label },
    { id: 'oin', type: 'http in', ...place, url: '/other', method: 'post', wires: [['other']] },
    { ...node, ...place, id: 'other', wires: [['oout']] },
    { id: 'ocatch', type: 'catch', ...place, scope: null, wires: [['oout']] },
    { id: 'oout', type: 'http response', ...place, wires: [] },
  ];
}

/** What Complete, Catch and Status nodes see of the node: `GET /seen` tells it. */
export function watchFlow(): FlowNode[] {
  const note = (id: string, func: string) => ({
    id,
    type: 'function',
    ...PLACE,
    func: `const seen = flow.get('seen') || []; seen.push(${func}); flow.set('seen', seen);`,
    wires: [],
  });
  const applies = ['node'];
  return [
    { id: 'w1', type: 'status', ...PLACE, scope: applies, wires: [['w2']] },
    note('w2', '{ status: msg.status }'),
    { id: 'w3', type: 'complete', ...PLACE, scope: applies, wires: [['w4']] },
    note('w4', '{ complete: msg._msgid, number: msg.number }'),
    { id: 'w5', type: 'catch', ...PLACE, scope: applies, wires: [['w6']] },
    note('w6', '{ caught: msg.error, number: msg.number }'),
    { id: 'w7', type: 'http in', ...PLACE, url: '/seen', method: 'get', wires: [['w8']] },
    {
      id: 'w8',
      type: 'function',
      ...PLACE,
      func: "msg.payload = flow.get('seen') || []; flow.set('seen', []); return msg;",
      wires: [['w9']],
    },
    { id: 'w9', type: 'http response', ...PLACE, wires: [] },
  ];
}
