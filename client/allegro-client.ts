import { refusePage } from './http/status-error';
import { apiRequest, type ApiAnswer, type ApiRequest } from './api/api-request';
import {
  asAsyncJob,
  asyncResult,
  endlessJobError,
  lostJobError,
  pollDelay,
  type AsyncJob,
} from './api/async-job';
import { cancelledError, parseLeniently } from './http/body';
import { capture, type Capture, type CaptureRequest } from './capture/capture';
import { choices, type Choice, type ChoiceQuery, type ChoiceSource } from './devices/choices';
import {
  CONNECTIONS_CSV_PATH,
  connectionsCsv,
  type CsvDownload,
} from './statistics/connections-csv';
import type { ClientContext } from './http/context';
import { AllegroError, quoteAnswer } from './errors';
import { readRows, type RowRequest, type Rows } from './api/pages';
import { encodePathElement, type Query, type QueryValue } from './http/query';
import { Requester, type Call } from './http/requester';
import { sleepFor } from './http/time-limit';
import type { HttpMethod, Transport } from './http/transport';
import { readServerPorts, type ServerPorts } from './statistics/server-ports';
import { upload, type Upload, type UploadRequest } from './upload/upload';

export interface ClientOptions {
  transport: Transport;
  context: ClientContext;
  /**
   * How many short requests, and how many long transfers, may run at once. The default is 4: the
   * vendor documents no limit, and the appliance's web interface has to stay usable.
   */
  maxConcurrentRequests?: number;
}

/** Which device, analysis slot and virtual link group a call is about. */
export interface Address {
  /**
   * `mm-id` in any of its forms: `:1`, `local:1`, `<device>`, `<device>:<slot>`. Absent: live
   * traffic of the appliance itself. Source: "Parallel pcap analysis", "Multi-device analysis".
   */
  mmId?: string;
  /** Virtual link group, 0 for the first. Source: "Virtual Link Groups". */
  group?: number;
}

export interface CallOptions {
  signal: AbortSignal;
  address?: Address;
  /** Milliseconds that an asynchronous job may take in all; the default is 120,000. */
  jobLimit?: number;
}

/** A member of a multi-device setup. Source: script "Multi-device Capture". */
export interface Device {
  /** Goes into `mm-id`. */
  id: string;
  host: string;
  active: boolean;
}

/** The appliance's clock. */
export interface ApplianceTime {
  /** Milliseconds since 1970-01-01 UTC, possibly with a fraction. */
  milliseconds: number;
  /** How far the appliance is ahead of this machine, in seconds; negative when behind. */
  offsetSeconds: number;
}

const DEFAULT_JOB_LIMIT = 120_000;
const DEFAULT_CONCURRENCY = 4;

/**
 * One appliance. All methods throw {@link AllegroError} and nothing else; all take a signal that
 * ends them wherever they stand.
 */
export class AllegroClient {
  private readonly requester: Requester;

  constructor({ transport, context, maxConcurrentRequests = DEFAULT_CONCURRENCY }: ClientOptions) {
    this.requester = new Requester(transport, context, maxConcurrentRequests);
  }

  /** The appliance's base URL, for messages and results. */
  get baseUrl(): string {
    return this.requester.transport.baseUrl;
  }

  /** Milliseconds since 1970-01-01 UTC on this machine. */
  now(): number {
    return this.requester.context.now();
  }

  /** Waits, and ends with the error for cancelled work when the signal is aborted. */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    await sleepFor(this.requester.context, milliseconds, signal).catch(() => {
      throw cancelledError({ device: this.baseUrl }, signal.reason);
    });
  }

  /** Reads JSON. An answer that is an asynchronous job is waited for and replaced by its result. */
  async get(path: string, query: Query, options: CallOptions): Promise<unknown> {
    const call = this.call('GET', path, query, options);
    const { value } = await this.requester.json(call);
    const job = asAsyncJob(value);
    return job ? this.jobResult(job, call, options) : value;
  }

  /** Names of the elements below a path. Source: "Query available URIs with OPTIONS". */
  async subResources(path: string, options: CallOptions): Promise<string[]> {
    const call = this.call('OPTIONS', path, {}, options);
    const { value } = await this.requester.json(call);
    const { subResources, error } = (value ?? {}) as { subResources?: unknown; error?: unknown };
    if (subResources === undefined && error !== undefined) {
      throw this.otherAnswerError(call, 'a list of what is below the path', value);
    }
    return Array.isArray(subResources) ? subResources.map(String) : [];
  }

  /**
   * Posts JSON and gives back what the appliance says: JSON where it is JSON, text otherwise. The
   * page does not describe these answers, so any success counts, but for a page of HTML.
   */
  async post(path: string, query: Query, body: unknown, options: CallOptions): Promise<unknown> {
    const { text, ...answer } = await this.requester.text({
      ...this.call('POST', path, query, options),
      body: { kind: 'text', text: JSON.stringify(body), contentType: 'application/json' },
    });
    refusePage(answer, text);
    return parseLeniently(text);
  }

  /** Reads the rows of a list, page by page. */
  rows(request: RowRequest, options: CallOptions): Promise<Rows> {
    return readRows(this, request, options);
  }

  /** Opens the CSV of all connections; see {@link connectionsCsv}. */
  connectionsCsv(
    query: Query,
    options: CallOptions & { onBytes(bytes: number): void },
  ): Promise<CsvDownload> {
    const call = this.call('GET', CONNECTIONS_CSV_PATH, { ...query, csv: true }, options);
    return connectionsCsv(this.requester, call, options);
  }

  /**
   * Reads which server ports an IP address offers and uses. May be called for many addresses at
   * once: a limit of the client's own holds.
   */
  serverPorts(ip: string, query: Query, options: CallOptions): Promise<ServerPorts> {
    const path = `/API/stats/modules/ip/ips/${encodePathElement(ip)}/peers_ports`;
    const call = this.call('GET', path, { ...query, csv: true }, options);
    return readServerPorts(this.requester, call);
  }

  /** Starts a capture; see {@link Capture} for how to consume it. */
  capture(request: CaptureRequest, options: CallOptions): Promise<Capture> {
    return capture(this, this.requester, request, options);
  }

  /** Uploads a capture file into an analysis slot. */
  upload(request: UploadRequest, options: CallOptions): Promise<Upload> {
    return upload(this, this.requester, request, options);
  }

  /**
   * Suspends or resumes a packet ring buffer. Asking for the state that it is in does no harm.
   * Source: script "POST command to pause ring buffer".
   *
   * @param ringBuffer index; 0 is the first
   * @returns what the appliance answered
   */
  setRingBufferSuspended(
    ringBuffer: number,
    isSuspended: boolean,
    options: CallOptions,
  ): Promise<unknown> {
    const body = { command: 'changeConfig', config: { isSuspended } };
    return this.post(`/API/data/modules/capture/buffer/${ringBuffer}`, {}, body, options);
  }

  /**
   * Whether a packet ring buffer is suspended. Reading it is not documented, only the command to
   * change it, so an answer that does not tell is normal.
   *
   * @returns undefined where the appliance does not tell
   * @throws AllegroError `cancelled`; whatever else goes wrong counts as not told
   */
  async isRingBufferSuspended(
    ringBuffer: number,
    options: CallOptions,
  ): Promise<boolean | undefined> {
    const path = `/API/data/modules/capture/buffer/${ringBuffer}`;
    try {
      return suspendedWithin(await this.get(path, {}, options));
    } catch (error) {
      if (error instanceof AllegroError && error.kind === 'cancelled') throw error;
      return undefined;
    }
  }

  /** Members of a multi-device setup. Source: script "Multi-device Capture". */
  async devices(options: CallOptions): Promise<Device[]> {
    const path = '/API/system/multidevice/devices';
    const answer = (await this.get(path, {}, options)) ?? [];
    if (!Array.isArray(answer)) {
      throw this.otherAnswerError({ method: 'GET', path }, 'a list of devices', answer);
    }
    return (answer as unknown[])
      .filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
      .map((item) => ({
        id: String(item.id ?? item.host ?? ''),
        host: String(item.host ?? item.id ?? ''),
        active: String(item.active).toLowerCase() === 'true',
      }))
      .filter(({ id }) => id !== '');
  }

  /** Reads the appliance's clock. Source: `/API/stats/time` in the OPTIONS tree. */
  async time(options: CallOptions): Promise<ApplianceTime> {
    const call = this.call('GET', '/API/stats/time', {}, options);
    const { value, sentAt, answeredAt } = await this.requester.json(call);
    const job = asAsyncJob(value);
    const answer = job ? await this.jobResult(job, call, options) : value;
    const milliseconds = Number((answer as { currentTime?: unknown } | null)?.currentTime);
    if (!Number.isFinite(milliseconds) || milliseconds <= 0) {
      throw new AllegroError({
        ...this.requester.where({ method: 'GET', path: '/API/stats/time' }),
        kind: 'badAnswer',
        what: 'The answer is not the clock of an Allegro Network Multimeter.',
        advice: 'Check that the URL is that of an Allegro Network Multimeter.',
      });
    }
    // The clock was read somewhere between the two; the middle is the best guess.
    const offset = milliseconds - (sentAt + (job ? this.now() : answeredAt)) / 2;
    // Not -0, which JSON does not know.
    return { milliseconds, offsetSeconds: (Math.round(offset / 10) || 0) / 100 };
  }

  /** One cheap authenticated read that tells whether URL, certificate and login are right. */
  async testConnection(
    signal: AbortSignal,
  ): Promise<{ message: string; applianceTime: string; clockOffsetSeconds: number }> {
    const { milliseconds, offsetSeconds } = await this.time({ signal });
    const applianceTime = new Date(milliseconds).toISOString();
    return {
      message: `Connected. The clock of the appliance says ${applianceTime}.`,
      applianceTime,
      clockOffsetSeconds: offsetSeconds,
    };
  }

  /** Choices for a form's field, asked of the appliance. */
  choices(source: ChoiceSource, query: ChoiceQuery, signal: AbortSignal): Promise<Choice[]> {
    return choices(this, source, query, signal);
  }

  /** Sends any request; see {@link ApiRequest}. What it may do is for the caller to decide. */
  request(request: ApiRequest, options: CallOptions): Promise<ApiAnswer> {
    const call = this.call(request.method, request.path, request.query, options);
    return apiRequest(this, this.requester, request, call, options);
  }

  /**
   * Waits for an asynchronous job. Source: script "Retrieval of global connections".
   *
   * @param first the call whose answer announced it
   */
  async jobResult(
    job: AsyncJob,
    first: Pick<Call, 'method' | 'path' | 'query'>,
    options: CallOptions,
  ): Promise<unknown> {
    const limit = options.jobLimit ?? DEFAULT_JOB_LIMIT;
    const start = this.now();
    const poll: Call = {
      method: 'GET',
      path: `/API/async/${encodeURIComponent(String(job.id))}`,
      // Without the same mm-id the poll would ask another device or slot for the job.
      query: { uuid: job.uuid, 'mm-id': first.query?.['mm-id'] },
      signal: options.signal,
    };
    const where = this.requester.where(first);
    for (let polls = 0; ; polls++) {
      const left = limit - (this.now() - start);
      if (left <= 0) throw endlessJobError(where, limit);
      await this.sleep(Math.min(pollDelay(polls), left), options.signal);
      const answer = await this.requester.text(poll).catch((error: unknown) => {
        const isLost = error instanceof AllegroError && error.kind === 'notFound';
        throw isLost ? lostJobError(where) : error;
      });
      if (answer.status !== 202) return asyncResult(parseLeniently(answer.text), where);
    }
  }

  private otherAnswerError(
    call: Pick<Call, 'method' | 'path'>,
    wanted: string,
    answer: unknown,
  ): AllegroError {
    return new AllegroError({
      ...this.requester.where(call),
      kind: 'badAnswer',
      what: `The answer is not ${wanted}.`,
      advice: 'See below what the appliance said instead, and whether its firmware has this.',
      answer: quoteAnswer(JSON.stringify(answer)),
    });
  }

  private call(method: HttpMethod, path: string, query: Query, options: CallOptions): Call {
    const { mmId, group } = options.address ?? {};
    // Only what is set: the query may name a device of its own, as the steps of an upload do.
    const address: Record<string, QueryValue> = {};
    if (mmId !== undefined) address['mm-id'] = mmId;
    if (group !== undefined) address.group = group;
    return { method, path, query: { ...query, ...address }, signal: options.signal };
  }
}

/** Beside other facts or, as the command has it, within `config`. */
function suspendedWithin(answer: unknown): boolean | undefined {
  const { isSuspended, config } = (answer ?? {}) as { isSuspended?: unknown; config?: unknown };
  const found =
    isSuspended ?? (config as { isSuspended?: unknown } | null | undefined)?.isSuspended;
  const text = String(found).toLowerCase();
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}
