import { defineFields } from '../../model/field';
import type { ValuesOf } from '../../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD } from '../../fields/address';
import { DIRECTION_OPTIONS, RANKED_OPTIONS } from '../../statistics/ranking';

/** Kinds whose traffic counters are watched, and that may be narrowed to some elements. */
const COUNTED = ['ip', 'mac', 'protocol', 'tcpPort', 'udpPort', 'interface'] as const;
const COUNTED_OR_TOTAL = [...COUNTED, 'total'];

/** What is measured, against which limit, and when an element is reported. */
export const THRESHOLD_FIELDS = defineFields([
  {
    name: 'watched',
    label: 'Watch',
    type: 'options',
    default: 'ip',
    options: [
      ...RANKED_OPTIONS,
      { value: 'interface', label: 'Interfaces' },
      { value: 'total', label: 'All Traffic' },
      {
        value: 'tcpScore',
        label: 'TCP Response Score of Servers',
        description: 'From 1 (bad) to 5 (good); the appliance marks less than 3 in red',
      },
      { value: 'list', label: 'Any List', description: 'A value of each row of a list' },
      { value: 'value', label: 'Any Value', description: 'One value of any statistic' },
    ],
    description: 'What is compared with the limit, each element for itself',
  },
  {
    name: 'elements',
    label: 'Filter',
    type: 'text',
    default: '',
    placeholder: 'e.g. 10.1.2.3, 10.1.2.4',
    description: 'Elements to watch, separated by commas. Blank for all',
    blankFitsAll: true,
    showWhen: { watched: COUNTED },
  },
  {
    name: 'measure',
    label: 'Measure',
    type: 'options',
    default: 'bitsPerSecond',
    options: [
      { value: 'bitsPerSecond', label: 'Bits per Second' },
      { value: 'packetsPerSecond', label: 'Packets per Second' },
      { value: 'bytes', label: 'Bytes in a Window' },
      { value: 'packets', label: 'Packets in a Window' },
    ],
    description: 'The unit of the limits. Rates are averages over a window',
    showWhen: { watched: COUNTED_OR_TOTAL },
  },
  {
    name: 'direction',
    label: 'Direction',
    type: 'options',
    default: 'both',
    options: DIRECTION_OPTIONS,
    description: 'Which direction counts, seen from the element',
    // Only bytes and bits per second have documented sort keys for one direction.
    showWhen: { watched: COUNTED_OR_TOTAL, measure: ['bitsPerSecond', 'bytes'] },
  },
  {
    name: 'listPath',
    label: 'List',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/stats/modules/ntp',
    description: 'Path of the list, below API/stats',
    required: true,
    choices: 'statisticsPaths',
    showWhen: { watched: ['list'] },
  },
  {
    name: 'path',
    label: 'Path',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/stats/modules/http',
    description: 'Path of the statistic, below API/stats, API/system or API/info',
    required: true,
    choices: 'statisticsPaths',
    showWhen: { watched: ['value'] },
  },
  {
    name: 'valuePath',
    label: 'Value',
    type: 'text',
    default: '',
    placeholder: 'e.g. globalResponseTimes.avg',
    description:
      'Where the number is in the answer, or in a row of the list: names joined by dots, counters by name or by index. True counts as 1 and false as 0',
    required: true,
    showWhen: { watched: ['list', 'value'] },
  },
  {
    name: 'sortBy',
    label: 'Sort Key',
    type: 'text',
    default: '',
    placeholder: 'e.g. txratio',
    description:
      'Key by which the appliance sorts the list by that value. With it, only the rows beyond the limit are read',
    showWhen: { watched: ['list'] },
  },
  {
    name: 'elementProperty',
    label: 'Name of a Row',
    type: 'text',
    default: '',
    placeholder: 'e.g. ip',
    description: 'The property that names a row. Blank to find it out',
    showWhen: { watched: ['list'] },
  },
  {
    name: 'condition',
    label: 'Condition',
    type: 'options',
    default: 'above',
    options: [
      { value: 'above', label: 'Above the Limit' },
      { value: 'below', label: 'Below the Limit' },
    ],
    description: 'Which side of the limit is reported',
  },
  {
    name: 'limit',
    label: 'Limit',
    type: 'number',
    default: null,
    placeholder: 'e.g. 100000000 for 100 Mbit/s',
    description: 'In the unit of what is measured. The limit itself is not yet beyond it',
    required: true,
  },
  {
    name: 'clearLimit',
    label: 'Clear Limit',
    type: 'number',
    default: null,
    placeholder: 'e.g. 80000000',
    description:
      'An element has to come back to this before it can be reported again. Blank for the limit itself',
  },
  {
    name: 'windowsInARow',
    label: 'Consecutive Windows',
    type: 'number',
    default: 1,
    min: 1,
    max: 1000,
    integer: true,
    description:
      'How many consecutive windows an element has to be beyond the limit; consecutive polls for any value',
  },
  {
    name: 'windowSeconds',
    label: 'Window',
    type: 'number',
    default: 60,
    min: 10,
    max: 86_400,
    integer: true,
    unit: 's',
    description: 'Length of the time that is measured and compared, again and again without a gap',
    showWhen: { watched: [...COUNTED_OR_TOTAL, 'tcpScore', 'list'] },
  },
  {
    name: 'coolDownSeconds',
    label: 'Cool-Down',
    type: 'number',
    default: 300,
    min: 0,
    max: 604_800,
    integer: true,
    unit: 's',
    description: 'For how long an element is not reported again, 0 for no such time',
  },
  {
    name: 'reportCleared',
    label: 'Report the End',
    type: 'boolean',
    default: false,
    description: 'Whether to report also when an element is back within the clear limit',
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'reportAtStart',
    label: 'Report at Start',
    type: 'boolean',
    default: false,
    description: 'Whether to report also what is beyond the limit at the very first poll',
    advanced: true,
  },
  {
    name: 'maxElements',
    label: 'Max Elements',
    type: 'number',
    default: 1000,
    min: 1,
    max: 10_000,
    integer: true,
    description:
      'How many elements of a list can be beyond the limit at once; the furthest are watched',
    showWhen: { watched: [...COUNTED, 'tcpScore', 'list'] },
    advanced: true,
  },
]);
export type ThresholdValues = ValuesOf<typeof THRESHOLD_FIELDS>;
export type Watched = ThresholdValues['watched'];
export type Measure = ThresholdValues['measure'];
