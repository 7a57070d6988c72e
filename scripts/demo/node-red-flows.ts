import { asStored } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../../node-red/runtime/values/names';
import { exampleFlow } from '../examples/example-files';
import type { FlowNode } from '../hosts/node-red-host';
import { SIMULATOR_TOKEN, type SimulatorProcess } from './simulator-process';

/** The example with the main job, and one with a report. */
const EXAMPLES = ['13-first-capture', '14-top-talkers-report'];
const CAPTURE_TYPE = 'allegro-multimeter-capture-pcap';

/** What the capture is shown as in the debug sidebar. */
const TEXT = [
  '{{payload.packets}} packets, {{payload.bytes}} bytes',
  'File: {{{payload.path}}}',
  'Filter: {{{payload.expression}}}',
  'Packets from {{payload.coveredWindow.from}} to {{payload.coveredWindow.to}}',
  'Complete: {{payload.complete}}, ended by the {{payload.endedBy}}',
  'SHA-256: {{payload.sha256}}',
  '{{#payload.warnings}}Warning: {{{.}}}\n{{/payload.warnings}}',
].join('\n');

/** A tab to begin with, and example flows as they are; only the appliance is filled in. */
export function demoFlows(
  simulator: SimulatorProcess,
  host: string,
  alertAgeMs: number,
): FlowNode[] {
  const examples = EXAMPLES.flatMap(exampleFlow);
  const capture = examples.find(({ type }) => type === CAPTURE_TYPE);
  if (!capture) throw new Error(`No node of the type ${CAPTURE_TYPE} in ${EXAMPLES.join(', ')}.`);
  return [...firstTab(capture, host, alertAgeMs), ...examples].map((node) =>
    node.type === APPLIANCE_TYPE ? signedIn(node, simulator) : node,
  );
}

function signedIn(appliance: FlowNode, { url, certificate }: SimulatorProcess): FlowNode {
  return asStored({
    ...appliance,
    name: 'Simulated appliance',
    baseUrl: url,
    caCertificate: certificate,
    credentials: { token: SIMULATOR_TOKEN },
  });
}

/** A button, the capture of the example, and its result as text. */
function firstTab(capture: FlowNode, host: string, alertAgeMs: number): FlowNode[] {
  const z = 'demo-tab';
  const alert = `{"ip": "${host}", "time": $fromMillis($millis() - ${alertAgeMs})}`;
  return [
    { id: z, type: 'tab', label: 'Start here' },
    {
      id: 'demo-comment',
      type: 'comment',
      z,
      name: 'Click the button on the left; the result is in the debug sidebar (Ctrl+G D)',
      info: '',
      x: 380,
      y: 80,
      wires: [],
    },
    {
      id: 'demo-inject',
      type: 'inject',
      z,
      name: `Alert about ${host}`,
      props: [{ p: 'payload' }],
      payload: alert,
      payloadType: 'jsonata',
      repeat: '',
      once: false,
      x: 160,
      y: 140,
      wires: [['demo-capture']],
    },
    { ...capture, id: 'demo-capture', z, x: 400, y: 140, wires: [['demo-text']] },
    {
      id: 'demo-text',
      type: 'template',
      z,
      name: 'As text',
      field: 'payload',
      fieldType: 'msg',
      format: 'handlebars',
      syntax: 'mustache',
      template: TEXT,
      output: 'str',
      x: 620,
      y: 140,
      wires: [['demo-debug']],
    },
    {
      id: 'demo-debug',
      type: 'debug',
      z,
      name: 'Result',
      active: true,
      tosidebar: true,
      complete: 'payload',
      targetType: 'msg',
      x: 790,
      y: 140,
      wires: [],
    },
    {
      id: 'demo-catch',
      type: 'catch',
      z,
      name: '',
      scope: null,
      x: 400,
      y: 220,
      wires: [['demo-error']],
    },
    {
      id: 'demo-error',
      type: 'debug',
      z,
      name: 'Error',
      active: true,
      tosidebar: true,
      complete: 'error.message',
      targetType: 'msg',
      x: 620,
      y: 220,
      wires: [],
    },
  ];
}
