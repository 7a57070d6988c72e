import { defineFields } from '../../model/field';
import type { ValuesOf } from '../../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD } from '../../fields/address';
import { RANKED_OPTIONS } from '../ranking';
import { timeRangeFields } from '../../fields/time-range';

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
    description: 'What is drawn',
  },
  {
    name: 'talkerKind',
    label: 'Rank',
    type: 'options',
    default: 'ip',
    options: RANKED_OPTIONS,
    description: 'What is ranked',
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
    description: 'What the length of a bar tells',
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
    description: 'How many entries to draw',
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
        description: 'Name in the legend. Blank for the one that the appliance knows',
      },
    ],
    description: 'Statistics whose history is drawn. Without any, the interfaces',
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
    description: 'What is drawn',
    showWhen: LINES,
  },
  {
    name: 'lineDirections',
    label: 'Directions',
    type: 'options',
    default: 'sum',
    options: [
      { value: 'sum', label: 'Together' },
      { value: 'apart', label: 'Received and Transmitted Apart' },
    ],
    description: 'Whether each series is one line or two',
    showWhen: LINES,
  },
  ...timeRangeFields({ default: 'last', lastAmount: 1, lastUnit: 'hours' }),
  {
    name: 'title',
    label: 'Title',
    type: 'text',
    default: '',
    placeholder: 'e.g. Traffic at the head office',
    description: 'Above the chart. Blank for one that says what is drawn',
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
    description: 'Colours that suit where the picture is shown',
  },
  {
    name: 'timeZone',
    label: 'Time Zone',
    type: 'text',
    default: 'UTC',
    placeholder: 'e.g. Europe/Berlin',
    description: 'In which times are written, as a name of the IANA database',
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
    description: 'Width of the picture, before it is scaled',
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
    description: 'Height of the picture, before it is scaled',
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
    description:
      'How many pixels of the file each pixel of width and height becomes. 2 is crisp on the usual displays',
    advanced: true,
  },
  {
    name: 'historyValues',
    label: 'History Values Are',
    type: 'options',
    default: 'counts',
    options: [
      { value: 'counts', label: 'Counts per Step' },
      { value: 'rates', label: 'Rates per Second' },
    ],
    description:
      'What the data points of the appliance mean, which its documentation leaves open. Change it if a line is too high or too low by the length of a step',
    showWhen: LINES,
    advanced: true,
  },
]);
export type ChartValues = ValuesOf<typeof CHART_FIELDS>;
