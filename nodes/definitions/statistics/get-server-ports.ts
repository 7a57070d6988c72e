import { LINK_GROUP_FIELD, readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { PORT_FILTER_FIELD } from '../fields/port-filter';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';
import { defineNode } from '../model/define-node';
import { addressesOf, readAddresses } from './address-list';
import { resolveInterval } from './interval';
import { AS_CSV, listOutputField } from './lists/list-fields';
import { PortInventory } from './port-inventory';

const SAMPLE_FAILURE = {
  kind: 'appliance',
  status: 500,
  message:
    'The appliance, or a proxy in front of it, returned an error (HTTP 500). Try again in a while. If the problem persists, look at the notifications of the appliance.',
};

/** An inventory of server ports. */
export const getServerPorts = defineNode({
  name: 'getServerPorts',
  label: 'Get Server Ports',
  group: 'Statistics',
  verb: 'Get Server Ports',
  action: 'Get server ports',
  description:
    'Lists the server ports that each IP address offers and uses: an inventory of services',
  details: [
    '"asServer" lists the ports that an address offers, "asClient" those that it uses on others.',
    'Addresses that the appliance no longer knows are listed in "gone", those that could not be read in "failed". The node fails only if none could be read, or if the login is refused.',
    "The CSV file has the columns of the vendor's own script, and one line for each port.",
    'Ephemeral ports and those of calls are left out, unless Ports says otherwise; "leftOut" counts them. UDP and RTP are known only where the table of the appliance has columns for the protocols, which the vendor does not document.',
    'Whether a time range applies to these tables depends on the firmware; the vendor does not document it.',
  ],
  permission: 'Read access to statistics',
  source: 'Python Script Example - Server ports used',
  fields: [
    listOutputField({
      data: 'One entry for each IP address',
      csv: 'A file with one line for each port',
      description: 'Data, or a CSV file',
    }),
    {
      name: 'addresses',
      label: 'IP Addresses',
      type: 'text',
      default: '',
      placeholder: 'e.g. 10.1.2.0/24, 10.1.9.7',
      description: 'Addresses and networks, separated by commas. Blank for all known addresses',
      messageProperty: 'addresses',
      blankFitsAll: true,
    },
    {
      name: 'portRole',
      label: 'Role',
      type: 'options',
      default: 'both',
      options: [
        { value: 'both', label: 'Server and Client' },
        { value: 'asServer', label: 'Server', description: 'Ports that an address offers' },
        { value: 'asClient', label: 'Client', description: 'Ports that an address uses on others' },
      ],
      description: 'Role of the addresses',
    },
    PORT_FILTER_FIELD,
    ...optionalTimeRangeFields({
      default: 'none',
      lastUnit: 'days',
      none: 'All data that the appliance still has',
    }),
    ...deviceFields(),
    LINK_GROUP_FIELD,
    {
      name: 'parallelRequests',
      label: 'Parallel Requests',
      type: 'number',
      default: 8,
      min: 1,
      max: 32,
      integer: true,
      description: 'Maximum addresses read at a time. Requests to one appliance are also limited',
      advanced: true,
    },
  ],
  itemsProperty: 'hosts',
  sampleOutput: {
    hosts: [
      {
        ip: '10.1.2.100',
        text: 'Offers ports 22, 443; uses port 53.',
        asServer: [22, 443],
        asClient: [53],
      },
      { ip: '10.1.2.7', text: '', asServer: [], asClient: [], error: SAMPLE_FAILURE },
    ],
    from: null,
    to: null,
    addresses: 3,
    ports: 3,
    leftOut: 38,
    gone: ['10.1.2.9'],
    failed: [{ ip: '10.1.2.7', ...SAMPLE_FAILURE }],
    device: 'https://allegro-mm-1a2b',
    warnings: [`The ports of 1 of 3 addresses could not be read. ${SAMPLE_FAILURE.message}`],
  },
  producesFile: true,
  fileWhen: AS_CSV,

  async *run(context, values) {
    const wanted = readAddresses(values.addresses);
    const options = { signal: context.signal, address: readAddress(values) };
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, options));
    context.progress({ step: 'reading' });
    const ips = await addressesOf(context, wanted, options);
    const settings = {
      role: values.portRole,
      servicesOnly: values.portFilter === 'services',
      parallelRequests: values.parallelRequests,
    };
    const inventory = new PortInventory(context, settings, interval, ips, options);
    yield values.listOutput === 'csv' ? inventory.asFile() : await inventory.asItems();
  },
});
