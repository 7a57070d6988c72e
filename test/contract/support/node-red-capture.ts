import { english } from '../../../node-red/locales/text';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllegroClient } from '../../../client';
import { systemContext } from '../../../node-red/runtime/config-node/system-context';
import { fileStoreOf } from '../../../node-red/runtime/files/file-store';
import type { RuntimeNode } from '../../../node-red/runtime/runtime-api';
import {
  runDefinition,
  type Outcome,
  type RunOptions,
} from '../../../node-red/runtime/nodes/run-definition';
import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import { STEADY_HOST, type Simulator } from '../../../simulator';
import { axiosTransport } from './transports';

/** Environment variables that Node-RED sets for a node. */
const VARIABLES: Record<string, string> = { NR_FLOW_ID: 'f1', NR_FLOW_NAME: 'Alerts' };

const CONFIG = {
  ...{ id: 'n1', type: 'x', host: STEADY_HOST },
  ...{ timeMode: 'last', lastAmount: '20', lastUnit: 'seconds' },
};

/** As much of a runtime as a run asks for. */
function scopeWith(settings: object): RunOptions['scope'] {
  const node = { id: 'n1', name: 'Evidence', debug: () => undefined, warn: () => undefined };
  return {
    RED: {
      _: english,
      version: () => '5.0.7',
      settings,
      util: {
        evaluateNodeProperty: (value, _type, _node, _message, callback) =>
          callback(null, VARIABLES[value]),
        cloneMessage: (message) => message,
      },
    },
    node: node as unknown as RuntimeNode,
    message: { _msgid: 'm1' },
  };
}

/**
 * Runs Capture Pcap as the Node-RED node does, against a simulated appliance, into a folder of its
 * own. What the runtime itself does is tested with the real one.
 */
export function useNodeRedCapture(bench: { readonly simulator: Simulator }): {
  readonly folder: string;
  run(config?: Record<string, unknown>): Promise<Outcome>;
} {
  let folder: string;
  let userDir: string;
  let connection: ReturnType<typeof axiosTransport>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'allegro-capture-'));
    userDir = mkdtempSync(join(tmpdir(), 'allegro-user-'));
    connection = axiosTransport(bench.simulator);
  });
  afterEach(() => {
    connection.destroy();
    for (const path of [folder, userDir]) rmSync(path, { recursive: true, force: true });
  });

  const run = async (config: Record<string, unknown> = {}): Promise<Outcome> => {
    const settings = { userDir, fileWorkingDirectory: folder };
    const outcomes = runDefinition({
      definition: capturePcap,
      config: { ...CONFIG, ...config },
      scope: scopeWith(settings),
      store: fileStoreOf({ settings }),
      getClient: () =>
        new AllegroClient({ transport: connection.transport, context: systemContext }),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    const found: Outcome[] = [];
    for await (const outcome of outcomes) found.push(outcome);
    expect(found).toHaveLength(1);
    return found[0];
  };
  return {
    get folder() {
      return folder;
    },
    run,
  };
}
