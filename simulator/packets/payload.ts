/** Bytes that are made when they are asked for; their number is known before. */
export interface Payload {
  readonly length: number;
  bytes(): Buffer;
}

/** Bytes that are there already. */
export class Made implements Payload {
  constructor(private readonly buffer: Buffer) {}

  get length(): number {
    return this.buffer.length;
  }

  bytes(): Buffer {
    return this.buffer;
  }
}

/** Several parts in a row, made once for all packets that carry a piece of them. */
export class Joined implements Payload {
  readonly length: number;
  private made: Buffer | undefined;

  constructor(private readonly parts: Payload[]) {
    let length = 0;
    for (const part of parts) length += part.length;
    this.length = length;
  }

  bytes(): Buffer {
    this.made ??= Buffer.concat(this.parts.map((part) => part.bytes()));
    return this.made;
  }
}

/** The bytes of another payload from `start` up to, but without, `end`. */
export class Piece implements Payload {
  readonly length: number;

  constructor(
    private readonly whole: Payload,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.length = Math.min(end, whole.length) - start;
  }

  bytes(): Buffer {
    return this.whole.bytes().subarray(this.start, this.end);
  }
}

export const NO_PAYLOAD: Payload = new Made(Buffer.alloc(0));
