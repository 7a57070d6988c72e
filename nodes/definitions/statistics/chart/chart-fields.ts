import { defineFields } from '../../model/field';
import type { ValuesOf } from '../../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD } from '../../fields/address';
import { RANKED_OPTIONS } from '../ranking';
import { optionalTimeRangeFields } from '../../fields/time-range';

const BARS = { chartKind: ['topTalkers'] };
const LINES = { chartKind: ['history'] };

/** The fields of a chart. */
export const CHART_FIELDS = defineFields([
  {
    name: 'chartKind',
    label: 'Chart',
    type: 'options',
    default: 'topTalkers',
    options: [
      { value: 'topTalkers', label: 'Top Talkers', description: 'Bars, the longest first' },
      { value: 'history', label: 'History', description: 'Lines over time' },
    ],
    description: 'Kind of chart',
  },
  {
    name: 'talkerKind',
    label: 'Rank',
    type: 'options',
    default: 'ip',
    options: RANKED_OPTIONS,
    description: 'Elements to rank',
    showWhen: BARS,
  },
  {
    name: 'barMeasure',
    label: 'Measure',
    type: 'options',
    default: 'bytes',
    options: [
      { value: 'bytes', label: 'Bytes' },
      { value: 'bits', label: 'Bits per Second', description: 'On average over the interval' },
    ],
    description: 'Value shown by the bars',
    showWhen: BARS,
  },
  {
    name: 'barCount',
    label: 'Bars',
    type: 'number',
    default: 10,
    min: 1,
    max: 20,
    integer: true,
    description: 'Number of entries',
    showWhen: BARS,
  },
  {
    name: 'series',
    label: 'Series',
    type: 'list',
    default: [],
    addLabel: 'Add Series',
    rowLabel: 'Series',
    columns: [
      {
        name: 'path',
        label: 'Path',
        type: 'text',
        default: '',
        required: true,
        placeholder: 'e.g. API/stats/modules/ip/ips/10.1.2.3',
        description: 'Path of a statistic that has a history',
      },
      {
        name: 'seriesLabel',
        label: 'Label',
        type: 'text',
        default: '',
        placeholder: 'e.g. File server',
        description: 'Name in the legend. Blank for the name from the appliance',
      },
    ],
    description: 'Statistics to draw. Blank for the interfaces',
    showWhen: LINES,
  },
  {
    name: 'lineMeasure',
    label: 'Measure',
    type: 'options',
    default: 'bits',
    options: [
      { value: 'bits', label: 'Bits per Second' },
      { value: 'packets', label: 'Packets per Second' },
    ],
    description: 'Values to draw',
    showWhen: LINES,
  },
  {
    name: 'lineDirections',
    label: 'Directions',
    type: 'options',
    default: 'sum',
    options: [
      { value: 'sum', label: 'Together' },
      { value: 'apart', label: 'Split Directions' },
    ],
    description: 'Whether to draw received and transmitted as separate lines',
    showWhen: LINES,
  },
  ...optionalTimeRangeFields({ none: 'All that the appliance, or the slot, remembers' }),
  {
    name: 'title',
    label: 'Title',
    type: 'text',
    default: '',
    placeholder: 'e.g. Traffic at the head office',
    description: 'Title above the chart. Blank for a generated one',
    messageProperty: 'title',
  },
  {
    name: 'theme',
    label: 'Theme',
    type: 'options',
    default: 'light',
    options: [
      { value: 'light', label: 'Light' },
      { value: 'dark', label: 'Dark' },
    ],
    description: 'Light or dark colors',
    advanced: true,
  },
  {
    name: 'timeZone',
    label: 'Time Zone',
    type: 'text',
    default: '',
    placeholder: 'e.g. Europe/Berlin',
    description:
      'Time zone of the labels, as an IANA name. Blank for the local one',
    advanced: true,
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'chartWidth',
    label: 'Width',
    type: 'number',
    default: 800,
    min: 320,
    max: 2000,
    integer: true,
    unit: 'px',
    description: 'Width before scaling',
    advanced: true,
  },
  {
    name: 'chartHeight',
    label: 'Height',
    type: 'number',
    default: 450,
    min: 240,
    max: 1500,
    integer: true,
    unit: 'px',
    description: 'Height before scaling',
    advanced: true,
  },
  {
    name: 'chartScale',
    label: 'Scale',
    type: 'number',
    default: 2,
    min: 1,
    max: 3,
    integer: true,
    description: 'Pixel density. 2 is crisp on most displays',
    advanced: true,
  },
  {
    name: 'historyValues',
    label: 'History Values',
    type: 'options',
    default: 'counts',
    options: [
      { value: 'counts', label: 'Counts per Step' },
      { value: 'rates', label: 'Rates per Second' },
    ],
    description:
      'Meaning of the data points, which the vendor does not document. Change it if lines are off by the step length',
    showWhen: LINES,
    advanced: true,
  },
]);
export type ChartValues = ValuesOf<typeof CHART_FIELDS>;
