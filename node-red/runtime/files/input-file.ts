import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AllegroError, inputError, missingError, systemCodeOf } from '../../../client';
import type { InputFile } from '../../../nodes/definitions/model/run-result';
import type { Message } from '../runtime-api';
import { formText, say } from '../../../client/values/sentence';

const FALLBACK_NAME = 'message.pcap';
const CHUNK_BYTES = 256 * 1024;

/**
 * Finds the file that a message brings: a Buffer in `msg.payload`, or the path in `msg.filename`.
 * A Buffer comes first, because nodes that read files leave the path beside it.
 */
export function fileOfMessage(message: Message): unknown {
  return Buffer.isBuffer(message.payload) ? message.payload : message.filename;
}

/**
 * Opens what a file field was filled with.
 *
 * @param source a path, or the content itself
 * @param baseFolder where relative paths begin
 * @throws AllegroError `input`
 */
export async function toInputFile(
  field: { name: string; label: string },
  source: unknown,
  message: Message,
  baseFolder: string,
): Promise<InputFile> {
  if (source instanceof Uint8Array) return bufferFile(source, message);
  if (typeof source === 'string' && source.trim() !== '') {
    return diskFile(resolve(baseFolder, source.trim()), field.name);
  }
  throw missingError(
    field.name,
    say`"${formText(field.label)}" is missing.`,
    say`Send the path of a file in msg.filename, or its content as a Buffer in msg.payload.`,
  );
}

function bufferFile(content: Uint8Array, { filename }: Message): InputFile {
  const name = typeof filename === 'string' ? basename(filename) : '';
  return {
    name: name || FALLBACK_NAME,
    size: content.length,
    async *open() {
      yield content;
    },
  };
}

async function diskFile(path: string, field: string): Promise<InputFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw readError(path, field, error);
  });
  if (!found.isFile())
    throw inputError(field, say`${path} is not a file.`, say`Choose a capture file.`);
  return {
    name: basename(path),
    size: found.size,
    open: (isEachUsedAtOnce) => readWatched(path, field, found.size, isEachUsedAtOnce === true),
  };
}

/** Its length was announced beforehand, so a file that something still writes to is refused. */
async function* readWatched(
  path: string,
  field: string,
  size: number,
  reusesMemory: boolean,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  try {
    for await (const chunk of readAhead(path, reusesMemory)) {
      sent += chunk.length;
      if (sent > size) break;
      yield chunk;
    }
  } catch (error) {
    throw readError(path, field, error);
  }
  if (sent !== size) throw changedError(path, size, sent);
}

/**
 * Reads a chunk while the one before it is worked on.
 *
 * @param reusesMemory two buffers for all chunks: what is collected later adds up to some 60 MB
 */
async function* readAhead(path: string, reusesMemory: boolean): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const newBuffer = () => Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let buffer = newBuffer();
  let other = newBuffer();
  let reading = file.read(buffer);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      [buffer, other] = [other, reusesMemory ? buffer : newBuffer()];
      reading = file.read(buffer);
      // Reported by the next `await`; until then it must not count as unhandled.
      reading.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await reading.catch(() => undefined);
    await file.close();
  }
}

function changedError(path: string, before: number, now: number): AllegroError {
  return new AllegroError({
    kind: 'incomplete',
    what:
      now > before
        ? say`${path} changed while it was read: from ${before} [byte|bytes] to more.`
        : say`${path} changed while it was read: from ${before} [byte|bytes] to ${now}.`,
    advice: say`Wait until the file is complete, then send it again.`,
    canRetry: true,
  });
}

function readError(path: string, field: string, cause: unknown): AllegroError {
  const code = systemCodeOf(cause);
  return new AllegroError({
    kind: 'input',
    field,
    what:
      code === undefined
        ? say`The file ${path} cannot be read.`
        : say`The file ${path} cannot be read (${code}).`,
    advice:
      code === 'ENOENT'
        ? say`Check the path, on the machine that runs Node-RED.`
        : say`Give the user that runs Node-RED access to it.`,
    cause,
  });
}
