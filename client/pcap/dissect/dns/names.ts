import { addressText } from '../../content/addresses';
import { BoundedTable } from '../../content/bounded-table';
import { asciiText, Bytes } from '../bytes';

/** A records, and AAAA records, with the length of their address. */
const ADDRESS_LENGTHS: Record<number, number> = { 1: 4, 28: 16 };
const MAX_ANSWERS = 50;

/** Which names were asked for, by the addresses in the responses. */
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
      reader.take(6);
      const data = reader.part(2).bytes;
      if (ADDRESS_LENGTHS[type] !== data.length) continue;
      let words = '';
      for (let at = 0; at < data.length; at += 2) {
        words += String.fromCharCode(data[at] * 256 + data[at + 1]);
      }
      const address = addressText(words);
      if (!this.table.get(address)) this.table.add(address, { name, us });
    }
  }

  nameOf(address: string): string | undefined {
    return this.table.get(address)?.name;
  }
}

/** A name's labels; pointers lead to bytes behind `start`. At most 255 bytes and 20 jumps. */
export function readName(reader: Bytes, start: number): string {
  const labels: string[] = [];
  let current = reader;
  let length = 0;
  for (let jumps = 0; length < 256;) {
    const size = current.number(1);
    if (size === 0 || current.failed) break;
    if (size < 64) {
      const label = current.take(size);
      length += size + 1;
      labels.push(asciiText(label, 63));
      continue;
    }
    const target = start + (((size & 0x3f) << 8) | current.number(1));
    if (++jumps > 20 || target >= reader.bytes.length) break;
    // The reader itself goes on behind the pointer.
    current = new Bytes(reader.bytes);
    current.at = target;
  }
  return labels.join('.').toLowerCase();
}
