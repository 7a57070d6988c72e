import { inputError, type Address } from '../../../client';
import type { ApplianceTime } from '../../../client/api/clock';
import { slotOf } from '../../../client/values/device-slot';
import { LATEST_US } from '../../../client/values/instant';
import {
  resolveTimeRange,
  type ResolvedTimeRange,
  type TimeRange,
  type TimeUnit,
} from '../../../client/values/time-range';
import { defineFields, type NumberField, type ShowWhen } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { say } from '../../../client/values/sentence';

const MODE_OPTIONS = {
  last: {
    value: 'last',
    label: 'Last',
    description: 'Up to now, by the clock of the appliance. A warning says if it cannot be read',
  },
  between: {
    value: 'between',
    label: 'Between Two Times',
    description: 'From one time to another',
  },
  upload: {
    value: 'upload',
    label: 'The Whole Upload',
    description: 'All packets of an analysis slot; its start and end are an assumption',
  },
  around: {
    value: 'around',
    label: 'Around a Time',
    description: 'Some seconds before and after an alert',
  },
} as const;

interface TimeRangeDefaults {
  lastAmount: number;
  lastUnit: TimeUnit;
  /** Shows all of them only then. */
  showWhen?: ShowWhen;
}

/** For who writes the unit behind the number. */
const LAST_UNITS: NumberField['unitWhen'] = Object.entries({
  seconds: 's',
  minutes: 'min',
  hours: 'h',
  days: 'd',
  weeks: 'w',
}).map(([lastUnit, unit]) => ({ unit, showWhen: { lastUnit: [lastUnit] } }));

const TIME_PLACEHOLDER = 'e.g. 2026-11-23T15:50:00Z';
/** Which zone a time without one is in differs from host to host; each adapter says its own. */
const TIME_FORMATS = 'ISO 8601 or a Unix time in s, ms or µs';

/** The fields in which a person chooses the time of a capture, or all of an analysis slot. */
export function captureTimeRangeFields({
  default: mode = 'last',
  ...options
}: TimeRangeDefaults & { default?: 'last' | 'around' }) {
  const { last, between, around, upload } = MODE_OPTIONS;
  return defineFields([
    {
      ...TIME_MODE,
      default: mode,
      options: [last, between, around, upload],
      showWhen: options.showWhen,
    },
    ...rangeFields(options),
  ]);
}

/**
 * The same for statistics, which may also be read without an interval.
 *
 * @param none what is read then
 */
export function optionalTimeRangeFields({
  none,
  ...options
}: { none: string; default?: 'last' | 'none' } & Partial<TimeRangeDefaults>) {
  const { last, between, around } = MODE_OPTIONS;
  return defineFields([
    {
      ...TIME_MODE,
      default: options.default ?? 'last',
      options: [last, between, around, { value: 'none', label: 'No Interval', description: none }],
    },
    ...rangeFields({ lastAmount: 1, lastUnit: 'hours', ...options }),
  ]);
}

const TIME_MODE = {
  name: 'timeMode',
  label: 'Time Range',
  type: 'options',
  description: 'Time window to read',
} as const;

function rangeFields(options: TimeRangeDefaults) {
  const when = (mode: keyof typeof MODE_OPTIONS) => ({ ...options.showWhen, timeMode: [mode] });
  return defineFields([
    {
      name: 'lastAmount',
      label: 'Last',
      type: 'number',
      default: options.lastAmount,
      min: 1,
      unitWhen: LAST_UNITS,
      description: 'Length of the range, up to now',
      showWhen: when('last'),
    },
    {
      name: 'lastUnit',
      label: 'Unit',
      type: 'options',
      default: options.lastUnit,
      options: [
        { value: 'seconds', label: 'Seconds' },
        { value: 'minutes', label: 'Minutes' },
        { value: 'hours', label: 'Hours' },
        { value: 'days', label: 'Days' },
        { value: 'weeks', label: 'Weeks' },
      ],
      description: 'Unit of the length',
      showWhen: when('last'),
    },
    {
      name: 'since',
      label: 'Since',
      type: 'dateTime',
      default: '',
      placeholder: TIME_PLACEHOLDER,
      description: `Start of the range: ${TIME_FORMATS}`,
      required: true,
      messageProperty: 'since',
      showWhen: when('between'),
    },
    {
      name: 'until',
      label: 'Until',
      type: 'dateTime',
      default: '',
      placeholder: TIME_PLACEHOLDER,
      description: `End of the range, exclusive: ${TIME_FORMATS}. Blank for now`,
      messageProperty: 'until',
      showWhen: when('between'),
    },
    {
      name: 'aroundTime',
      label: 'Time of the Alert',
      type: 'dateTime',
      default: '',
      placeholder: TIME_PLACEHOLDER,
      description: `Center of the range: ${TIME_FORMATS}`,
      required: true,
      messageProperty: 'alertTime',
      showWhen: when('around'),
    },
    {
      name: 'secondsBefore',
      label: 'Seconds Before',
      type: 'number',
      default: 60,
      min: 0,
      unit: 's',
      description: 'Time before the alert',
      showWhen: when('around'),
    },
    {
      name: 'secondsAfter',
      label: 'Seconds After',
      type: 'number',
      default: 60,
      min: 0,
      unit: 's',
      description: 'Time after the alert',
      showWhen: when('around'),
    },
  ]);
}

type OptionalValues = ValuesOf<ReturnType<typeof optionalTimeRangeFields>>;
type Values = Omit<OptionalValues, 'timeMode'> & { timeMode: TimeRange['kind'] };

/**
 * Reads {@link optionalTimeRangeFields}.
 *
 * @returns nothing where a person chose to go without an interval
 * @throws AllegroError `input`
 */
export function readOptionalTimeRange(values: OptionalValues): TimeRange | undefined {
  const { timeMode } = values;
  return timeMode === 'none' ? undefined : readTimeRange({ ...values, timeMode });
}

/**
 * Reads a time range.
 *
 * @throws AllegroError `input`
 */
export function readTimeRange(values: Values): TimeRange {
  switch (values.timeMode) {
    case 'last':
      return { kind: 'last', amount: values.lastAmount, unit: values.lastUnit };
    case 'between':
      return { kind: 'between', since: values.since, until: values.until };
    case 'around':
      return readAround(values);
  }
}

function readAround({ aroundTime, secondsBefore, secondsAfter }: Values): TimeRange {
  if (secondsBefore + secondsAfter <= 0) {
    throw inputError(
      'secondsBefore',
      say`The time around the alert is empty.`,
      say`Enter seconds before, seconds after, or both.`,
    );
  }
  return { kind: 'around', time: aroundTime, secondsBefore, secondsAfter };
}

/** Names of the fields, so that an error names the one that a person sees. */
const FIELD_NAMES = {
  amount: 'lastAmount',
  since: 'since',
  until: 'until',
  time: 'aroundTime',
  secondsBefore: 'secondsBefore',
  secondsAfter: 'secondsAfter',
};

/**
 * Turns the choice into an interval, by the clock of the appliance.
 *
 * @param time as `client.time` gives it; milliseconds since 1970-01-01 UTC
 * @throws AllegroError `input`
 */
export function resolveRange(
  range: TimeRange,
  { milliseconds, warning }: Pick<ApplianceTime, 'milliseconds' | 'warning'>,
): ResolvedTimeRange {
  const where = warning === undefined ? undefined : say`here. ${warning.withoutStop()}`;
  return resolveTimeRange(range, Math.round(milliseconds * 1000), FIELD_NAMES, where);
}

/** Clocks may differ by so much before a time that is over on this machine counts as over. */
const TOLERATED_OFFSET_MS = 300_000;

/**
 * Refuses what is wrong by any clock, such as an end before the start, and what is relative to now on
 * an analysis slot, before any request is made.
 *
 * @param now this machine's clock, in milliseconds since 1970-01-01 UTC
 * @returns the interval where it is over by any clock, so that the appliance's need not be known
 * @throws AllegroError `input`
 */
export function checkTimeRange(
  range: TimeRange,
  now: number,
  address?: Address,
): ResolvedTimeRange | undefined {
  if (range.kind === 'last' && slotOf(address?.mmId) > 0) {
    throw inputError(
      'timeMode',
      say`A time range that ends now does not fit an analysis slot: its packets are from when the file was recorded.`,
      say`In "Time Range", choose "The Whole Upload" or "No Interval", whichever the node offers, or "Between Two Times".`,
    );
  }
  if (range.kind === 'last') {
    resolveRange(range, { milliseconds: now });
    return undefined;
  }
  // Whether it begins in the future is for the appliance to say.
  const resolved = resolveRange(range, { milliseconds: LATEST_US / 1000 });
  if (resolved.endUs > (now - TOLERATED_OFFSET_MS) * 1000) return undefined;
  return { ...resolved, endsInFuture: false };
}
