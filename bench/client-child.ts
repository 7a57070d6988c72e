/** The client alone, in a process of its own, so that its memory can be told. */
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { AllegroClient } from '../client';
import type { NodeDefinition } from '../nodes/definitions/model/define-node';
import type { Origin } from '../nodes/definitions/model/run-context';
import { captureConnection as captureNode } from '../nodes/definitions/capture/capture-connection';
import { getConnections } from '../nodes/definitions/statistics/get-connections';
import { getServerPorts } from '../nodes/definitions/statistics/get-server-ports';
import { readFieldValues } from '../nodes/definitions/model/read-field-values';
import { systemContext } from '../node-red/runtime/config-node/system-context';
import { toInputFile } from '../node-red/runtime/files/input-file';
import { writeToFile } from '../node-red/runtime/files/write-to-file';
import { createAxiosTransport } from '../node-red/transport/axios-transport';

export type Command = { url: string; certificate: string } & (
  | { kind: 'capture'; path: string }
  | { kind: 'upload'; path: string }
  | { kind: 'check' }
  | { kind: 'read' }
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
const signal = AbortSignal.timeout(3_600_000);
const clients = new Map<string, AllegroClient>();

// Never outlives the one who asks.
process.once('disconnect', () => process.exit());
process.on('message', (command: Command) => {
  run(command).then(
    (answer) => process.send!(answer),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});

async function run(command: Command): Promise<object> {
  const client = clientFor(command);
  switch (command.kind) {
    case 'capture':
      return captureTo(client, command.path, '', { startUs: (Date.now() - 60_000) * 1000 });
    case 'check':
      return captureToNowhere(client);
    case 'read':
      return readAndDrop(command);
    case 'upload':
      return client.upload(
        {
          file: await toInputFile({ name: 'file', label: 'File' }, command.path, {}, '/'),
          slot: 1,
          replaceSlot: true,
          keepPackets: false,
          allowReplacingLiveData: true,
          onProgress: () => undefined,
        },
        { signal },
      );
    case 'list':
      return readList(client);
    case 'ports':
      return readPorts(client);
    case 'rtp':
      return captureConnection(client, command.path);
  }
}

function clientFor({ url, certificate }: Command): AllegroClient {
  let client = clients.get(url);
  if (!client) {
    const transport = createAxiosTransport({
      baseUrl: url,
      token: 'demo-token',
      caCertificate: certificate,
      ignoreCertificateErrors: false,
    });
    client = new AllegroClient({ transport, context: systemContext });
    clients.set(url, client);
  }
  return client;
}

interface Span {
  startUs: number;
  endUs?: number;
}

async function captureTo(
  client: AllegroClient,
  path: string,
  expression: string,
  span: Span,
): Promise<object> {
  const capture = await startCapture(client, expression, span);
  const handle = await open(path, 'w');
  await writeToFile(handle, capture.stream).finally(() => handle.close());
  return capture.finished;
}

/** Everything but the file. */
async function captureToNowhere(client: AllegroClient): Promise<object> {
  const capture = await startCapture(client, '', { startUs: (Date.now() - 60_000) * 1000 });
  for await (const piece of capture.stream) void piece;
  return capture.finished;
}

function startCapture(
  client: AllegroClient,
  expression: string,
  { startUs, endUs = Date.now() * 1000 }: Span,
) {
  return client.capture(
    {
      source: 'ringBuffer',
      window: { startUs, endUs, clockOffsetSeconds: 0 },
      expression,
      limits: {},
      snapLength: 65535,
      ringBuffer: 0,
      fileNamePrefix: '',
      onProgress: () => undefined,
    },
    { signal },
  );
}

/** What Node.js itself takes for the transfer: no client, no walk, no hash, no file. */
async function readAndDrop({ url, certificate }: Command): Promise<object> {
  const headers = { Authorization: 'Bearer demo-token' };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const path = `${url}/API/data/modules/capture?fromCaptureBuffer=true`;
    get(path, { ca: certificate, headers }, resolve).on('error', reject);
  });
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  return { bytes };
}

async function readList(client: AllegroClient): Promise<object> {
  const path = '/API/stats/modules/ip/ips_paged';
  const { rows } = await client.rows(
    { path, query: { sort: 'bytes', reverse: true, timespan: 60 } },
    { signal },
  );
  return { rows: rows.length };
}

/** The node as it is, with its default of requests at once. */
async function readPorts(client: AllegroClient): Promise<object> {
  const { json } = await runNode(getServerPorts, {}, client);
  return { rows: (json.hosts as unknown[]).length };
}

/** The two nodes one after the other: RTP connections, and the packets of one of them. */
async function captureConnection(client: AllegroClient, path: string): Promise<object> {
  const wanted = { connectionMode: 'rtpStats', connectionSort: 'bytes' };
  const { json } = await runNode(getConnections, wanted, client);
  const [, connection] = json.connections as Array<Record<string, unknown>>;
  const { clientIp, clientPort, serverIp, serverPort, connectionStart, lastActivity } = connection!;
  const ends = { clientIp, clientPort, serverIp, serverPort, connectionStart, lastActivity };
  const texts = Object.fromEntries(Object.entries(ends).map(([name, end]) => [name, String(end)]));
  const { packets } = (await runNode(captureNode, texts, client, path)).json;
  if (!packets) throw new Error('There are no packets.');
  return { packets };
}

/** Runs a definition as a host does, with a file for what it produces. */
async function runNode(
  definition: NodeDefinition,
  raw: Record<string, unknown>,
  client: AllegroClient,
  path?: string,
): Promise<{ json: Record<string, unknown> }> {
  const log = { debug: () => undefined, warn: () => undefined };
  const context = { client, signal, log, progress: () => undefined, origin: ORIGIN };
  for await (const { json, file } of definition.run(context, readFieldValues(definition, raw))) {
    if (!file) return { json };
    const handle = await open(path!, 'w');
    await writeToFile(handle, file.stream).finally(() => handle.close());
    return { json: await file.finished };
  }
  throw new Error('Nothing came.');
}
