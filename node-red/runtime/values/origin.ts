import type { Origin } from '../../../nodes/definitions/model/run-context';
import { VERSION } from '../../../nodes/definitions/version';
import type { RuntimeApi } from '../runtime-api';
import { environmentVariable } from './environment-variable';
import type { Scope } from './read-values';

/** Who asks, for records of evidence. */
export function originOf(scope: Scope): Origin {
  const { RED, node, message } = scope;
  return {
    host: { name: 'Node-RED', version: versionOf(RED) },
    package: { name: '@allegro-multimeter/node-red', version: VERSION },
    workflow: { id: textOf(scope, 'NR_FLOW_ID'), name: textOf(scope, 'NR_FLOW_NAME') },
    node: { id: node.id, name: node.name || null },
    run: message._msgid ?? null,
  };
}

function versionOf({ version }: Pick<RuntimeApi, 'version'>): string | null {
  const found = typeof version === 'function' ? version() : version;
  return found === undefined ? null : String(found);
}

/** Node-RED gives a node the ID and name of its flow as environment variables. */
function textOf(scope: Scope, name: string): string | null {
  const value = environmentVariable(scope, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
