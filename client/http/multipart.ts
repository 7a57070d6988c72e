import type { ByteStream, RequestBody } from './transport';

export interface FileToSend {
  name: string;
  /** In bytes; exact. */
  size: number;
  open(): ByteStream | Promise<ByteStream>;
}

/**
 * The multipart body of an upload: streamed, never held, with its exact length known beforehand.
 * Names, order and form of the parts are those of the documented curl call: `name` = `file`,
 * `filename`, then the `file` itself. Source: "Pcap upload and analysis", third command.
 *
 * @param boundary must not occur in the file; a long random one does
 * @param onBytes is told the file's bytes as they leave
 * @param wrongSize makes the error for a source that yields more or fewer bytes than promised
 * @param onFailure is told why the body ended early, if the source is to blame: a transport may
 *   turn that into an error of its own
 */
export function captureUploadBody(
  file: FileToSend,
  boundary: string,
  onBytes: (chunk: Uint8Array, sent: number) => void,
  wrongSize: (sent: number) => Error,
  onFailure: (error: unknown) => void,
): RequestBody {
  const name = quoteFileName(file.name);
  const head = new TextEncoder().encode(
    textPart(boundary, 'name', 'file') +
      textPart(boundary, 'filename', file.name.replace(/[\r\n]/g, ' ')) +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = new TextEncoder().encode(`\r\n--${boundary}--\r\n`);

  async function* stream(): AsyncGenerator<Uint8Array> {
    yield head;
    try {
      let sent = 0;
      for await (const chunk of await file.open()) {
        sent += chunk.length;
        if (sent > file.size) throw wrongSize(sent);
        onBytes(chunk, sent);
        yield chunk;
      }
      if (sent !== file.size) throw wrongSize(sent);
    } catch (error) {
      onFailure(error);
      throw error;
    }
    yield tail;
  }

  return {
    kind: 'stream',
    stream: stream(),
    length: head.length + file.size + tail.length,
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function textPart(boundary: string, name: string, value: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

/** As browsers and curl do it: quotes and line ends are the only characters that need care. */
function quoteFileName(name: string): string {
  return name.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

/** A boundary that no file contains by chance. */
export function randomBoundary(random: () => number): string {
  const part = () => random().toString(36).slice(2).padEnd(12, '0').slice(0, 12);
  return `----allegro-${part()}${part()}${part()}`;
}
