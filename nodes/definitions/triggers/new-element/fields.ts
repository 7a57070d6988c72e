import { DEVICE_FIELD, LINK_GROUP_FIELD } from '../../fields/address';
import { PORT_FILTER_FIELD } from '../../fields/port-filter';
import { defineFields } from '../../model/field';
import type { ValuesOf } from '../../model/field-values';

/** Which elements are watched, and how they are remembered. */
export const NEW_ELEMENT_FIELDS = defineFields([
  {
    name: 'elementKind',
    label: 'Watch',
    type: 'options',
    default: 'mac',
    options: [
      { value: 'mac', label: 'MAC Addresses' },
      { value: 'ip', label: 'IP Addresses' },
      {
        value: 'hostPort',
        label: 'Server Ports of Hosts',
        description: 'Ports that the listed hosts offer',
      },
      { value: 'tcpPort', label: 'TCP Server Ports', description: 'Across all hosts' },
      { value: 'udpPort', label: 'UDP Server Ports', description: 'Across all hosts' },
      { value: 'dnsServer', label: 'DNS Servers' },
      { value: 'dhcpServer', label: 'DHCP Servers' },
      { value: 'protocol', label: 'Protocols (Layer 7)' },
    ],
    description: 'Kind of element to report',
  },
  {
    name: 'addresses',
    label: 'IP Addresses',
    type: 'text',
    default: '',
    placeholder: 'e.g. 10.1.2.0/28, 10.1.9.7',
    description: 'Hosts and networks to watch, separated by commas; at most 256 known addresses',
    required: true,
    showWhen: { elementKind: ['hostPort'] },
  },
  { ...PORT_FILTER_FIELD, showWhen: { elementKind: ['hostPort', 'tcpPort', 'udpPort'] } },
  {
    name: 'learningHours',
    label: 'Learning Time',
    type: 'number',
    default: 0,
    min: 0,
    max: 8760,
    unit: 'h',
    description:
      'Period during which everything seen is treated as known. Choose a longer one if elements are seldom seen',
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'remembered',
    label: 'Max Elements',
    type: 'number',
    default: 10_000,
    min: 100,
    max: 100_000,
    integer: true,
    description: 'Maximum number of remembered elements',
    advanced: true,
  },
]);
export type NewElementValues = ValuesOf<typeof NEW_ELEMENT_FIELDS>;
