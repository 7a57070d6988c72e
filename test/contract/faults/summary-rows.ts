import { AllegroError } from '../../../client';
import { CAPTURE_FILES, type CaptureFile } from './capture-files';
import { errorOf } from '../../support/error-of';
import { fileOf } from '../../support/file-of';
import { summarize, type Summary } from '../../support/summarize';

const inputFile = (bytes: Buffer) => fileOf(bytes, 'handed-in.cap', 50);

/**
 * Runs Pcap Summary over the same files that an appliance sends in the other tables. It has no
 * appliance and no transport; what it meets are files and how they are read.
 */
export function describeSummaryMatrix(): void {
  describe('to summarize a pcap file', () => {
    it.each(CAPTURE_FILES.map((file) => [file.what, file] as const))('%s', async (_what, file) => {
      const { is, bytes } = file;
      if ('looksLike' in is) {
        const error = await errorOf(summarize(inputFile(bytes)));
        expectInputError(error, /This is not a capture file/);
        return;
      }
      const summary = await summarize(inputFile(bytes));
      expect(summary).toMatchObject({
        packets: is.packets,
        complete: is.whole,
        bytes: bytes.length,
      });
      if (is.whole) {
        expect(summary).toMatchObject({ truncatedPackets: is.cutPackets, fault: null });
      } else {
        await expectDamage(file, summary);
      }
    });

    it('an empty file', async () => {
      const error = await errorOf(summarize(inputFile(Buffer.alloc(0))));
      expectInputError(error, /The file is empty/);
    });

    it('a source that fails half-way', async () => {
      const [{ bytes }] = CAPTURE_FILES.slice(1);
      async function* open() {
        yield bytes.subarray(0, 100);
        throw new Error('EIO: i/o error, read');
      }
      const error = await errorOf(summarize({ ...inputFile(bytes), open }));
      expect(error).toBeInstanceOf(AllegroError);
      expect(error.message).toMatch(/"handed-in\.cap" could not be read .*EIO.* Make sure/);
    });

    it('cancelled while it reads', async () => {
      const [{ bytes }] = CAPTURE_FILES.slice(1);
      const cancel = new AbortController();
      let pieces = 0;
      let isClosed = false;
      async function* open() {
        try {
          for (;;) {
            if (++pieces === 3) cancel.abort();
            yield bytes;
          }
        } finally {
          isClosed = true;
        }
      }
      const file = { ...inputFile(bytes), open };
      const error = await errorOf(summarize(file, {}, { signal: cancel.signal }));
      expect(error).toMatchObject({ kind: 'cancelled' });
      expect([pieces, isClosed]).toEqual([3, true]);
    });
  });
}

/** Described up to the damage; or an error, where that is asked for. */
async function expectDamage({ is, bytes }: CaptureFile, summary: Summary): Promise<void> {
  const { fault, warnings } = summary;
  expect(fault).toMatchObject({ kind: 'fault' in is ? is.fault : '' });
  expect(warnings).toContainEqual(`The file is damaged. ${fault!.message}`);
  const error = await errorOf(summarize(inputFile(bytes), { faultIsError: true }));
  expectInputError(error, /Get the file again/);
}

function expectInputError(error: unknown, says: RegExp): void {
  expect(error).toBeInstanceOf(AllegroError);
  const { kind, message, advice } = error as AllegroError;
  expect([kind, message]).toEqual(['input', expect.stringMatching(says)]);
  expect(advice).not.toBe('');
  expect(message).toContain('handed-in.cap');
}
