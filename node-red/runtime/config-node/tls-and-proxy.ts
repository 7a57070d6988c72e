import type { ConnectionOptions } from 'node:tls';
import { inputError } from '../../../client';
import type { ProxyChoice } from '../../transport/proxy';
import type { RuntimeApi, RuntimeNode } from '../runtime-api';
import { say } from '../../../client/values/sentence';

/** Node-RED's own config node `tls-config`. */
interface TlsNode extends RuntimeNode {
  /** False when its files cannot be read. */
  valid: boolean;
  addTLSOptions(options: ConnectionOptions): ConnectionOptions;
}

/** Node-RED's own config node `http proxy`. */
interface ProxyNode extends RuntimeNode {
  url?: string;
  noproxy?: readonly string[];
}

/**
 * The certificates and checks of a `tls-config` node; undefined when none is chosen.
 *
 * @throws AllegroError `input` when the one that is chosen cannot be used: to go on without its
 *   certificates would be another connection than the one that was asked for
 */
export function tlsOf(RED: RuntimeApi, id: unknown): ConnectionOptions | undefined {
  const node = chosenNode<TlsNode>(RED, id, 'tls-config', 'tls');
  if (!node) return undefined;
  if (!node.valid) {
    throw inputError(
      'tls',
      node.name
        ? say`The certificates of the TLS configuration "${node.name}" cannot be read.`
        : say`The certificates of the TLS configuration cannot be read.`,
      say`Open it and check its files, or that certificate and key are both there.`,
    );
  }
  const options = node.addTLSOptions({});
  // A flow written by hand may leave it out; only an explicit "no" turns the check off.
  return { ...options, rejectUnauthorized: options.rejectUnauthorized !== false };
}

/**
 * The proxy of an `http proxy` node; undefined when none is chosen.
 *
 * @throws AllegroError `input` when the one that is chosen is not there
 */
export function proxyOf(RED: RuntimeApi, id: unknown): ProxyChoice | undefined {
  const node = chosenNode<ProxyNode>(RED, id, 'http proxy', 'proxy');
  if (!node) return undefined;
  const { username, password } = node.credentials ?? {};
  return { url: node.url ?? '', user: username, password, exceptions: node.noproxy ?? [] };
}

function chosenNode<T extends RuntimeNode>(
  RED: RuntimeApi,
  id: unknown,
  type: string,
  field: string,
): T | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  const node = RED.nodes.getNode(id);
  if (node?.type === type) return node as T;
  throw inputError(
    field,
    say`The ${type} node that the appliance node names is missing or disabled.`,
    say`Open the appliance node, choose another one or none, and deploy.`,
  );
}
