import { readText } from '../http/body';
import { MAX_TEXT_BYTES, parseLeniently } from '../http/json';
import { startTimeout } from '../http/limits/time-limit';
import { AllegroError, type RequestInfo } from '../errors';
import { refuseErrorAnswer } from '../http/status-error';
import { readHead } from '../files/verified-stream';
import { extensionOf, sniffFormat } from '../pcap';
import type { OpenAnswer } from '../http/call';
import type { HttpMethod } from '../http/transport';
import type { Api, ApiCall, CallOptions } from './api';
import { apiFile, mediaTypeOf, type ApiFile, type FileRequest } from './api-file';
import { asAsyncJob } from './async-job';
import { say } from '../values/sentence';

/** Any request to the API, as a person states it. */
export interface ApiRequest extends FileRequest {
  method: HttpMethod;
  /** JSON as text; nothing for a request without a body. */
  body?: string;
  /** `auto`: JSON, text or a file, told by Content-Type and by how the body begins. */
  readAs: 'auto' | 'json' | 'text' | 'file';
  /** Whether an answer that announces a job is replaced by the job's result. */
  waitForJob: boolean;
  /** Whether an answer with a status that is no success is an answer, rather than an error. */
  anyStatus: boolean;
  /** Milliseconds that the answer may take in all, without a job that it announces. */
  totalLimit: number;
}

export interface ApiAnswer {
  status: number;
  /** Names in lower case, without those that may hold secrets. */
  headers: Record<string, string>;
  /** JSON as it is, text, or a file on its way. */
  content: { kind: 'data'; value: unknown } | { kind: 'file'; file: ApiFile };
}

/**
 * Sends any request and finds out what comes. Nothing is retried but reads.
 *
 * @throws AllegroError `badAnswer` for something else than JSON where JSON is asked for, `tooLarge` and `timeout`
 *   beyond the limits
 */
export async function apiRequest(
  api: Api,
  request: ApiRequest,
  options: CallOptions,
): Promise<ApiAnswer> {
  const { method, path, query, body, readAs } = request;
  const call: ApiCall = {
    method,
    path,
    query,
    body:
      body === undefined
        ? undefined
        : { kind: 'text', text: body, contentType: 'application/json' },
    accepts: () => request.anyStatus,
    longTransfer: true,
  };
  const stop = new AbortController();
  const timeUp = timeLimitError(request.totalLimit, api.requestInfo(call, options));
  const timeout = startTimeout(api.context, request.totalLimit, () => stop.abort(timeUp));
  const close = () => {
    timeout.cancel();
    stop.abort();
  };
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const answer = await api.open(call, { ...options, signal });
    const { status } = answer;
    const headers = withoutSecrets(answer.headers);
    const source = answer.body[Symbol.asyncIterator]();
    const head = await readHead(source, HEAD_BYTES);
    const kind = readAs === 'auto' ? kindOf(answer, head, request) : readAs;
    if (kind === 'file') {
      const isTimeUp = () => stop.signal.reason === timeUp;
      const file = apiFile({ request, answer, head, source, isTimeUp, close });
      return { status, headers, content: { kind, file } };
    }
    const { maxTextBytes = MAX_TEXT_BYTES } = options;
    const text = await readText(counted(head, source, request), maxTextBytes, answer.requestInfo);
    close();
    const value = kind === 'json' ? readJson(text, readAs === 'json', answer) : text;
    const job = request.waitForJob ? asAsyncJob(value) : undefined;
    const result = job ? await api.jobResult(job, call, options) : value;
    if (!request.anyStatus) refuseErrorAnswer(answer, result);
    return { status, headers, content: { kind: 'data', value: result } };
  } catch (error) {
    close();
    throw error;
  }
}

function timeLimitError(limit: number, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The response was not complete after ${Math.round(limit / 1000)} s.`,
    advice: say`What arrived was discarded. Ask for less, or raise the timeout.`,
  });
}

/** Cookies and anything that grants access; a workflow's log is no place for those. */
function withoutSecrets(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !/cookie|authori[sz]ation|token|secret|password|session|api-?key/i.test(name),
    ),
  );
}

/** How much is looked at to tell what a body is. */
const HEAD_BYTES = 16;

type Kind = 'json' | 'text' | 'file';

/** The vendor names no content types, so the body has its say where they are missing or vague. */
function kindOf({ headers }: OpenAnswer, head: Uint8Array, { query }: ApiRequest): Kind {
  if (/^\s*attachment/i.test(headers['content-disposition'] ?? '')) return 'file';
  const type = mediaTypeOf(headers);
  if (/[/+]json$/.test(type)) return 'json';
  if (extensionOf(sniffFormat(head))) return 'file';
  const begin = new TextDecoder().decode(head).trimStart();
  const isVague = type === '' || type === 'text/plain' || type === 'application/octet-stream';
  if (isVague && /^[[{]/.test(begin)) return 'json';
  if (type === 'text/csv' || (isVague && String(query.csv).toLowerCase() === 'true')) return 'file';
  if (/^text\/|[/+]xml$|javascript$/.test(type)) return 'text';
  if (type !== '') return 'file';
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 32)) ? 'file' : 'text';
}

function readJson(text: string, isWanted: boolean, { requestInfo, status }: OpenAnswer): unknown {
  const value = parseLeniently(text);
  if (!isWanted || typeof value !== 'string' || text.trimStart().startsWith('"')) return value;
  throw new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    status,
    what: say`The response is not JSON.`,
    advice: say`Read it as text or as a file.`,
  });
}

async function* counted(
  head: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  { onProgress }: ApiRequest,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    let next: IteratorResult<Uint8Array> = { done: false, value: head };
    for (; !next.done; next = await source.next()) {
      bytes += next.value.length;
      onProgress(bytes);
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}
