import { AllegroClient, inputError, type AllegroError } from '../../../client';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { fastContext } from '../support/fast-context';
import type { MakeTransport } from '../faults/fault-matrix';
import { pastWindow, uploadRequest } from '../support/operations';
import { waitUntil } from '../support/wait-until';
import { errorOf } from '../../support/error-of';
import { say } from '../../../client/values/sentence';

const SEND = '/API/system/analyze-pcap';

interface Row {
  what: string;
  /** What comes out of the file when it is read for sending. */
  open(file: Buffer): AsyncIterable<Uint8Array>;
  kind: AllegroError['kind'];
  says: RegExp;
}

/** Files that do not keep what they promised. */
export const SOURCE_ROWS: Row[] = [
  {
    what: 'fails half-way',
    async *open(file) {
      yield file.subarray(0, file.length / 2);
      throw inputError('file', say`The disk was pulled out.`, say`Put it back.`);
    },
    kind: 'input',
    says: /The disk was pulled out/,
  },
  {
    what: 'fails with an error of the system',
    async *open(file) {
      yield file.subarray(0, file.length / 2);
      throw new Error('EIO: i/o error, read');
    },
    kind: 'incomplete',
    says: /"evidence\.pcap" could not be read completely \(EIO: i\/o error, read\)/,
  },
  {
    what: 'is shorter than announced',
    async *open(file) {
      yield file.subarray(0, file.length - 1);
    },
    kind: 'incomplete',
    says: /"evidence\.pcap" should have \d+ bytes, but only \d+ were read/,
  },
  {
    what: 'is longer than announced',
    async *open(file) {
      yield file;
      yield Buffer.alloc(1);
    },
    kind: 'incomplete',
    says: /"evidence\.pcap" should have \d+ bytes, but more were read/,
  },
];

/** Uploads from sources that do not keep what they promised, over a transport. */
export function describeUploadSources(name: string, makeTransport: MakeTransport): void {
  describe(`an upload over ${name} whose source`, () => {
    const bench = useSimulator(30);

    it.each(SOURCE_ROWS.map((row) => [row.what, row] as const))(
      '%s ends as an error, and not as an analysis of a part',
      async (_what, { open, kind, says }) => {
        const { simulator } = bench;
        const { transport, destroy } = makeTransport(simulator);
        const client = new AllegroClient({ transport, context: fastContext() });
        const { startUs, endUs } = pastWindow(simulator);
        const file = await simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
        const request = uploadRequest(file);
        const whole = request.file.open;
        let opened = 0;
        // The first look is at what kind of file it is.
        request.file.open = () => (opened++ === 0 ? whole() : open(file));
        try {
          const signal = AbortSignal.timeout(100_000);
          const error = await errorOf(client.upload(request, { signal }));
          expect(error.kind).toBe(kind);
          expect(error.message).toMatch(says);
          const sends = () => bench.met(SEND);
          await waitUntil(() => sends().every(({ isOpen }) => !isOpen));
          // Never twice, and never answered as if it had been whole.
          expect(sends().length).toBeLessThanOrEqual(1);
          expect(sends().every(({ isAborted }) => isAborted)).toBe(true);
        } finally {
          destroy();
        }
      },
    );
  });
}
