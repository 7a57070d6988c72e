import { isInGroup } from '../../appliance/link-groups';
import type { Device } from '../../appliance/device';
import type { MediaStorage } from '../../appliance/media-storage';
import type { RingBuffer } from '../../appliance/ring-buffer';
import { matcherOf, type Matcher } from '../../filter/matcher';
import { FilterError } from '../../filter/parser';
import { CaptureWriter } from '../../packets/capture-writer';
import { decode } from '../../packets/decode';
import { LINK_ETHERNET, type Packet, type PacketSource } from '../../packets/packet';
import { bulkCapture } from '../reply/bulk-capture';
import type { Call } from '../request/call';
import { readCaptureParameters, type CaptureParameters } from '../request/capture-parameters';
import { HttpError } from '../reply/http-error';
import { readBody } from '../request/read-body';
import type { Reply } from '../reply/reply';
import type { Route } from '../route';

const CAPTURE = '/API/data/modules/capture';
const TICK_MS = 50;

export function captureRoutes(storage: MediaStorage): Route[] {
  const buffer = `${CAPTURE}/buffer/:number`;
  return [
    {
      method: 'GET',
      path: CAPTURE,
      permission: 'pcap',
      answer: (call) => capture(call, storage),
    },
    { method: 'GET', path: buffer, answer: bufferState },
    { method: 'POST', path: buffer, permission: 'admin', answer: changeBuffer },
  ];
}

function capture(call: Call, storage: MediaStorage): Reply {
  const { switches, slot, slotNumber, request } = call;
  if (switches.fourEyes) throw new HttpError(403, 'A second person has to allow this capture.');
  const parameters = readCaptureParameters(call.query, slot.nowUs(), switches);
  const matcher = readExpression(parameters.expression);
  const { captureFormat, captureFraming, bulkBytes, bulkPacketBytes } = switches;
  const { isToMedia } = parameters;
  if (isToMedia && !switches.hasStorage) throw new HttpError(400, 'There is no storage device.');
  if (bulkBytes > 0 && !isToMedia) {
    const body = bulkCapture(bulkBytes, bulkPacketBytes, parameters.startUs);
    return { headers: BINARY, body, framing: captureFraming };
  }
  const isOver = isToMedia ? () => storage.isClosed : () => request.socket.destroyed;
  const packets =
    slotNumber === 0
      ? livePackets(call, parameters, isOver)
      : packetsOfSource(slot.source, parameters, `Slot ${slotNumber} kept no packets.`);
  const body = fileOf(packets, matcher, captureFormat, parameters.snapLength);
  if (isToMedia) return storedReply(call, storage, body);
  return { headers: BINARY, body, mayCompress: true, framing: captureFraming };
}

const BINARY = { 'Content-Type': 'application/octet-stream' };

/** It is answered at once; whether an appliance waits until the file is complete is not known. */
function storedReply(call: Call, storage: MediaStorage, body: AsyncIterable<Buffer>): Reply {
  const { captureFormat, mediaAnswer } = call.switches;
  const suffix = captureFormat === 'pcapng' ? 'pcapng' : 'pcap';
  const { name } = storage.store(call.device.id, suffix, body);
  switch (mediaAnswer) {
    case 'json':
      return { body: { result: 'ok', fileName: name } };
    case 'text':
      return { body: `Capture ${name} was started.` };
    case 'empty':
      return { body: '' };
  }
}

function readExpression(expression: string | undefined): Matcher {
  try {
    return matcherOf(expression, { isInGroup });
  } catch (error) {
    if (error instanceof FilterError) {
      throw new HttpError(400, `The expression is not valid: ${error.message}`);
    }
    throw error;
  }
}

function packetsOfSource(
  source: PacketSource | undefined,
  { startUs, endUs }: CaptureParameters,
  otherwise: string,
): AsyncIterable<Packet[]> {
  if (!source) throw new HttpError(404, otherwise);
  return source.batches(startUs, endUs);
}

function livePackets(
  call: Call,
  parameters: CaptureParameters,
  isOver: () => boolean,
): AsyncIterable<Packet[]> {
  const { device } = call;
  if (parameters.isFromBuffer) {
    const { bufferNumber } = parameters;
    const buffer = device.buffer(bufferNumber);
    if (!buffer) throw new HttpError(404, `There is no packet ring buffer ${bufferNumber}.`);
    return fromBuffer(device, buffer, parameters, isOver);
  }
  const startUs = Math.max(parameters.startUs, device.nowUs());
  return onTheWire(device, { ...parameters, startUs }, isOver);
}

/** What is recorded; where the end is still to come, goes on with what happens until then. */
async function* fromBuffer(
  device: Device,
  buffer: RingBuffer,
  parameters: CaptureParameters,
  isOver: () => boolean,
): AsyncIterable<Packet[]> {
  const nowUs = device.nowUs();
  const { startUs, endUs } = parameters;
  yield* buffer.read(device.live.source, startUs, Math.min(endUs, nowUs));
  if (endUs > nowUs && endUs !== Infinity)
    yield* onTheWire(device, { ...parameters, startUs: nowUs }, isOver);
}

/**
 * Packets as they happen. The first one at or after the end stops it, so on a quiet network nothing
 * does. Source: "Pcap extraction", `endTime`.
 */
async function* onTheWire(
  device: Device,
  { startUs, endUs }: CaptureParameters,
  isOver: () => boolean,
): AsyncIterable<Packet[]> {
  let fromUs = startUs;
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const nowUs = device.nowUs();
    if (nowUs <= fromUs) continue;
    for await (const packets of device.live.source.batches(fromUs, nowUs)) {
      yield packets.filter(({ timeUs }) => timeUs < endUs);
      if (packets.some(({ timeUs }) => timeUs >= endUs)) return;
    }
    fromUs = nowUs;
  }
}

/** Records of about this size go out together. */
const PIECE_BYTES = 65536;

async function* fileOf(
  batches: AsyncIterable<Packet[]>,
  matcher: Matcher,
  format: ConstructorParameters<typeof CaptureWriter>[0],
  snapLength: number,
): AsyncIterable<Buffer> {
  let writer: CaptureWriter | undefined;
  for await (const packets of batches) {
    const pieces: Buffer[] = [];
    let size = 0;
    // An empty batch tells that time went by: the head goes out even if no packet follows.
    if (!writer) {
      writer = new CaptureWriter(format, packets[0]?.linkType ?? LINK_ETHERNET, snapLength);
      pieces.push(writer.head());
    }
    for (const packet of packets) {
      if (!matcher(decode(packet).headers)) continue;
      const record = writer.record(packet);
      pieces.push(record);
      size += record.length;
      if (size >= PIECE_BYTES) {
        yield Buffer.concat(pieces.splice(0));
        size = 0;
      }
    }
    if (pieces.length > 0) yield Buffer.concat(pieces);
  }
  if (!writer) yield new CaptureWriter(format, LINK_ETHERNET, snapLength).head();
}

/** Plausible, because the command to change it exists; nothing of the kind is documented. */
function bufferState(call: Call): Reply {
  if (!call.switches.tellsBufferState) throw new HttpError(404, `There is no ${call.path}.`);
  const buffer = bufferOf(call);
  return { body: { isSuspended: buffer.isSuspended } };
}

/** Source: "POST command to pause ring buffer". The answer's form is the simulator's own. */
async function changeBuffer(call: Call): Promise<Reply> {
  const buffer = bufferOf(call);
  const { command, config } = (await readBody(call.request)) as {
    command?: unknown;
    config?: { isSuspended?: unknown };
  };
  if (command !== 'changeConfig') throw new HttpError(400, `Unknown command ${String(command)}.`);
  if (typeof config?.isSuspended !== 'boolean') {
    throw new HttpError(400, 'config.isSuspended must be true or false.');
  }
  buffer.isSuspended = config.isSuspended;
  return { body: { isSuspended: buffer.isSuspended } };
}

function bufferOf({ device, parameters }: Call): RingBuffer {
  const buffer = device.buffer(Number(parameters.number));
  if (!buffer) throw new HttpError(404, `There is no packet ring buffer ${parameters.number}.`);
  return buffer;
}
