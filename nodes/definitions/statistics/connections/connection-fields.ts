import { LINK_GROUP_FIELD } from '../../fields/address';
import { deviceFields } from '../../fields/device-scope';
import { optionalTimeRangeFields } from '../../fields/time-range';
import { defineField, defineFields } from '../../model/field';
import type { ValuesOf } from '../../model/field-values';
import { amountFields, AS_DATA, listOutputField } from '../lists/list-fields';

function protocolField<const Name extends string>(
  name: Name,
  label: string,
  placeholder: string,
  description: string,
) {
  const text = { type: 'text', default: '', blankFitsAll: true } as const;
  return defineField({
    ...{ name, label, placeholder, description, ...text },
    showWhen: AS_DATA,
    advanced: true,
  });
}

/** The fields of Get Connections. */
export const CONNECTION_FIELDS = defineFields([
  listOutputField({
    data: 'The top connections, as data',
    csv: 'Every connection, as a file',
    description: 'List of connections, or a file with all of them',
  }),
  {
    name: 'connectionMode',
    label: 'Statistics',
    type: 'options',
    default: 'all',
    options: [
      { value: 'all', label: 'All Connections' },
      {
        value: 'rtpStats',
        label: 'RTP With Quality',
        description: 'Loss, jitter and MOS of audio and video; their names are an assumption',
      },
      { value: 'other', label: 'Other Mode', description: 'Any mode, by name' },
    ],
    description: 'Connections to list, and their statistics',
    showWhen: AS_DATA,
  },
  {
    name: 'modeName',
    label: 'Mode',
    type: 'text',
    default: '',
    required: true,
    placeholder: 'e.g. rtpStats',
    description: 'Name of the mode as the web interface sends it',
    showWhen: { ...AS_DATA, connectionMode: ['other'] },
  },
  {
    name: 'host',
    label: 'Host',
    type: 'text',
    default: '',
    placeholder: 'e.g. 10.1.2.3',
    description: 'IP address or network at either end. Blank for all',
    messageProperty: 'host',
    blankFitsAll: true,
    showWhen: AS_DATA,
  },
  {
    name: 'port',
    label: 'Port',
    type: 'number',
    default: null,
    min: 0,
    max: 65535,
    integer: true,
    placeholder: 'e.g. 443',
    description: 'Port at either end. Blank for all',
    blankFitsAll: true,
    showWhen: AS_DATA,
    advanced: true,
  },
  protocolField(
    'l4Protocol',
    'Layer 4 Protocol',
    'e.g. TCP',
    'Layer 4 protocol of the connections. Blank for all',
  ),
  protocolField(
    'protocol',
    'Protocol',
    'e.g. HTTP',
    'Layer 7 protocol, as the appliance names it. Blank for all',
  ),
  {
    name: 'connectionSort',
    label: 'Sort By',
    type: 'options',
    default: 'bytes',
    options: [
      { value: 'bytes', label: 'Bytes' },
      { value: 'packets', label: 'Packets' },
      { value: 'bps', label: 'Bits per Second' },
      { value: 'pps', label: 'Packets per Second' },
      { value: 'clientIp', label: 'Client IP' },
      { value: 'clientPort', label: 'Client Port' },
      { value: 'serverIp', label: 'Server IP' },
      { value: 'serverPort', label: 'Server Port' },
      {
        value: 'lossPercent',
        label: 'Loss',
        description: 'RTP only, among the connections with most bytes',
      },
      {
        value: 'jitterMs',
        label: 'Jitter',
        description: 'RTP only, among the connections with most bytes',
      },
      {
        value: 'mos',
        label: 'MOS',
        description: 'RTP only, among the connections with most bytes',
      },
    ],
    description: 'Sort order, which also decides which 1,000 connections are listed',
    showWhen: AS_DATA,
  },
  {
    name: 'descending',
    label: 'Highest First',
    type: 'boolean',
    default: true,
    description: 'Whether to list the highest first',
    showWhen: AS_DATA,
    advanced: true,
  },
  ...amountFields({ things: 'connections', limit: 50 }),
  ...optionalTimeRangeFields({ none: 'All connections that the appliance still has' }),
  ...deviceFields(),
  LINK_GROUP_FIELD,
  {
    name: 'simplify',
    label: 'Simplify',
    type: 'boolean',
    default: true,
    description: 'Whether to return a simplified version of the response instead of the raw data',
    showWhen: AS_DATA,
    advanced: true,
  },
  {
    name: 'applianceFilter',
    label: 'Appliance Filter',
    type: 'text',
    default: '',
    placeholder: 'e.g. (ip==10.1.2.3 and portrange==443)',
    description:
      'Sent as "filter", in the syntax of the appliance\'s search boxes. Not documented for this list',
    blankFitsAll: true,
    advanced: true,
  },
  {
    name: 'jobSeconds',
    label: 'Timeout',
    type: 'number',
    default: 120,
    min: 1,
    max: 86400,
    unit: 's',
    description: 'Maximum wait for the list',
    showWhen: AS_DATA,
    advanced: true,
  },
]);
export type ConnectionValues = ValuesOf<typeof CONNECTION_FIELDS>;
