import { defineFields } from '../../../nodes/definitions/model/field';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { environmentVariable } from '../values/environment-variable';
import type { QueuePolicy } from './work-queue';

/**
 * What a node does with messages that arrive while it is at work: part of every palette node. A
 * property of the node, so that no message decides it; an environment variable may.
 */
export const QUEUE_FIELDS = defineFields([
  {
    name: 'whenBusy',
    label: 'While Busy',
    type: 'options',
    default: 'queue',
    options: [
      {
        value: 'queue',
        label: 'Queue',
        description: 'One after the other, in the order of arrival',
      },
      {
        value: 'parallel',
        label: 'In Parallel',
        description: 'Several at once, the others wait',
      },
      {
        value: 'drop',
        label: 'Drop New Messages',
        description: 'Drop messages that arrive in the meantime, without an error',
      },
    ],
    description: 'Handling of messages that arrive while the node is busy',
    advanced: true,
  },
  {
    name: 'maxParallel',
    label: 'Max Parallel',
    type: 'number',
    default: 2,
    min: 1,
    max: 100,
    integer: true,
    unit: 'messages',
    required: true,
    description:
      'Maximum messages in progress. The appliance node limits parallel requests as well',
    showWhen: { whenBusy: ['parallel'] },
    advanced: true,
  },
  {
    name: 'maxWaiting',
    label: 'Queue Limit',
    type: 'number',
    default: 100,
    min: 0,
    max: 10_000,
    integer: true,
    required: true,
    description: 'Maximum waiting messages; the next one fails with ALLEGRO_BUSY. 0 for none',
    showWhen: { whenBusy: ['queue', 'parallel'] },
    advanced: true,
  },
]);

/**
 * Reads the policy of a node.
 *
 * @throws AllegroError `input`
 */
export function readQueuePolicy(
  RED: RuntimeApi,
  node: RuntimeNode,
  config: NodeConfig,
): QueuePolicy {
  const raw = QUEUE_FIELDS.map(({ name }) => {
    const value = config[name];
    const isVariable = config[`${name}Type`] === 'env' && typeof value === 'string';
    return [name, isVariable ? environmentVariable({ RED, node, message: {} }, value) : value];
  });
  return readFieldValues({ fields: QUEUE_FIELDS }, Object.fromEntries(raw));
}
