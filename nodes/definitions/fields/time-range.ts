import { inputError } from '../../../client';
import {
  resolveTimeRange,
  type ResolvedTimeRange,
  type TimeRange,
  type TimeUnit,
} from '../../../client/values/time';
import type { Field, FieldValues } from '../model/field';

type Mode = 'last' | 'between' | 'around' | 'none';

const MODE_OPTIONS = {
  last: {
    value: 'last',
    label: 'Last',
    description: 'The time up to now, by the clock of the appliance',
  },
  between: {
    value: 'between',
    label: 'Between Two Times',
    description: 'From one time to another',
  },
  around: {
    value: 'around',
    label: 'Around a Time',
    description: 'Some seconds before and after an alert',
  },
} as const;

interface TimeRangeFieldOptions {
  default: 'last' | 'around' | 'none';
  /** An additional choice for nodes that also work without an interval. */
  none?: { label: string; description: string };
  lastAmount: number;
  lastUnit: TimeUnit;
  /** Shows all of them only then. */
  showWhen?: Field['showWhen'];
}

const TIME_PLACEHOLDER = 'e.g. 2026-11-23T15:50:00Z';
/** Which zone a time without one is in differs from host to host; each adapter says its own. */
const TIME_FORMATS = 'ISO 8601 or a Unix time in s, ms or µs';

/** The fields in which a person chooses a time; the same in every node that has one. */
export function timeRangeFields(options: TimeRangeFieldOptions): Field[] {
  const when = (mode: Mode) => ({ ...options.showWhen, timeMode: [mode] });
  const { last, between, around } = MODE_OPTIONS;
  const none = options.none && { value: 'none', ...options.none };
  return [
    {
      name: 'timeMode',
      label: 'Time Range',
      type: 'options',
      default: options.default,
      options: none ? [last, between, around, none] : [last, between, around],
      description: 'Which stretch of time to look at',
      showWhen: options.showWhen,
    },
    {
      name: 'lastAmount',
      label: 'Last',
      type: 'number',
      default: options.lastAmount,
      min: 1,
      description: 'How far back from now',
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
      description: 'Unit of the time back',
      showWhen: when('last'),
    },
    {
      name: 'since',
      label: 'Since',
      type: 'dateTime',
      default: '',
      placeholder: TIME_PLACEHOLDER,
      description: `Start, included: ${TIME_FORMATS}`,
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
      description: `End, not included: ${TIME_FORMATS}. Blank for now`,
      messageProperty: 'until',
      showWhen: when('between'),
    },
    {
      name: 'aroundTime',
      label: 'Time of the Alert',
      type: 'dateTime',
      default: '',
      placeholder: TIME_PLACEHOLDER,
      description: `The time to look around: ${TIME_FORMATS}`,
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
      description: 'How much to take before that time',
      showWhen: when('around'),
    },
    {
      name: 'secondsAfter',
      label: 'Seconds After',
      type: 'number',
      default: 60,
      min: 0,
      unit: 's',
      description: 'How much to take after that time',
      showWhen: when('around'),
    },
  ];
}

/**
 * Reads {@link timeRangeFields}.
 *
 * @returns nothing where a person chose to go without an interval
 * @throws AllegroError `input`
 */
export function readTimeRange(values: FieldValues): TimeRange | undefined {
  switch (values.timeMode as Mode) {
    case 'none':
      return undefined;
    case 'last':
      return {
        kind: 'last',
        amount: values.lastAmount as number,
        unit: values.lastUnit as TimeUnit,
      };
    case 'between':
      return {
        kind: 'between',
        since: values.since as number,
        until: values.until,
      };
    case 'around':
      return readAround(values);
  }
}

function readAround(values: FieldValues): TimeRange {
  const secondsBefore = values.secondsBefore as number;
  const secondsAfter = values.secondsAfter as number;
  if (secondsBefore + secondsAfter <= 0) {
    throw inputError(
      'secondsBefore',
      'The time around the alert is empty.',
      'Enter seconds before, seconds after, or both.',
    );
  }
  return { kind: 'around', time: values.aroundTime, secondsBefore, secondsAfter };
}

/** Clocks may differ by so much before a time counts as wrong without asking the appliance. */
const TOLERATED_OFFSET_MS = 300_000;

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
 * @param applianceNow milliseconds since 1970-01-01 UTC
 * @throws AllegroError `input`
 */
export function resolveRange(range: TimeRange, applianceNow: number): ResolvedTimeRange {
  return resolveTimeRange(range, Math.round(applianceNow * 1000), FIELD_NAMES);
}

/**
 * Refuses what is wrong by any clock, such as an end before the start, before any request is made.
 *
 * @param now this machine's clock, in milliseconds since 1970-01-01 UTC
 * @throws AllegroError `input`
 */
export function checkTimeRange(range: TimeRange, now: number): void {
  resolveRange(range, now + TOLERATED_OFFSET_MS);
}
