/** The client alone, in a process of its own, so that its memory can be told. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import { AllegroClient } from '../client';
import { pcapSummary } from '../nodes/definitions/analysis/pcap-summary';
import { captureConnection } from '../nodes/definitions/capture/capture-connection';
import type { NodeDefinition } from '../nodes/definitions/model/define-node';
import type { Origin } from '../nodes/definitions/model/run-context';
import { readFieldValues } from '../nodes/definitions/model/read-field-values';
import { getConnections } from '../nodes/definitions/statistics/get-connections';
import { getServerPorts } from '../nodes/definitions/statistics/get-server-ports';
import { systemContext } from '../node-red/runtime/config-node/system-context';
import { toInputFile } from '../node-red/runtime/files/input-file';
import { writeToFile } from '../node-red/runtime/files/write-to-file';
import { createAxiosTransport } from '../node-red/transport/axios-transport';
import { answerCommands, CAPTURE, UPLOAD } from './child';

type Command = { kind: 'summary'; path: string } | ApplianceCommand;

type ApplianceCommand = { url: string; certificate: string } &
  /** Walked and hashed; without a path, into no file. */
  (
    | { kind: 'capture'; path?: string }
    | { kind: 'upload'; path: string }
    /** Node.js alone: the same bytes through its own HTTPS client, hashed or not, into nothing. */
    | { kind: 'bareDownload'; isHashed: boolean }
    | { kind: 'bareUpload'; path: string }
    | { kind: 'list' }
    | { kind: 'ports' }
    | { kind: 'rtp'; path: string }
  );

const ORIGIN: Origin = {
  host: { name: 'bench', version: null },
  package: { name: 'bench', version: '0' },
  workflow: { id: null, name: null },
  node: { id: 'bench', name: null },
  run: null,
};
const SILENT = {
  log: { debug: () => undefined, warn: () => undefined },
  progress: () => undefined,
};
const signal = AbortSignal.timeout(3_600_000);
const onProgress = () => undefined;
const clients = new Map<string, AllegroClient>();

answerCommands<Command>(async (command) => {
  if (command.kind === 'summary') return summarize(command.path);
  const client = clientFor(command);
  switch (command.kind) {
    case 'capture':
      return capture(client, command.path);
    case 'upload': {
      const file = await toInputFile({ name: 'file', label: 'File' }, command.path, {}, '/');
      const slot = { slot: 1, replaceSlot: true, allowReplacingLiveData: true };
      return client.upload({ file, ...slot, keepPackets: false, onProgress }, { signal });
    }
    case 'bareDownload':
      return bareDownload(command, command.isHashed);
    case 'bareUpload':
      return bareUpload(command, command.path);
    case 'list': {
      const query = { sort: 'bytes', reverse: true, timespan: 60 };
      const path = '/API/stats/modules/ip/ips_paged';
      return { rows: (await client.rows({ path, query }, { signal })).rows.length };
    }
    case 'ports': {
      const { hosts } = await runNode(getServerPorts, {}, client);
      return { rows: (hosts as unknown[]).length };
    }
    case 'rtp':
      return captureRtp(client, command.path);
  }
});

function clientFor({ url, certificate }: ApplianceCommand): AllegroClient {
  const known = clients.get(url);
  if (known) return known;
  const transport = createAxiosTransport({
    baseUrl: url,
    token: 'demo-token',
    caCertificate: certificate,
    ignoreCertificateErrors: false,
  });
  const client = new AllegroClient({ transport, context: systemContext });
  clients.set(url, client);
  return client;
}

async function summarize(path: string): Promise<object> {
  const file = await toInputFile({ name: 'file', label: 'File' }, path, {}, '/');
  const values = readFieldValues(pcapSummary, { file });
  const context = { signal, ...SILENT, origin: ORIGIN, timeZone: 'UTC' };
  for await (const { json } of pcapSummary.run(context, values)) return { packets: json.packets };
  throw new Error('There is no result.');
}

async function capture(client: AllegroClient, path?: string): Promise<object> {
  const endUs = Date.now() * 1000;
  const { stream, finished } = await client.capture(
    {
      source: 'ringBuffer',
      window: { startUs: endUs - 60e6, endUs, clockOffsetSeconds: 0 },
      expression: '',
      limits: {},
      snapLength: 65535,
      ringBuffer: 0,
      fileNamePrefix: '',
      onProgress,
    },
    { signal },
  );
  if (path === undefined) for await (const piece of stream) void piece;
  else await store(path, stream);
  return finished;
}

function bareDownload({ url, certificate }: ApplianceCommand, isHashed: boolean): Promise<object> {
  const hash = createHash('sha256');
  const headers = { authorization: 'Bearer demo-token' };
  return new Promise((resolve, reject) => {
    https
      .get(url + CAPTURE, { ca: certificate, headers, agent: false }, (response) => {
        response.on('data', (chunk: Buffer) => isHashed && hash.update(chunk));
        response.on('end', () => resolve({ sha256: hash.digest('hex') }));
        response.on('error', reject);
      })
      .on('error', reject);
  });
}

async function bareUpload({ url, certificate }: ApplianceCommand, path: string): Promise<object> {
  const request = https.request(url + UPLOAD, { method: 'POST', ca: certificate, agent: false });
  const answered = new Promise((resolve, reject) => {
    request.on('response', (response) => response.resume().on('end', resolve));
    request.on('error', reject);
  });
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), request);
  await answered;
  return {};
}

async function store(path: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'w');
  await writeToFile(handle, stream).finally(() => handle.close());
}

/** The two nodes one after the other: RTP connections, and the packets of one of them. */
async function captureRtp(client: AllegroClient, path: string): Promise<object> {
  const wanted = { connectionMode: 'rtpStats', connectionSort: 'bytes' };
  const { connections } = await runNode(getConnections, wanted, client);
  const [, connection] = connections as Array<Record<string, unknown>>;
  const names = 'clientIp clientPort serverIp serverPort connectionStart lastActivity'.split(' ');
  const values = Object.fromEntries(names.map((name) => [name, String(connection![name])]));
  const { packets } = await runNode(captureConnection, values, client, path);
  if (!packets) throw new Error('There are no packets.');
  return { packets };
}

/** Runs a definition as a host does, with a file for what it produces. */
async function runNode(
  definition: NodeDefinition,
  raw: Record<string, unknown>,
  client: AllegroClient,
  path?: string,
): Promise<Record<string, unknown>> {
  const context = { client, signal, ...SILENT, origin: ORIGIN, timeZone: 'UTC' };
  for await (const { json, file } of definition.run(context, readFieldValues(definition, raw))) {
    if (!file) return json;
    await store(path!, file.stream);
    return (await file.finished) as Record<string, unknown>;
  }
  throw new Error('There is no result.');
}
