import { STEADY_HOST } from '../../../../simulator';
import type { ExampleBench } from './example-bench';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { nextPage, submit } from './forms';
import { hashOf, microseconds, requestedWindow } from '../../truth';

const NAME = '05-live-capture';

export function liveCapture(get: () => ExampleBench): void {
  it('hands the capture back to the form', async () => {
    const bench = get();
    const published = await bench.publish(bench.example(NAME));
    try {
      // Longer than a busy machine takes until the first packet.
      const fields = [STEADY_HOST, '443', '15', '10'];
      const { formWaitingUrl } = await submit(published, 'form/allegro-live-capture', fields);
      const page = await nextPage(formWaitingUrl!);
      const { items } = await published.execution();
      const [capture] = items['Capture Live'];
      expect(capture.json).toMatchObject({ complete: true, endedBy: 'duration' });
      const expression = capture.json.expression as string;
      expect(expression).toContain(`ip==${STEADY_HOST}`);
      expect(expression).toContain('443');
      expect(page).toContain(`${capture.json.packets as number} packets`);
      expect(page).toContain(capture.json.sha256 as string);
      const file = await bench.bench.host.rest.binary(capture.binary!.data.id!);
      expect(hashOf(file)).toBe(capture.json.sha256);
      // What the page offers as a download is the file itself.
      expect(hashOf(fileIn(page, capture.json.fileName as string))).toBe(capture.json.sha256);
      const { from, to } = capture.json.coveredWindow as { from: string; to: string };
      const [startUs, endUs] = [microseconds(from), microseconds(to) + 1];
      const truth = await bench.simulator.packetsIn(expression, startUs, endUs);
      expect(capture.json.packets).toBe(truth.packets);
      expect(requestedWindow(capture).startUs).toBeLessThanOrEqual(startUs);
    } finally {
      await published.end();
    }
  });

  it('keeps within 300 s and 50 MB, whatever is asked for', async () => {
    const bench = get();
    bench.simulator.faults.add({ kind: 'answer', status: 500, method: 'GET', path: CAPTURE_PATH });
    const published = await bench.publish(bench.example(NAME));
    try {
      const fields = [STEADY_HOST, '', '99999', '5000'];
      const { formWaitingUrl } = await submit(published, 'form/allegro-live-capture', fields);
      await nextPage(formWaitingUrl!);
      const { items } = await published.execution();
      expect(items.Settings[0].json).toMatchObject({ seconds: 300, megabytes: 50 });
      // Without a port, packets of the host and of nobody else.
      const { url } = bench.simulator.requests.find(({ path }) => path === CAPTURE_PATH)!;
      const expression = new URL(url, bench.simulator.url).searchParams.get('expression');
      expect(expression).toBe(`ip==${STEADY_HOST} and ip==${STEADY_HOST}`);
    } finally {
      await published.end();
    }
  });

  it('tells the person at the form, and Slack, what went wrong', async () => {
    const bench = get();
    const published = await bench.publish(bench.example(NAME));
    try {
      const fields = ['10.1.2.300', '', '3', '10'];
      const { formWaitingUrl } = await submit(published, 'form/allegro-live-capture', fields);
      const page = await nextPage(formWaitingUrl!);
      expect(page).toContain('The capture failed');
      expect(page).toContain('10.1.2.300');
      expect(bench.neighbours.chat.transcript).toContain('Failed: a live capture of 10.1.2.300');
      expect(bench.simulator.requests).toEqual([]);
    } finally {
      await published.end();
    }
  });
}

interface PageFile {
  fileName: string;
  data: { data: number[] };
}

/** The file that a script of the page hands to the browser. */
function fileIn(page: string, name: string): Buffer {
  const [, encoded] = /const binaries = "([^"]+)"/.exec(page)!;
  const files = JSON.parse(decodeURIComponent(encoded)) as PageFile[];
  return Buffer.from(files.find(({ fileName }) => fileName === name)!.data.data);
}
