import { inputError, type Address } from '../../../client';
import { addressQuery } from '../../../client/api/address';
import type { ApiAnswer } from '../../../client/api/api-request';
import { parseTypedPath, type Query } from '../../../client/http/query';
import { defineFields } from '../model/field';
import { defineNode } from '../model/define-node';
import { WAITING_STEP } from '../model/run-context';
import type { RunResult } from '../model/run-result';
import type { ValuesOf } from '../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD, readAddress } from '../fields/address';
import { checkAllowed, isReadOnly } from './allow-list';
import {
  JSON_LIMIT_FIELD,
  QUERY_FIELD,
  queryOf,
  refuseReset,
  refuseUnsafePath,
} from '../fields/api-path';
import { say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

const METHODS = ['GET', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const WRITING = METHODS.filter((method) => !isReadOnly(method));

const FIELDS = defineFields([
  {
    name: 'requestMethod',
    label: 'Method',
    type: 'options',
    default: 'GET',
    options: METHODS.map((value) => ({ value, label: value })),
    description: 'GET reads, OPTIONS lists subpaths, all others change something',
  },
  {
    name: 'path',
    label: 'Path',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/info/system',
    description: 'Path below API, with or without a query. Elements are encoded for you',
    required: true,
    choices: 'statisticsPaths',
    messageProperty: 'path',
  },
  {
    name: 'allowedPaths',
    label: 'Allowed Paths',
    type: 'list',
    default: [],
    addLabel: 'Add Path',
    rowLabel: 'Path',
    columns: [
      {
        name: 'allowedMethod',
        label: 'Method',
        type: 'options',
        default: 'POST',
        options: WRITING.map((value) => ({ value, label: value })),
        description: 'Allowed method',
      },
      {
        name: 'allowedPath',
        label: 'Path',
        type: 'text',
        default: '',
        required: true,
        placeholder: 'e.g. API/data/modules/capture/buffer/0',
        description:
          'Path to allow, with its query. * stands for one element or value, ** for all subpaths',
      },
    ],
    description: 'Requests that may change something; all others are refused',
    showWhen: { requestMethod: WRITING },
  },
  QUERY_FIELD,
  {
    name: 'body',
    label: 'Body (JSON)',
    type: 'text',
    default: '',
    multiline: true,
    json: true,
    placeholder: 'e.g. {"command": "start"}',
    description: 'JSON to send. Blank for none',
    messageProperty: 'body',
    showWhen: { requestMethod: WRITING },
  },
  {
    name: 'fullResponse',
    label: 'Full Response',
    type: 'boolean',
    default: false,
    description: 'Whether to return status and headers, and error statuses as results',
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'readAs',
    label: 'Response Format',
    type: 'options',
    default: 'auto',
    options: [
      { value: 'auto', label: 'Auto-Detect' },
      { value: 'json', label: 'JSON' },
      { value: 'text', label: 'Text' },
      { value: 'file', label: 'File' },
    ],
    description: 'Format of the result',
    advanced: true,
  },
  {
    name: 'waitForJob',
    label: 'Wait for Jobs',
    type: 'boolean',
    default: true,
    description: 'Whether to wait for the result of a background job (asyncID)',
    advanced: true,
  },
  {
    name: 'jobSeconds',
    label: 'Job Timeout',
    type: 'number',
    default: 120,
    min: 1,
    unit: 's',
    description: 'Maximum wait for a background job',
    advanced: true,
  },
  {
    name: 'maxMegabytes',
    label: 'Size Limit',
    type: 'number',
    default: 100,
    min: 0.001,
    unit: 'MB',
    description: 'Maximum size of a file. A capture ends there at a packet boundary',
    advanced: true,
  },
  JSON_LIMIT_FIELD,
  {
    name: 'totalSeconds',
    label: 'Timeout',
    type: 'number',
    default: 600,
    min: 1,
    unit: 's',
    description: 'Maximum time for the complete response. A capture ends then',
    advanced: true,
  },
]);
type Values = ValuesOf<typeof FIELDS>;

/** Any request to the appliance's API, for what no other node does. */
export const apiRequest = defineNode({
  name: 'apiRequest',
  label: 'API Request',
  group: 'API Request',
  verb: 'Send',
  action: 'Send an API request',
  description:
    'Sends any request to the API of the appliance, with its login, and returns JSON, text or a file',
  details: [
    'For anything that no other node covers. The developer tools of your browser show the requests that the web interface sends.',
    'GET and OPTIONS are always allowed, except on API/stats/reset. Other methods are sent only to the paths in Allowed Paths. A query counts, and so do device and link group: a listed path must name each parameter, as in "?mm-id=branch-1&group=*".',
    'The login is sent to this appliance only. URLs of other servers are refused, and redirects to them are not followed.',
    'JSON is returned as JSON, text as "text", anything else as a file with its length and SHA-256. The node waits for background jobs (asyncID). At a limit of size or time a capture ends as a complete file with a warning; anything else fails.',
    'Full Response adds status and headers, and returns a status such as 404 as a result instead of an error. Headers that may hold secrets are left out.',
  ],
  permission: 'Depends on the path',
  source: 'API hierarchy; API parameters',
  warnings: [
    {
      text: 'POST, PUT, PATCH and DELETE can change or delete data for all users of the appliance.',
      showWhen: { requestMethod: WRITING },
    },
  ],
  fields: FIELDS,
  sampleOutput: { hostname: 'allegro-mm-1a2b', uptimeSec: 86400 },
  producesFile: true,
  fileIsOptional: true,

  async *run(context, values) {
    const { client, signal, progress } = context;
    const method = values.requestMethod;
    const address = readAddress(values);
    const { path, query } = readPath(values, client.baseUrl, address);
    const body = readBody(values);
    progress({ step: 'sending' });
    const answer = await client.request(
      {
        method,
        path,
        query,
        body,
        readAs: values.readAs,
        waitForJob: values.waitForJob,
        anyStatus: values.fullResponse,
        maxBytes: values.maxMegabytes * 1e6,
        totalLimit: values.totalSeconds * 1000,
        onProgress: (bytes) => progress({ step: 'reading', bytes }),
      },
      {
        signal,
        onWait: (until) => progress({ step: WAITING_STEP, until }),
        address,
        maxTextBytes: values.maxJsonMegabytes * 1e6,
        jobLimit: values.jobSeconds * 1000,
      },
    );
    try {
      yield toResult(answer, values.fullResponse);
    } finally {
      // Whoever stores a file may have failed before its first byte.
      if (answer.content.kind === 'file') answer.content.file.close();
    }
  },
});

function readPath(
  values: Values,
  baseUrl: string,
  address: Address,
): { path: string; query: Query } {
  const typed = values.path;
  refuseOtherServer(typed, baseUrl);
  const parsed = parseTypedPath(typed);
  refuseUnsafePath(parsed.path, typed);
  const method = values.requestMethod;
  const query = { ...parsed.query, ...queryOf(values.queryParameters) };
  if (isReadOnly(method)) refuseReset(parsed.path);
  else {
    const sent = { ...query, ...addressQuery(address) };
    checkAllowed(method, parsed.path, sent, values.allowedPaths);
  }
  if (isReadOnly(method) && Object.keys(query).some((name) => /^captureToMedia$/i.test(name))) {
    throw inputError(
      'path',
      say`Storing a capture on the appliance is more than a read.`,
      say`Use Capture Pcap with "Save To" set to "Appliance Storage".`,
    );
  }
  return { path: parsed.path, query };
}

function refuseOtherServer(typed: string, baseUrl: string): void {
  if (!/^\s*([a-z][a-z0-9+.-]*:)?\/\//i.test(typed)) return;
  const isSame = URL.canParse(typed) && new URL(typed).origin === new URL(baseUrl).origin;
  if (isSame) return;
  throw inputError(
    'path',
    say`The URL is not that of the appliance.`,
    say`Enter the path alone, such as API/info/system, or a URL that begins with ${baseUrl}/.`,
  );
}

function readBody({ body }: Values): string | undefined {
  if (!body) return undefined;
  try {
    JSON.parse(body);
  } catch (error) {
    throw inputError(
      'body',
      say`The body is not valid JSON: ${error instanceof Error ? error.message : asText(error)}.`,
      say`Put names and texts in double quotes.`,
    );
  }
  return body;
}

function toResult({ status, headers, content }: ApiAnswer, isFull: boolean): RunResult {
  const full = (body: unknown) => ({ status, headers, body });
  if (content.kind === 'data') {
    return { json: isFull ? full(content.value) : asObject(content.value) };
  }
  const { name, mediaType, stream, finished } = content.file;
  const facts = finished.then((found) => {
    const json = { fileName: name, mediaType, ...found };
    return isFull ? { ...json, status, headers } : json;
  });
  facts.catch(() => undefined);
  return { json: { fileName: name }, file: { name, mediaType, stream, finished: facts } };
}

/** Results are objects in both hosts. */
function asObject(value: unknown): Record<string, unknown> {
  if (Array.isArray(value)) return { items: value };
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  return { value };
}
