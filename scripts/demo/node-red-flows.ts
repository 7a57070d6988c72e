import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asStored } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../../node-red/runtime/values/names';
import { exampleFlow } from '../examples/example-files';
import type { FlowNode } from '../hosts/node-red-host';
import { SIMULATOR_TOKEN, type SimulatorProcess } from './simulator-process';

/** The example with the main job, and one with a report. */
const EXAMPLES = ['13-first-capture', '14-top-talkers-report'];
const CAPTURE_TYPE = 'allegro-multimeter-capture-pcap';

/** A button, a capture, and its result as text. */
const START_HERE = join(__dirname, 'start-here.json');

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

/** The tab to begin with, with the capture of the example, and an alert about a host. */
function firstTab(capture: FlowNode, host: string, alertAgeMs: number): FlowNode[] {
  const alert = {
    name: `Alert about ${host}`,
    payload: `{"ip": "${host}", "time": $fromMillis($millis() - ${alertAgeMs})}`,
  };
  const nodes = JSON.parse(readFileSync(START_HERE, 'utf8')) as FlowNode[];
  return nodes.map((node) => {
    if (node.type === 'inject') return { ...node, ...alert };
    return node.type === CAPTURE_TYPE ? { ...capture, ...node } : node;
  });
}
