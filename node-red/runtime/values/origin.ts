import type { Origin } from '../../../nodes/definitions/model/run-context';
import { VERSION } from '../../../nodes/definitions/model/version';
import type { RuntimeApi } from '../runtime-api';
import type { Scope } from './read-values';

/** Who asks, for records of evidence. */
export function originOf(scope: Scope): Origin {
  const { RED, node, message } = scope;
  return {
    host: { name: 'Node-RED', version: versionOf(RED) },
    package: { name: '@allegro-multimeter/node-red', version: VERSION },
    workflow: { id: variable(scope, 'NR_FLOW_ID'), name: variable(scope, 'NR_FLOW_NAME') },
    node: { id: node.id, name: node.name || null },
    run: message._msgid ?? null,
  };
}

function versionOf({ version }: Pick<RuntimeApi, 'version'>): string | null {
  const found = typeof version === 'function' ? version() : version;
  return found === undefined ? null : String(found);
}

/** Node-RED tells a node of its flow by environment variables of its own. */
function variable({ RED, node, message }: Scope, name: string): string | null {
  let value: unknown;
  try {
    RED.util.evaluateNodeProperty(name, 'env', node, message, (error, found) => {
      if (!error) value = found;
    });
  } catch {
    return null;
  }
  return typeof value === 'string' && value !== '' ? value : null;
}
