import busboy from 'busboy';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Device } from '../../appliance/device';
import type { AnalysisSlot, LiveSlot, Slot } from '../../appliance/slot';
import { CaptureFileError, readCapture } from '../../packets/capture-reader';
import { FileSource } from '../../traffic/file-source';
import type { Call } from '../request/call';
import { HttpError } from '../reply/http-error';
import { readWhole } from '../request/query';
import { readBody } from '../request/read-body';
import type { Reply } from '../reply/reply';
import type { Route } from '../route';

/** Pcap upload in three steps. Source: "Pcap upload and analysis". Answers are the simulator's own. */
export function uploadRoutes(folder: () => Promise<string>): Route[] {
  const uploads = new Uploads(folder);
  return [
    {
      method: 'POST',
      path: '/API/system/replay/upload',
      permission: 'admin',
      answer: uploads.announce,
    },
    { method: 'POST', path: '/API/data/pcap', permission: 'admin', answer: uploads.command },
    {
      method: 'POST',
      path: '/API/system/analyze-pcap',
      permission: 'admin',
      answer: uploads.receive,
    },
  ];
}

interface Announced {
  fileName: string;
  fileSize: number;
  keepsPackets: boolean;
}

class Uploads {
  /** Where parallel analysis is off: what is about to replace the live data, by device. */
  private readonly replacing = new Map<Device, Announced>();
  private readonly lastAnnounced = new Map<Device, number>();
  private count = 0;

  constructor(private readonly folder: () => Promise<string>) {}

  readonly announce = async (call: Call): Promise<Reply> => {
    const body = await readBody(call.request);
    const announced = readAnnouncement(body);
    const wanted = Number(body.replaySlotID ?? 1);
    if (call.switches.analysisSlots === 0) {
      this.replacing.set(call.device, announced);
      return { body: { replaySlotID: 0 } };
    }
    const { uploadSlot } = call.switches;
    const number =
      uploadSlot === 'other'
        ? otherSlot(call.device, wanted)
        : chooseSlot(call.device, wanted, body.forceSlotID === true);
    const slot = call.device.analysisSlot(number)!;
    slot.forget();
    slot.source = undefined;
    slot.announced = announced;
    slot.state = 'announced';
    this.lastAnnounced.set(call.device, number);
    return { body: uploadSlot === 'unnamed' ? { result: 'ok' } : { replaySlotID: number } };
  };

  readonly command = async (call: Call): Promise<Reply> => {
    const { command } = await readBody(call.request);
    if (command !== 'start') throw new HttpError(400, `Unknown command ${String(command)}.`);
    if (call.switches.analysisSlots > 0) {
      // Where mm-id is ignored, it is the one that waits to be started.
      const number =
        call.switches.ignoresMmId === 'everywhere'
          ? (this.lastAnnounced.get(call.device) ?? 0)
          : call.slotNumber;
      const slot = call.device.analysisSlot(number);
      if (slot?.state !== 'announced') {
        throw new HttpError(409, `No upload was announced for slot ${call.slotNumber}.`);
      }
      slot.state = 'started';
    }
    return { body: { result: 'ok' } };
  };

  readonly receive = async (call: Call): Promise<Reply> => {
    const replacing = this.replacing.get(call.device);
    if (replacing && call.switches.analysisSlots === 0) {
      this.replacing.delete(call.device);
      call.device.live.forget();
      return this.take(call, replacing, (source) => call.device.replaceLive(source));
    }
    const number = readWhole(call.query, 'replaySlotID') ?? 1;
    const slot = call.device.analysisSlot(number);
    if (slot?.state !== 'started' || !slot.announced) {
      throw new HttpError(409, `The analysis of slot ${number} was not started.`);
    }
    slot.state = 'receiving';
    try {
      return await this.take(call, slot.announced, (source) => keep(slot, source), slot);
    } finally {
      if (slot.state === 'receiving') slot.state = 'done';
    }
  };

  /** Writes the file down and counts its packets while it comes. */
  private async take(
    call: Call,
    { fileSize }: Announced,
    keepSource: (source: FileSource) => AnalysisSlot | LiveSlot,
    counting?: Slot,
  ): Promise<Reply> {
    const path = join(await this.folder(), `upload-${++this.count}`);
    try {
      await receiveFile(call, async (file) => {
        const copy = new PassThrough();
        const written = pipeline(copy, createWriteStream(path));
        await Promise.all([written, count(file, copy, counting)]);
      });
    } catch (error) {
      await rm(path, { force: true });
      if (error instanceof CaptureFileError) throw new HttpError(400, error.message);
      throw error;
    }
    const { size } = await stat(path);
    const source = await FileSource.open(path);
    const slot = keepSource(source);
    if (!counting) await slot.catchUp();
    if (size !== fileSize) {
      throw new HttpError(400, `${fileSize} bytes were announced, but ${size} came.`);
    }
    return { body: { result: 'ok', fileSize: size } };
  }
}

function readAnnouncement(body: Record<string, unknown>): Announced {
  const { fileName, fileSize, useReplayBuffer } = body;
  if (typeof fileName !== 'string' || fileName === '') {
    throw new HttpError(400, 'fileName is missing.');
  }
  if (!Number.isInteger(fileSize) || (fileSize as number) <= 0) {
    throw new HttpError(400, 'fileSize must be a number of bytes.');
  }
  return { fileName, fileSize: fileSize as number, keepsPackets: useReplayBuffer === true };
}

/** With `force` exactly the wanted one, whatever is in it; else the first one that is free. */
function chooseSlot(device: Device, wanted: number, force: boolean): number {
  const isBusy = (number: number) => device.analysisSlot(number)!.state === 'receiving';
  if (!device.analysisSlot(wanted)) throw new HttpError(404, `There is no slot ${wanted}.`);
  if (force) {
    if (isBusy(wanted)) throw new HttpError(409, `Slot ${wanted} is receiving another file.`);
    return wanted;
  }
  const free = [wanted, ...device.analysisSlotNumbers()].find(
    (number) => device.analysisSlot(number)!.state === 'free',
  );
  if (free !== undefined) return free;
  throw new HttpError(409, 'No analysis slot is free.');
}

/** Not the wanted one: a free one, or else the next that can be replaced. */
function otherSlot(device: Device, wanted: number): number {
  const others = device.analysisSlotNumbers().filter((number) => number !== wanted);
  const inState = (...states: string[]) =>
    others.find((number) => states.includes(device.analysisSlot(number)!.state));
  const found = inState('free') ?? inState('done', 'announced');
  if (found === undefined) throw new HttpError(409, 'No other analysis slot is free.');
  return found;
}

function keep(slot: AnalysisSlot, source: FileSource): AnalysisSlot {
  slot.source = slot.announced?.keepsPackets ? source : undefined;
  slot.state = 'done';
  return slot;
}

async function count(file: Readable, copy: PassThrough, slot: Slot | undefined): Promise<void> {
  async function* copied(): AsyncIterable<Buffer> {
    for await (const chunk of file) {
      if (!copy.write(chunk)) await new Promise((resolve) => copy.once('drain', resolve));
      yield chunk as Buffer;
    }
  }
  try {
    for await (const packets of readCapture(copied())) slot?.note(packets);
  } finally {
    // What is left of a file that is not a capture has to be read all the same, for the answer.
    file.resume();
    copy.end();
  }
}

/** Parts in the documented order: `name`, `filename`, then `file`. */
function receiveFile(
  { request }: Call,
  takeFile: (file: Readable) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let taken: Promise<void> | undefined;
    let form: busboy.Busboy;
    try {
      form = busboy({ headers: request.headers, limits: { fileSize: Infinity } });
    } catch {
      reject(new HttpError(400, 'The body must be multipart/form-data.'));
      return;
    }
    form.on('field', (name, value) => (fields[name] = value));
    form.on('file', (name, file) => {
      if (name !== 'file' || fields.name !== 'file' || !fields.filename || taken) {
        file.resume();
        reject(new HttpError(400, 'The parts must be name, filename and file, in this order.'));
        return;
      }
      taken = takeFile(file);
      taken.catch(reject);
    });
    form.on('error', () => reject(new HttpError(400, 'The multipart body is broken.')));
    form.on('close', () => {
      if (taken) taken.then(resolve, reject);
      else reject(new HttpError(400, 'The part "file" is missing.'));
    });
    request.on('aborted', () => reject(new HttpError(400, 'The connection was closed.')));
    request.pipe(form);
  });
}
