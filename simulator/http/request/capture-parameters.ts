import type { Switches } from '../../switches';
import { HttpError } from '../reply/http-error';
import { readBoolean, readNumber, readWhole, type Query } from './query';

/** What a capture asks for; times in microseconds since 1970. */
export interface CaptureParameters {
  startUs: number;
  /** Infinity for a capture without an end. */
  endUs: number;
  expression: string | undefined;
  snapLength: number;
  isFromBuffer: boolean;
  bufferNumber: number;
  isToMedia: boolean;
}

/** Between these, a time is surely not in microseconds: it would be in 1970. */
const SMALLEST_TIME_US = 1e14;
/** Up to here it can only mean "from the beginning". */
const BEGINNING_US = 1e6;

/** Source: "Pcap extraction", the list of parameters. */
export function readCaptureParameters(
  given: Query,
  nowUs: number,
  { strictCaptureParamCase, captureDefaultSource }: Switches,
): CaptureParameters {
  const query = strictCaptureParamCase ? given : withCamelCase(given);
  const isFromBuffer = readBoolean(query, 'fromCaptureBuffer', captureDefaultSource === 'buffer');
  return {
    ...readWindow(query, nowUs),
    expression: query.expression,
    snapLength: readWhole(query, 'snapPacketLength') ?? 65535,
    isFromBuffer,
    bufferNumber: readWhole(query, 'captureBufferSlotId') ?? 0,
    isToMedia: readBoolean(query, 'captureToMedia', false),
  };
}

/** Two of the vendor's examples write the times in lower case. */
function withCamelCase(query: Query): Query {
  const { starttime, endtime, ...rest } = query;
  return {
    ...(starttime === undefined ? {} : { startTime: starttime }),
    ...(endtime === undefined ? {} : { endTime: endtime }),
    ...rest,
  };
}

function readWindow(query: Query, nowUs: number): { startUs: number; endUs: number } {
  const startUs = readTime(query, 'startTime');
  if (query.endTime === 'now') {
    const timespan = readNumber(query, 'timespan') ?? 0;
    return { startUs: startUs ?? nowUs - timespan * 1e6, endUs: nowUs };
  }
  const window = { startUs: startUs ?? nowUs, endUs: readTime(query, 'endTime') ?? Infinity };
  if (window.endUs < window.startUs) throw new HttpError(400, 'endTime is before startTime.');
  return window;
}

function readTime(query: Query, name: string): number | undefined {
  const value = readWhole(query, name);
  if (value !== undefined && value > BEGINNING_US && value < SMALLEST_TIME_US) {
    throw new HttpError(400, `${name} must be in microseconds since 1970: ${value} is too small.`);
  }
  return value;
}
