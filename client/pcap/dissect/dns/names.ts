import { BoundedTable } from '../../content/bounded-table';
import { Bytes } from '../bytes';

/** A records, and AAAA records, with the length of their address. */
const ADDRESS_LENGTHS: Record<number, number> = { 1: 4, 28: 16 };
const MAX_ANSWERS = 50;

/** Which names were asked for, by the addresses (two bytes a character) in the responses. */
export class AddressNames {
  readonly table = new BoundedTable<string, { name: string; us: number }>(
    10_000,
    ({ us }) => us,
    'time',
  );

  /**
   * Reads the answers of a response.
   *
   * @param reader behind the question
   * @param start of the message
   */
  read(reader: Bytes, start: number, answers: number, name: string, us: number): void {
    for (let index = 0; index < answers && index < MAX_ANSWERS && !reader.failed; index++) {
      readName(reader, start);
      const type = reader.number(2);
      reader.skip(6);
      const length = reader.number(2);
      if (ADDRESS_LENGTHS[type] !== length) {
        reader.skip(length);
        continue;
      }
      let address = '';
      for (let read = 0; read < length; read += 2) {
        address += String.fromCharCode(reader.number(2));
      }
      if (reader.failed) return;
      if (!this.table.get(address)) this.table.add(address, { name, us });
    }
  }

  nameOf(address: string): string | undefined {
    return this.table.get(address)?.name;
  }
}

/** Where names are put together: the longest, and a label. */
const nameBytes = Buffer.alloc(256 + 64);

/**
 * A name's labels, in small letters; what is not printable becomes a full stop. Pointers lead to
 * bytes behind `start`. At most 255 bytes and 20 jumps.
 */
export function readName(reader: Bytes, start: number): string {
  let current = reader;
  let length = 0;
  for (let jumps = 0; length < 256;) {
    const size = current.number(1);
    if (size === 0 || current.failed) break;
    if (size < 64) {
      length += copyLabel(current, size, length);
      continue;
    }
    const target = start + (((size & 0x3f) << 8) | current.number(1));
    if (++jumps > 20 || target >= reader.bytes.length) break;
    // The reader itself goes on behind the pointer.
    current = new Bytes(reader.bytes);
    current.at = target;
  }
  return nameBytes.toString('latin1', 0, Math.max(0, length - 1));
}

/** @returns the bytes that a label took in {@link nameBytes}, with its full stop */
function copyLabel(reader: Bytes, size: number, at: number): number {
  const { bytes, at: start } = reader;
  reader.skip(size);
  let end = at;
  for (let index = start; !reader.failed && index < reader.at; index++) {
    const byte = bytes[index];
    const isCapital = byte >= 65 && byte <= 90;
    nameBytes[end++] = isCapital ? byte + 32 : byte >= 32 && byte <= 126 ? byte : 46;
  }
  nameBytes[end] = 46;
  return end + 1 - at;
}
