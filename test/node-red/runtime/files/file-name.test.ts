import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { safeFileName } from '../../../../node-red/runtime/files/file-name';

/** Names as attackers and accidents make them: any text, mixed with what is dangerous in a name. */
const wanted = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '..',
        '/',
        '\\',
        '\0',
        '\u202e',
        '\u200b',
        '\ufeff',
        '\ud800',
        '\uff0f',
        '.pcap',
      ),
      fc.constantFrom('CON', 'nul.', 'com1', '.', ' ', 'ä'.repeat(150), '😀'.repeat(60)),
    ),
  )
  .map((parts) => parts.join(''));

describe('the name of a file in a folder', () => {
  it('holds nothing that hides, leads away or cannot be seen', () => {
    fc.assert(
      fc.property(wanted, (text) => {
        const name = safeFileName(text, 'capture.pcap');
        expect(name).not.toMatch(/[/\\:*?"<>|\u2028\u2029]|\p{C}/u);
        expect(name).not.toMatch(/^[.\s]|[.\s]$|^(con|nul|com1)(\.|$)/i);
        expect(name).toMatch(/^.+\.[A-Za-z0-9]{1,10}$/);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255 - '_999'.length);
        expect(basename(name)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays as it is once it is safe', () => {
    fc.assert(
      fc.property(wanted, (text) => {
        const name = safeFileName(text, 'capture.pcap');
        // An extension that was added may have taken a long one beyond what is cut to.
        fc.pre(Buffer.byteLength(name) <= 200);
        expect(safeFileName(name, 'capture.pcap')).toBe(name);
      }),
    );
  });

  it('is the name that the disk gives back', () => {
    const folder = mkdtempSync(join(tmpdir(), 'allegro-names-'));
    try {
      const names = new Set(
        fc.sample(wanted, 200).map((text) => safeFileName(text, 'capture.pcap')),
      );
      for (const name of names) writeFileSync(join(folder, name), '');
      expect(readdirSync(folder).sort()).toEqual([...names].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    [`con.${'a'.repeat(300)}.pcap`, 200],
    [`${'😀'.repeat(100)}.pcap`, 197],
  ])('is cut between characters: %s', (text, bytes) => {
    expect(Buffer.byteLength(safeFileName(text, 'capture.pcap'))).toBe(bytes);
  });
});
