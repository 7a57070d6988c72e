import type { Scope } from './read-values';

/**
 * The value of an environment variable as Node-RED resolves it for a node: of its group, subflow or
 * flow, or of the process. Unlike other sources, it is available at once.
 *
 * @returns undefined where Node-RED cannot resolve it; a variable that is not set is blank
 */
export function environmentVariable({ RED, node, message }: Scope, name: string): unknown {
  let found: unknown;
  try {
    RED.util.evaluateNodeProperty(name, 'env', node, message, (error, value) => {
      if (!error) found = value;
    });
  } catch {
    return undefined;
  }
  return found;
}
