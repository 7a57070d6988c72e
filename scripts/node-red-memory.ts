/**
 * Measures how much memory a real Node-RED needs beyond what it needs idle while a large capture
 * goes to a file. Run: ts-node scripts/node-red-memory.ts [megabytes]
 */
import { createServer, type Server } from 'node:https';
import { readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fork } from 'node:child_process';
import { generate } from 'selfsigned';
import { completeNode } from '../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../node-red/runtime/values/names';
import { NodeRedHost, type FlowNode } from './demo/node-red-host';

const MEGABYTES = Number(process.argv[2] ?? 1000);
const RECORD = 16 + 1000;
const IDLE_MS = 8000;

/** Half a megabyte of records that are sent again and again. */
function block(): Buffer {
  const bytes = Buffer.alloc(RECORD * 500, 0x42);
  for (let at = 0; at < bytes.length; at += RECORD) {
    bytes.writeUInt32LE(Math.floor(Date.now() / 1000), at);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(RECORD - 16, at + 8);
    bytes.writeUInt32LE(RECORD - 16, at + 12);
  }
  return bytes;
}

function header(): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(0xa1b2c3d4, 0);
  bytes.writeUInt16LE(2, 4);
  bytes.writeUInt16LE(4, 6);
  bytes.writeUInt32LE(65535, 16);
  bytes.writeUInt32LE(1, 20);
  return bytes;
}

/** In a process of its own, so that its memory is not counted and it does not slow the reader. */
async function serve(): Promise<void> {
  const pem = await generate([{ name: 'commonName', value: 'allegro-mm-large' }], {
    keySize: 2048,
  });
  const records = block();
  const server: Server = createServer({ key: pem.private, cert: pem.cert }, (request, response) => {
    if (request.url?.startsWith('/API/stats/time')) {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ currentTime: Date.now() }));
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    response.write(header());
    let left = Math.ceil((MEGABYTES * 1e6) / records.length);
    const more = () => {
      while (left-- > 0) if (!response.write(records)) return;
      response.end();
    };
    response.on('drain', more);
    more();
  });
  server.listen(0, '127.0.0.1', () =>
    process.send?.({
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      certificate: pem.cert,
    }),
  );
}

function memory(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const value = (name: string) =>
    (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) * 1024) / 1e6;
  return { now: value('VmRSS'), peak: value('VmHWM') };
}

async function measure(): Promise<void> {
  const child = fork(__filename, [String(MEGABYTES), 'serve'], {
    execArgv: ['-r', 'ts-node/register'],
  });
  const { url, certificate } = await new Promise<{ url: string; certificate: string }>((resolve) =>
    child.once('message', (message) => resolve(message as { url: string; certificate: string })),
  );
  const host = await NodeRedHost.start();
  try {
    const place = { z: 'f0', x: 0, y: 0 };
    const flows: FlowNode[] = [
      { id: 'f0', type: 'tab', label: 'Memory' },
      completeNode({
        id: 'a0',
        type: APPLIANCE_TYPE,
        baseUrl: url,
        caCertificate: certificate,
        credentials: { token: 'x' },
      }),
      { id: 'in', type: 'http in', ...place, url: '/run', method: 'post', wires: [['node']] },
      completeNode({
        id: 'node',
        type: 'allegro-multimeter-capture-pcap',
        ...place,
        appliance: 'a0',
        timeMode: 'last',
        maxMegabytes: '0',
        wires: [['out']],
      }),
      { id: 'catch', type: 'catch', ...place, scope: null, wires: [['out']] },
      { id: 'out', type: 'http response', ...place, wires: [] },
    ];
    await host.deploy(flows);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const idle = memory(host.pid);
    const began = Date.now();
    const response = await fetch(`${host.url}/run`, { method: 'POST' });
    const result = (await response.json()) as { filename?: string; bytes?: number };
    const seconds = (Date.now() - began) / 1000;
    const after = memory(host.pid);
    console.log(
      JSON.stringify({
        bytes: result.bytes,
        onDisk: result.filename && statSync(result.filename).size,
        seconds,
        idle: idle.now,
        idlePeak: idle.peak,
        peak: after.peak,
        aboveIdle: Math.round((after.peak - idle.now) * 10) / 10,
      }),
    );
    if (result.filename) rmSync(result.filename);
  } finally {
    await host.stop();
    child.kill();
  }
}

(process.argv[3] === 'serve' ? serve() : measure()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
