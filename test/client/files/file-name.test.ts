import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { captureFileName, fileId, safeFileName, withSuffix } from '../../../client/files/file-name';

describe('a capture file', () => {
  const startUs = Date.UTC(2026, 10, 23, 15, 50) * 1000 + 999_999;
  const endUs = startUs + 120e6;

  it('is named after what is in it', () => {
    const name = captureFileName({
      device: 'allegro-mm-1a2b',
      filter: 'ip==10.1.2.3',
      startUs,
      endUs,
      id: 'k3f9q',
      extension: 'pcap',
    });
    expect(name).toBe(
      'allegro_allegro-mm-1a2b_ip-10.1.2.3_20261123T155000.999Z-20261123T155200.999Z_k3f9q.pcap',
    );
  });

  it.each([
    [{ extension: '.pcapng' }, 'allegro.pcapng'],
    [{ startUs, extension: 'pcap' }, 'allegro_20261123T155000.999Z.pcap'],
    [{ device: 'https://user@10.0.0.1:8443/x', extension: 'pcap' }, 'allegro_10.0.0.1-8443.pcap'],
    [{ device: 'local:1', prefix: 'case 7', extension: 'pcap' }, 'case-7_local-1.pcap'],
    [{ prefix: '../../etc', extension: 'pcap' }, 'etc.pcap'],
    [{ filter: '(ip==::1 and "a b")\n', extension: 'pcap' }, 'allegro_ip-1-and-a-b.pcap'],
    [{ prefix: '../..', id: 'k3f9q', extension: 'pcap' }, 'k3f9q.pcap'],
    [{ startUs: NaN, endUs: 1e300, extension: 'pcap' }, 'allegro.pcap'],
  ])('%j is %s', (parts, expected) => {
    expect(captureFileName(parts)).toBe(expected);
  });

  it.each([
    [1, '155001Z'],
    [500, '155001Z'],
    [727_499, '155001.727Z'],
    [60e6 + 1001, '155101.001Z'],
  ])('has milliseconds at most, and none for whole seconds: %d us later', (us, time) => {
    const name = captureFileName({ startUs: startUs + us, extension: 'pcap' });
    expect(name).toBe(`allegro_20261123T${time}.pcap`);
  });

  it('differs for captures of the same window', () => {
    const nameFor = (random: number) =>
      captureFileName({ startUs, endUs, id: fileId({ random: () => random }), extension: 'pcap' });
    const names = Array.from({ length: 200 }, (_, index) => nameFor(index / 200));
    expect(new Set(names).size).toBe(200);
    for (const name of [...names, nameFor(1 - 1e-12)]) expect(name).toMatch(/Z_[0-9a-z]{5}\.pcap$/);
  });

  it('keeps its times and its id however long the rest is', () => {
    const long = 'ä'.repeat(500);
    const name = captureFileName({
      prefix: long,
      device: long,
      filter: long,
      startUs,
      endUs,
      id: 'k3f9q',
      extension: 'pcapng',
    });
    expect(name).toMatch(/_20261123T155000\.999Z-20261123T155200\.999Z_k3f9q\.pcapng$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  });
});

describe('a safe name', () => {
  it.each([
    ['capture.pcap', 'capture.pcap'],
    ['my file.pcap', 'my-file.pcap'],
    ['../../etc/passwd', 'etc-passwd'],
    ['..\\..\\windows\\x', 'windows-x'],
    ['..', 'capture'],
    ['', 'capture'],
    [' \n\t', 'capture'],
    ['.hidden', 'hidden'],
    ['-rf', 'rf'],
    ['a\u0000.pcap', 'a.pcap'],
    ['a.pcap. .', 'a.pcap'],
    ['CON', '_CON'],
    ['nul.pcap', '_nul.pcap'],
    ['CON\ufeff.pcap', '_CON.pcap'],
    ['com1.tar.gz', '_com1.tar.gz'],
    ['LPT¹.txt', '_LPT¹.txt'],
    ['console.txt', 'console.txt'],
    ['a<b>c:d"e|f?g*h.pcap', 'a-b-c-d-e-f-g-h.pcap'],
    ['$(rm)`x`;&.pcap', 'rm-x.pcap'],
    ['Büro 東京.pcap', 'Büro-東京.pcap'],
    ['Bu\u0308ro.pcap', 'B\u00fcro.pcap'],
    ['a\u202egnp.exe', 'a-gnp.exe'],
    ['a\uff0fb\u2215c', 'a-b-c'],
    ['\ud800x', 'x'],
    [`${'x'.repeat(300)}.pcap`, `${'x'.repeat(195)}.pcap`],
    [`x${'.-'.repeat(40_000)}x`, 'x'],
    [`x${'.'.repeat(80_000)}x`, 'x.x'],
    [`${'x'.repeat(100_000)}.pcap`, `${'x'.repeat(195)}.pcap`],
  ])('of %j is %j', (input, expected) => {
    expect(safeFileName(input)).toBe(expected);
  });

  /** Names as attackers and accidents make them: any text, mixed with what is dangerous in a name. */
  const anything = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('.', '-', '/', '\\', ' ', '\0', 'a', 'ü', '😀', '_') }),
        fc.constantFrom('..', '/', '\u202e', '\u200b', '\ufeff', '\ud800', '\uff0f', '.pcap'),
        fc.constantFrom('CON', 'nul.', 'com1', '.', ' ', 'ä'.repeat(150), '😀'.repeat(60)),
      ),
    )
    .map((parts) => parts.join(''));

  it('holds nothing that hides, leads away or cannot be seen, and is safe from then on', () => {
    fc.assert(
      fc.property(anything, (input) => {
        const name = safeFileName(input);
        expect(name).not.toBe('');
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(name).toBe(name.normalize('NFC'));
        expect(name).not.toMatch(/[\p{C}\p{Z}/\\:*?"<>|%$&;`'()]|\.\.|^[.-]|[.-]$/u);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(safeFileName(name)).toBe(name);
        expect(safeFileName(input, 'capture.pcap')).toMatch(/^.+\.[A-Za-z0-9]{1,10}$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the name that the disk gives back', () => {
    const folder = mkdtempSync(join(tmpdir(), 'allegro-names-'));
    try {
      const names = new Set(fc.sample(anything, 200).map((text) => safeFileName(text)));
      for (const name of names) writeFileSync(join(folder, name), '');
      expect(readdirSync(folder).sort()).toEqual([...names].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes what is missing from the fallback', () => {
    expect(safeFileName(' / ', 'my capture.pcap')).toBe('my-capture.pcap');
    expect(safeFileName('case 7', 'capture.pcapng')).toBe('case-7.pcapng');
    expect(safeFileName('case.pcap', 'capture.pcapng')).toBe('case.pcap');
  });
});

it.each([
  ['a.pcap', 'a-x.pcap'],
  ['a', 'a-x'],
  ['.pcap', '.pcap-x'],
  ['a. sentence', 'a. sentence-x'],
])('a suffix of %s stands before the extension: %s', (name, expected) => {
  expect(withSuffix(name, '-x')).toBe(expected);
});
