import { RECORD_PROPERTIES } from './evidence';
import { AllegroError, inputError } from '../../../client';
import type { CaptureRequest } from '../../../client/capture/capture-request';
import { buildExpression } from '../../../client/values/filter-expression';
import { notAnAddress, parseIp } from '../../../client/values/ip-address';
import { parseInstant } from '../../../client/values/instant';
import { fromMilliseconds, type TimeSpan } from '../../../client/values/time-range';
import { capturePcap } from './capture-pcap';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { defineField, defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { DEVICE_FIELD, readAddress } from '../fields/address';
import { captureFileFields, LIMIT_FIELDS } from '../fields/capture-fields';
import { resolveWindow } from './capture-window';
import { captureSettings, ringBufferSettings, runCapture } from './run-capture';
import { say } from '../../../client/values/sentence';

function connectionField<const Name extends string>(
  name: Name,
  label: string,
  placeholder: string,
  description: string,
) {
  return defineField({
    name,
    label,
    type: 'text',
    default: '',
    required: true,
    placeholder,
    description,
    messageProperty: `payload.${name}`,
    itemProperty: name,
  });
}

const [SIZE_LIMIT, ...OTHER_LIMITS] = LIMIT_FIELDS;

const FIELDS = defineFields([
  connectionField('clientIp', 'Client IP', 'e.g. 10.1.2.3', 'IP address of the client'),
  connectionField('clientPort', 'Client Port', 'e.g. 62887', 'Port of the client'),
  connectionField('serverIp', 'Server IP', 'e.g. 10.1.2.100', 'IP address of the server'),
  connectionField('serverPort', 'Server Port', 'e.g. 443', 'Port of the server'),
  {
    ...connectionField(
      'l4Protocol',
      'Layer 4 Protocol',
      'e.g. TCP',
      'TCP or UDP. Blank for either',
    ),
    required: false,
  },
  connectionField(
    'connectionStart',
    'Connection Start',
    'e.g. 1531315866280',
    'Start of the connection: Unix time in milliseconds, or ISO 8601',
  ),
  connectionField(
    'lastActivity',
    'Last Activity',
    'e.g. 1531315870120',
    'Time of the last packet, in the same formats',
  ),
  {
    name: 'marginMilliseconds',
    label: 'Margin',
    type: 'number',
    default: 1000,
    min: 1,
    max: 3_600_000,
    unit: 'ms',
    description: 'Time after the last activity to capture as well',
    advanced: true,
  },
  {
    name: 'maxConnections',
    label: 'Max Connections',
    type: 'number',
    default: 10,
    min: 1,
    max: 1000,
    integer: true,
    description:
      'Maximum captures from one list of Get Connections; a warning says if there are more',
    advanced: true,
    onlyIn: 'Node-RED',
  },
  { ...SIZE_LIMIT, advanced: true },
  ...OTHER_LIMITS,
  {
    ...DEVICE_FIELD,
    description:
      'Device ID, analysis slot such as ":1", or both ("device:1"). Blank for this appliance',
    // The connection was listed by one device, and its packets are there.
    messageProperty: 'payload.mmId',
    itemProperty: 'mmId',
    advanced: false,
  },
  ...captureFileFields(),
]);
type Values = ValuesOf<typeof FIELDS>;

/** Fetches the packets of one connection. */
export const captureConnection = defineNode({
  name: 'captureConnection',
  label: 'Capture Connection',
  group: 'Packet',
  verb: 'Capture Connection',
  action: 'Capture the packets of a connection',
  description:
    'Captures the packets of one connection from the ring buffer, as listed by Get Connections',
  details: [
    'Connect it after Get Connections: each connection becomes a pcap. In Node-RED they come as one message each, one after the other; one that fails goes to Catch.',
    'The window runs from the start of the connection to its last activity plus the margin, so that the last packet is included.',
    'For IPv6, address and port are filtered separately, because the vendor documents no combined form.',
    'Packets can be gone while the connection is still listed: ring buffer and statistics do not reach back equally far.',
  ],
  permission: 'The permission "pcap"',
  source:
    'Python Script Example - Retrieval of global connections and PCAP download of a certain connection',
  fields: FIELDS,
  takesEach: {
    property: 'connections',
    limit: 'maxConnections',
    // Without the last activity: of a connection that goes on, it is later each time.
    identity: [
      ...['clientIp', 'clientPort', 'serverIp', 'serverPort'],
      ...['l4Protocol', 'connectionStart'],
    ],
  },
  sampleOutput: {
    ...capturePcap.sampleOutput,
    expression: 'ip==10.1.2.3:62887 and ip==10.1.2.100:443 and l4Protocol==TCP',
  },
  recordProperties: RECORD_PROPERTIES,
  producesFile: true,

  async *run(context, values) {
    const expression = readConnection(values);
    const span = readSpan(values);
    yield* runCapture(context, values, () => readRequest(context, values, expression, span));
  },
});

/** @throws AllegroError `input`, naming the field */
function readConnection(values: Values): string {
  const [client, server] = (['client', 'server'] as const).map((end) => {
    const ip = values[`${end}Ip`].replace(/^\[(.*)\]$/, '$1');
    const port = values[`${end}Port`];
    if (!parseIp(ip)) {
      const { what, advice } = notAnAddress(ip);
      throw inputError(`${end}Ip`, what, advice);
    }
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
      throw inputError(
        `${end}Port`,
        say`"${port}" is not a valid port.`,
        say`Use a number from 0 to 65535.`,
      );
    }
    return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
  });
  const protocol = values.l4Protocol;
  const rows: Array<Record<string, unknown>> = [
    { kind: 'conversation', value: client, value2: server },
  ];
  if (protocol !== '') rows.push({ kind: 'protocol', value: protocol });
  return buildExpression(rows, 'all', '', { rows: 'l4Protocol', label: 'Layer 4 Protocol' });
}

/** The start rounded down, the end rounded up and moved on by the margin. */
function readSpan(values: Values): TimeSpan {
  const span = fromMilliseconds(
    toMilliseconds(values.connectionStart, 'connectionStart'),
    toMilliseconds(values.lastActivity, 'lastActivity'),
    values.marginMilliseconds,
  );
  if (span.endUs <= span.startUs + 1) {
    throw inputError(
      'lastActivity',
      say`The last activity is before the start of the connection.`,
      say`Take both from the same connection.`,
    );
  }
  return span;
}

/** Milliseconds stay as they are, a comma in them included; other forms become milliseconds. */
function toMilliseconds(text: string, field: string): string | number {
  return /^\d{11,14}([.,]\d*)?$/.test(text) ? text : parseInstant(text, field) / 1000;
}

async function readRequest(
  context: RunContext,
  values: Values,
  expression: string,
  span: TimeSpan,
): Promise<CaptureRequest> {
  const settings = {
    ...captureSettings(context, values, expression),
    ...ringBufferSettings(values),
  };
  const range = { kind: 'between', since: span.startUs, until: span.endUs } as const;
  // A connection may still be open, so that its end with the margin lies a little ahead.
  const request = { range, endInFuture: 'wait', address: readAddress(values) } as const;
  const window = await resolveWindow(context, request).catch((error: unknown) => {
    throw error instanceof AllegroError && error.field ? forField(error) : error;
  });
  return { ...settings, source: 'ringBuffer', window };
}

/** The window's own fields do not show here. */
function forField({ sentences: { what, advice }, field }: AllegroError): AllegroError {
  return inputError(field === 'until' ? 'lastActivity' : 'connectionStart', what, advice);
}
