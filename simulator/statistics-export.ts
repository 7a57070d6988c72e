import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { LOGINS } from './http/request/access';

/** As a person sets it up at the appliance. Source: "Statistics Export via POST". */
export interface ExportOptions {
  /** Internal path of the statistic, e.g. `/API/stats/interfaces`. */
  path: string;
  /** Where its JSON is posted to. */
  target: string;
  intervalSeconds: number;
}

export interface StatisticsExport {
  /** Status of each delivery so far; 0 where nobody answered. */
  readonly statuses: number[];
  /** Sends once, now. */
  send(): Promise<number>;
  stop(): void;
}

const TIMEOUT_MS = 10_000;

/**
 * The appliance asks itself for the statistic, and posts the answer as it is. Which headers it sends
 * and whether it tries again is not known; here there is a content type, and no second try.
 */
export function startExport(
  ownUrl: string,
  { path, target, intervalSeconds }: ExportOptions,
): StatisticsExport {
  const statuses: number[] = [];
  const send = async (): Promise<number> => {
    const status = await deliver(`${ownUrl}${path}`, target).catch(() => 0);
    statuses.push(status);
    return status;
  };
  const timer = setInterval(() => void send(), intervalSeconds * 1000);
  timer.unref();
  return { statuses, send, stop: () => clearInterval(timer) };
}

async function deliver(source: string, target: string): Promise<number> {
  const [login] = [...LOGINS.keys()];
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const own = await call(source, { method: 'GET', headers: { Authorization: authorization } });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(own.body.length),
  };
  return (await call(target, { method: 'POST', headers }, own.body)).status;
}

function call(
  url: string,
  options: RequestOptions,
  body?: Buffer,
): Promise<{ status: number; body: Buffer }> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const full = { ...options, rejectUnauthorized: false, timeout: TIMEOUT_MS };
    const outgoing = request(url, full, (answer: IncomingMessage) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces) }),
      );
      answer.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
