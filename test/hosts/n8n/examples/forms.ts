import { setTimeout as pause } from 'node:timers/promises';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

/** A published workflow, see `ExampleBench`. */
interface Endpoints {
  send(path: string, init: RequestInit): Promise<Response>;
}

/** Fills in a form as a browser does: fields are numbered, in the order of the form. */
export async function submit(
  published: Endpoints,
  path: string,
  fields: Array<string | File>,
): Promise<{ formWaitingUrl?: string }> {
  const body = new FormData();
  fields.forEach((value, index) => {
    if (typeof value === 'string') body.append(`field-${index}`, value);
    else body.append(`field-${index}`, value, value.name);
  });
  const response = await published.send(path, { method: 'POST', body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as { formWaitingUrl?: string };
}

const LIMIT_MS = 600_000;

/** Waits, as the form's page does, until the workflow has something to show; returns the page. */
export async function nextPage(waitingUrl: string): Promise<string> {
  const end = Date.now() + LIMIT_MS;
  const asking = new URL(waitingUrl);
  asking.pathname += '/n8n-execution-status';
  for (;;) {
    const status = await (await fetchOnce(asking)).text();
    if (status.includes('form-waiting')) {
      const page = await (await fetchOnce(waitingUrl)).text();
      // The last page sends this itself, so that the workflow can end.
      await fetchOnce(waitingUrl, { method: 'POST' });
      return page;
    }
    if (Date.now() > end) throw new Error(`The form still says "${status}".`);
    await pause(200);
  }
}

interface PageFile {
  data: { data: number[] };
}

/** The file that a script of the page hands to the browser, if there is one. */
export function fileIn(page: string): Buffer | undefined {
  const [, encoded] = /const binaries = "([^"]+)"/.exec(page) ?? [];
  if (encoded === undefined) return undefined;
  const [file] = JSON.parse(decodeURIComponent(encoded)) as PageFile[];
  return file && Buffer.from(file.data.data);
}
