import { buildExpression, type ExpressionKind } from '../../../client/values/filter-expression';
import { defineFields } from '../model/field';
import {
  CONNECTION_SCOPE_FIELDS,
  hostExpression,
  readConnectionScope,
  type ConnectionScope,
} from './connection-scope';
import type { ValuesOf } from '../model/field-values';

const KINDS: ReadonlyArray<{ value: ExpressionKind; label: string; description: string }> = [
  {
    value: 'host',
    label: 'Host or Network',
    description: 'IP address, or network such as 10.1.2.0/24',
  },
  {
    value: 'conversation',
    label: 'Conversation',
    description: 'Between two hosts, such as 10.1.2.3 and 10.1.2.100:443',
  },
  {
    value: 'hostPort',
    label: 'Host and Port',
    description: 'IP address, with its port as second value',
  },
  { value: 'port', label: 'Port', description: 'TCP or UDP port of either end' },
  {
    value: 'portRange',
    label: 'Port Range',
    description: 'Such as 80,443,8000-8100, or first and last port',
  },
  { value: 'protocol', label: 'Layer 4 Protocol', description: 'TCP or UDP' },
  { value: 'mac', label: 'MAC Address', description: 'Of either end' },
  { value: 'vlan', label: 'VLAN', description: 'VLAN ID, 0 to 4095' },
  { value: 'linkGroup', label: 'Virtual Link Group', description: 'Number of the group' },
];

/** The fields of a filter: whose packets, then the host, or conditions with the raw expression. */
export const FILTER_FIELDS = defineFields([
  {
    name: 'captureScope',
    label: 'Capture Scope',
    type: 'options',
    default: 'host',
    options: [
      { value: 'host', label: 'Host', description: 'Packets of one IP address or network' },
      {
        value: 'connection',
        label: 'Connection',
        description: 'Packets between two hosts, as far as their ports and protocol are known',
      },
      { value: 'filter', label: 'Filter', description: 'Packets that match a filter' },
      { value: 'all', label: 'All Traffic', description: 'Every packet of every host' },
    ],
    description: 'Packets to capture',
  },
  {
    name: 'host',
    label: 'Host',
    type: 'text',
    default: '',
    required: true,
    placeholder: 'e.g. 10.1.2.3',
    description: 'IP address or network, such as 10.1.2.3 or 10.1.2.0/24',
    messageProperty: 'host',
    showWhen: { captureScope: ['host', 'connection'] },
  },
  ...CONNECTION_SCOPE_FIELDS,
  {
    name: 'conditions',
    label: 'Conditions',
    type: 'list',
    default: [],
    addLabel: 'Add Condition',
    rowLabel: 'Condition',
    columns: [
      {
        name: 'kind',
        label: 'Kind',
        type: 'options',
        default: 'host',
        options: KINDS,
        description: 'Property to compare',
      },
      {
        name: 'value',
        label: 'Value',
        type: 'text',
        default: '',
        required: true,
        placeholder: 'e.g. 10.1.2.3, 443',
        description: 'Value, such as 10.1.2.3, 10.1.2.0/24, 443, TCP or 00:1a:2b:3c:4d:5e',
      },
      {
        name: 'value2',
        label: 'Second Value',
        type: 'text',
        default: '',
        placeholder: 'e.g. 10.1.2.100:443',
        description: 'Other end of the conversation, port of the host, or last port of the range',
        showWhen: { kind: ['conversation', 'hostPort', 'portRange'] },
      },
      {
        name: 'negate',
        label: 'Not',
        type: 'boolean',
        default: false,
        description: 'Whether to exclude matching packets (firmware 3.6 or later)',
      },
    ],
    description: 'Conditions for packets, combined by Match',
    refuseBlankSource: true,
    showWhen: { captureScope: ['filter'] },
  },
  {
    name: 'combine',
    label: 'Match',
    type: 'options',
    default: 'all',
    options: [
      { value: 'all', label: 'All Conditions' },
      { value: 'any', label: 'Any Condition' },
    ],
    description: 'Conditions that a packet must match',
    showWhen: { captureScope: ['filter'] },
  },
  {
    name: 'expression',
    label: 'Expression',
    type: 'text',
    default: '',
    placeholder: 'e.g. ip==10.1.2.3 and l4Protocol==TCP',
    description: "Filter in the appliance's syntax, in addition to or instead of conditions",
    messageProperty: 'expression',
    requiredWithout: 'conditions',
    refuseBlankSource: true,
    showWhen: { captureScope: ['filter'] },
  },
]);

/** Which packets. */
interface PacketFilter {
  /** Empty for all traffic, and only where a person chose that. */
  expression: string;
  /** What a scope that may widen came to. */
  scope?: ConnectionScope;
}

/**
 * Reads {@link FILTER_FIELDS}.
 *
 * @throws AllegroError `input`
 */
export function readFilter(values: ValuesOf<typeof FILTER_FIELDS>): PacketFilter {
  const { captureScope, host, conditions, combine, expression } = values;
  switch (captureScope) {
    case 'host':
      return { expression: hostExpression(host) };
    case 'connection':
      return readConnectionScope(values);
    case 'filter':
      return {
        expression: buildExpression(conditions, combine, expression, {
          rows: 'conditions',
          raw: 'expression',
        }),
      };
    case 'all':
      return { expression: '' };
  }
}
