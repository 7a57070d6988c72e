import { AllegroError, isNotFound, quoteAnswer, type RequestInfo } from '../errors';
import { cancelledError } from '../http/body';
import type { ClientContext } from '../http/context';
import type { Query } from '../http/query';
import type { Call, OpenAnswer, TextAnswer } from '../http/call';
import { RequestLimits, sharedLimits } from '../http/limits/request-limits';
import { parseJson, parseLeniently } from '../http/json';
import { Requester } from '../http/requester';
import { refuseErrorAnswer, refusePage } from '../http/status-error';
import { sleepFor } from '../http/limits/time-limit';
import type { Transport } from '../http/transport';
import { addressQuery, mmIdOf, type Address } from './address';
import { timeFrom, timeWithoutClock, type ApplianceTime } from './clock';
import {
  asAsyncJob,
  asyncResult,
  endlessJobError,
  lostJobError,
  pollDelay,
  type AsyncJob,
} from './async-job';
import { jobPath, TIME } from './paths';
import { say, type Sentence } from '../values/sentence';
import { asText } from '../values/text';

export interface ApiOptions {
  transport: Transport;
  context: ClientContext;
  /**
   * How many short requests, and how many long transfers, may run at once. The default is 4: the
   * vendor documents no limit, and the appliance's web interface has to stay usable.
   */
  maxConcurrentRequests?: number;
  /**
   * Appliance and login, without a secret: all clients of this process with the same one keep to the
   * limit together. Without it the client has a limit of its own.
   */
  limitKey?: string;
}

export interface CallOptions {
  signal: AbortSignal;
  address?: Address;
  /** Milliseconds that an asynchronous job may take in all; the default is 120,000. */
  jobLimit?: number;
  /** See {@link Call.maxTextBytes}; of a job's result, too. */
  maxTextBytes?: number;
  /** See {@link Call.onWait}. */
  onWait?(until?: number): void;
  /** See {@link Call.onGoOn}. */
  onGoOn?(): void;
}

/** A request whose address, signal and limit come from the {@link CallOptions}. */
export type ApiCall = Omit<Call, 'signal' | 'onWait' | 'onGoOn' | 'maxTextBytes'>;

const DEFAULT_JOB_LIMIT = 120_000;
const DEFAULT_CONCURRENCY = 4;

/**
 * The API of one appliance: addressed requests, JSON, asynchronous jobs and the clock. What each
 * endpoint means is known by the modules that use this class.
 */
export class Api {
  readonly context: ClientContext;
  private readonly requester: Requester;

  constructor(options: ApiOptions) {
    const { transport, context, limitKey } = options;
    const size = options.maxConcurrentRequests ?? DEFAULT_CONCURRENCY;
    this.context = context;
    const limits = limitKey === undefined ? new RequestLimits(size) : sharedLimits(limitKey, size);
    this.requester = new Requester(transport, context, limits);
  }

  /** The appliance's base URL, for messages and results. */
  get baseUrl(): string {
    return this.requester.transport.baseUrl;
  }

  /** Milliseconds since 1970-01-01 UTC on this machine. */
  now(): number {
    return this.context.now();
  }

  /** Waits, and ends with the error for cancelled work when the signal is aborted. */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    await sleepFor(this.context, milliseconds, signal).catch(() => {
      throw cancelledError({ device: this.baseUrl }, signal.reason);
    });
  }

  /** Sends a request and returns when the headers of a success are there. */
  open(call: ApiCall, options: CallOptions): Promise<OpenAnswer> {
    return this.requester.open(addressed(call, options));
  }

  /** Sends a request and reads the whole answer as text. */
  text(call: ApiCall, options: CallOptions): Promise<TextAnswer> {
    return this.requester.text(addressed(call, options));
  }

  /** Waits until a request may be sent; see {@link Requester.takePermit}. */
  takePermit(call: ApiCall, options: CallOptions): Promise<() => void> {
    return this.requester.takePermit(addressed(call, options));
  }

  /** What messages say of a request: the appliance, the method and the path. */
  requestInfo(call: ApiCall, options: Pick<CallOptions, 'address'>): RequestInfo {
    return this.requester.requestInfo({ ...call, query: addressedQuery(call, options) });
  }

  /** Reads JSON. An answer that is an asynchronous job is waited for and replaced by its result. */
  async get(path: string, query: Query, options: CallOptions): Promise<unknown> {
    const call: ApiCall = { method: 'GET', path, query };
    const { value, ...answer } = await this.requester.json(addressed(call, options));
    refuseErrorAnswer(answer, value);
    const job = asAsyncJob(value);
    return job ? this.jobResult(job, call, options) : value;
  }

  /** Names of the elements below a path. Source: "Query available URIs with OPTIONS". */
  async subResources(path: string, options: CallOptions): Promise<string[]> {
    const call: ApiCall = { method: 'OPTIONS', path };
    const { value, ...answer } = await this.requester.json(addressed(call, options));
    refuseErrorAnswer(answer, value);
    const { subResources } = (value ?? {}) as { subResources?: unknown };
    return Array.isArray(subResources) ? subResources.map(asText) : [];
  }

  /**
   * Posts JSON and returns what the appliance says: JSON where it is JSON, text otherwise. The page
   * does not describe these answers, so any success counts, but for a page of HTML and an error.
   */
  async post(path: string, body: unknown, options: CallOptions): Promise<unknown> {
    const text = JSON.stringify(body);
    const call: ApiCall = {
      method: 'POST',
      path,
      body: { kind: 'text', text, contentType: 'application/json' },
    };
    return this.command(call, options).then(({ value }) => value);
  }

  /** Sends what changes something; see {@link post}. */
  async command(call: ApiCall, options: CallOptions): Promise<TextAnswer & { value: unknown }> {
    const answer = await this.text(call, options);
    refusePage(answer, answer.text);
    const value = parseLeniently(answer.text);
    refuseErrorAnswer(answer, value);
    return { ...answer, value };
  }

  /**
   * Reads the appliance's clock, or the next best where it has none or this login may not read it:
   * then the result has a warning.
   */
  async time(options: CallOptions): Promise<ApplianceTime> {
    const call: ApiCall = { method: 'GET', path: TIME, accepts: hasNoClock };
    const { text, ...answer } = await this.text(call, options);
    if (hasNoClock(answer.status)) return timeWithoutClock(answer);
    const value = parseJson(text, answer);
    refuseErrorAnswer(answer, value);
    const job = asAsyncJob(value);
    if (!job) return timeFrom(value, answer);
    const result = await this.jobResult(job, call, options);
    return timeFrom(result, { ...answer, answeredAt: this.now() });
  }

  /**
   * Waits for an asynchronous job. Source: script "Retrieval of global connections".
   *
   * @param first the call whose answer announced it
   */
  async jobResult(job: AsyncJob, first: ApiCall, options: CallOptions): Promise<unknown> {
    const limit = options.jobLimit ?? DEFAULT_JOB_LIMIT;
    const start = this.now();
    const requestInfo = this.requestInfo(first, options);
    const poll: ApiCall = { method: 'GET', path: jobPath(job.id), query: { uuid: job.uuid } };
    // Without the same mm-id the poll would ask another device or slot for the job.
    const address = { mmId: mmIdOf(addressedQuery(first, options)) };
    const { signal, maxTextBytes } = options;
    for (let polls = 0; ; polls++) {
      const left = limit - (this.now() - start);
      if (left <= 0) throw endlessJobError(requestInfo, limit);
      await this.sleep(Math.min(pollDelay(polls), left), signal);
      const answer = await this.text(poll, { signal, address, maxTextBytes }).catch(
        (error: unknown) => {
          throw isNotFound(error) ? lostJobError(requestInfo) : error;
        },
      );
      if (answer.status === 202) continue;
      const isJson = /^\s*[[{]/.test(answer.text);
      const value = isJson ? parseJson(answer.text, answer) : answer.text;
      refuseErrorAnswer(answer, value);
      const result = asyncResult(value, requestInfo);
      refuseErrorAnswer(answer, result);
      return result;
    }
  }

  /** The error for JSON that is not what the endpoint promises; quotes what it says instead. */
  otherAnswerError(call: ApiCall, wanted: Sentence, answer: unknown): AllegroError {
    const requestInfo = this.requestInfo(call, {});
    return new AllegroError({
      ...requestInfo,
      kind: 'badAnswer',
      what: say`The response is not ${wanted}.`,
      advice: say`Check what the appliance returned instead, and whether its firmware supports this.`,
      answer: quoteAnswer(JSON.stringify(answer), requestInfo),
    });
  }
}

/** 403: not for this login; 404: not in this firmware. */
function hasNoClock(status: number): boolean {
  return status === 403 || status === 404;
}

function addressed(call: ApiCall, options: CallOptions): Call {
  const { signal, onWait, onGoOn, maxTextBytes } = options;
  const query = addressedQuery(call, options);
  return { ...call, query, signal, onWait, onGoOn, maxTextBytes };
}

/** The query may name a device of its own, which holds unless the options name one. */
function addressedQuery({ query }: ApiCall, { address }: Pick<CallOptions, 'address'>): Query {
  return { ...query, ...addressQuery(address) };
}
