import fc from 'fast-check';
import { captureFileName, safeFileName } from '../../../client/files/file-name';

describe('a capture file', () => {
  const startUs = Date.UTC(2026, 10, 23, 15, 50) * 1000 + 999_999;
  const endUs = startUs + 120e6;

  it('is named after what is in it', () => {
    const name = captureFileName({
      device: 'allegro-mm-1a2b',
      filter: 'ip==10.1.2.3',
      startUs,
      endUs,
      extension: 'pcap',
    });
    expect(name).toBe('allegro_allegro-mm-1a2b_ip-10.1.2.3_20261123T155000Z-20261123T155200Z.pcap');
  });

  it.each([
    [{ extension: '.pcapng' }, 'allegro.pcapng'],
    [{ startUs, extension: 'pcap' }, 'allegro_20261123T155000Z.pcap'],
    [{ device: 'https://user@10.0.0.1:8443/x', extension: 'pcap' }, 'allegro_10.0.0.1-8443.pcap'],
    [{ device: 'local:1', prefix: 'case 7', extension: 'pcap' }, 'case-7_local-1.pcap'],
    [{ prefix: '../../etc', extension: 'pcap' }, 'etc.pcap'],
    [{ filter: '(ip==::1 and "a b")\n', extension: 'pcap' }, 'allegro_ip-1-and-a-b.pcap'],
    [
      { template: 'evidence {start}', startUs, extension: 'pcap' },
      'evidence-20261123T155000Z.pcap',
    ],
    [{ template: 'evidence.pcap', extension: 'pcap' }, 'evidence.pcap'],
    [
      { template: '{constructor}/{prefix}', extension: 'pcap' },
      '-constructor-allegro.pcap'.slice(1),
    ],
    [{ template: '../..', extension: 'pcap' }, 'pcap'],
    [{ startUs: NaN, endUs: 1e300, extension: 'pcap' }, 'allegro.pcap'],
  ])('%j is %s', (parts, expected) => {
    expect(captureFileName(parts)).toBe(expected);
  });

  it('keeps its times however long the rest is', () => {
    const long = 'ä'.repeat(500);
    const name = captureFileName({
      prefix: long,
      device: long,
      filter: long,
      startUs,
      endUs,
      extension: 'pcapng',
    });
    expect(name).toMatch(/_20261123T155000Z-20261123T155200Z\.pcapng$/);
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
  ])('of %j is %j', (input, expected) => {
    expect(safeFileName(input)).toBe(expected);
  });

  it('is one, whatever came in', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: fc.constantFrom('.', '-', '/', '\\', ' ', '\0', 'a', 'ü', '😀', '_') }),
      fc.string({ unit: 'grapheme', minLength: 60, maxLength: 300 }),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const name = safeFileName(input);
        expect(name).not.toBe('');
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
        expect(name).toBe(name.normalize('NFC'));
        expect(name).not.toMatch(/[\p{C}\p{Z}/\\:*?"<>|%$&;`'()]|\.\.|^[.-]|[.-]$/u);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(safeFileName(name)).toBe(name);
      }),
      { numRuns: 500 },
    );
  });
});
