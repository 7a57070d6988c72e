/** Reads bytes from front to back. Beyond the end it gives zeros and notes that it has failed. */
export class Bytes {
  at = 0;
  failed = false;

  constructor(readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** A number of so many bytes, the highest first. */
  number(length: number): number {
    if (length > this.left) return this.fail();
    const { bytes } = this;
    let value = 0;
    for (const end = this.at + length; this.at < end; this.at++)
      value = value * 256 + bytes[this.at];
    return value;
  }

  /** So many bytes, without a copy; none at all if there are fewer. */
  take(length: number): Uint8Array {
    const start = this.at;
    this.skip(length);
    return this.bytes.subarray(this.failed ? this.at : start, this.at);
  }

  skip(length: number): void {
    if (length > this.left) this.fail();
    else this.at += length;
  }

  private fail(): 0 {
    this.failed = true;
    this.at = this.bytes.length;
    return 0;
  }

  /** What stands behind its own length, which has so many bytes. */
  part(lengthBytes: number): Bytes {
    return new Bytes(this.take(this.number(lengthBytes)));
  }
}

/** Printable ASCII of the first `max` bytes; anything else becomes a full stop. */
export function asciiText(bytes: Uint8Array, max: number): string {
  const length = Math.min(bytes.length, max);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
  return text.replace(/[^ -~]/g, '.');
}

/** The lines of a text protocol's head, up to the blank one; at most so many bytes are read. */
export function headLines(bytes: Uint8Array, max = 4096): string[] {
  const lines: string[] = [];
  const length = Math.min(bytes.length, max);
  let start = 0;
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== 10) continue;
    const end = at > start && bytes[at - 1] === 13 ? at - 1 : at;
    if (end === start) return lines;
    lines.push(asciiText(bytes.subarray(start, end), 500));
    start = at + 1;
  }
  if (start < length) lines.push(asciiText(bytes.subarray(start, length), 500));
  return lines;
}

/** The value of a header line, trimmed; the name in lower case. */
export function headerOf(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    if (line.length <= name.length || line[name.length] !== ':') continue;
    if (line.slice(0, name.length).toLowerCase() === name)
      return line.slice(name.length + 1).trim();
  }
  return undefined;
}

export function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
