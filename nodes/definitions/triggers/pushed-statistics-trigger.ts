import { AllegroError } from '../../../client';
import { nameCounters } from '../../../client/values/counters';
import { parseInstant } from '../../../client/values/instant';
import { readStatisticsPath } from '../statistics/statistics-path';
import { shortHash } from './short-hash';
import { eventText } from './event-text';
import { definePushTrigger } from './trigger';
import { say, type Sentence } from '../../../client/values/sentence';

/** Takes what the appliance's "Statistics export via POST" sends. */
export const pushedStatisticsTrigger = definePushTrigger({
  kind: 'push',
  name: 'pushedStatisticsTrigger',
  label: 'Pushed Statistics Trigger',
  action: 'On statistics pushed by the appliance',
  description: 'Starts when the appliance pushes statistics with its "Statistics export via POST"',
  details: [
    'On the appliance, open Settings → Remote access & export → Statistics export. Enter the interval, the internal path of the statistic, such as /API/stats/interfaces, and the URL of this trigger with its secret.',
    'The appliance sends no login, so the secret in the URL authenticates it: as "?secret=..." or as the last part of the path. A proxy can send it as the header X-Allegro-Secret. Use HTTPS on networks that are not yours.',
    'A delivery names neither path nor device. Use one trigger for each export, and enter them in its fields.',
    'The appliance does not send again: what it pushes while this host is down is lost. Where that matters, use a trigger that polls.',
  ],
  permission: 'None for this trigger. An administrator of the appliance has to set up the export',
  source: 'Statistics Export via POST (vendor wiki)',
  fields: [
    {
      name: 'statistic',
      label: 'Exported Path',
      type: 'text',
      default: '',
      placeholder: 'e.g. API/stats/interfaces',
      description: 'Internal path as entered on the appliance. It becomes part of the event',
    },
    {
      name: 'sender',
      label: 'Appliance Name',
      type: 'text',
      default: '',
      placeholder: 'e.g. allegro-mm-1a2b',
      description: 'Name to put into the event, because the appliance does not send one',
    },
    {
      name: 'historyData',
      label: 'History Data',
      type: 'boolean',
      default: false,
      description: 'Whether to keep the data points of graphs, which can be many',
      advanced: true,
    },
    {
      name: 'rawCounters',
      label: 'Raw Counters',
      type: 'boolean',
      default: false,
      description: 'Whether to return counters as the arrays that the appliance sends',
      advanced: true,
    },
  ],
  messageProperties: { alertTime: 'alertTime' },
  sampleOutput: {
    event: 'pushed',
    text: 'Statistic /API/stats/interfaces was pushed. Appliance allegro-mm-1a2b, 2026-11-23 15:50:00 UTC.',
    statistic: '/API/stats/interfaces',
    device: 'allegro-mm-1a2b',
    alertTime: '2026-11-23T15:50:00.000Z',
    receivedAt: '2026-11-23T15:50:00.120Z',
    eventId: 'allegro-mm-1a2b|/API/stats/interfaces|2026-11-23T15:50:00.000Z|1q2w3e',
    statistics: {
      timestampNs: 1795449000000000000,
      interfaces: [{ name: 'Interface 1', linkDetected: true }],
    },
  },

  receive(_context, values, { headers, body, receivedAt }) {
    const typed = values.statistic;
    const statistic = typed === '' ? null : readStatisticsPath(typed, { field: 'statistic' }).path;
    const device = values.sender || null;
    refuseForm(headers['content-type'] ?? '', statistic);
    const answer = parse(body, statistic);
    const kept = values.historyData ? answer : withoutHistory(answer);
    const named = values.rawCounters ? kept : nameCounters(kept, statistic ?? '');
    const time = timeOf(answer) ?? new Date(receivedAt).toISOString();
    const hash = shortHash(JSON.stringify(answer));
    return [
      {
        event: 'pushed',
        text: eventText(
          statistic === null ? 'A statistic was pushed.' : `Statistic ${statistic} was pushed.`,
          { event: 'pushed', device, alertTime: time },
        ),
        statistic,
        device,
        alertTime: time,
        receivedAt: new Date(receivedAt).toISOString(),
        eventId: [device ?? '', statistic ?? '', time, hash].join('|'),
        statistics: named,
      },
    ];
  },
});

/** Web servers take a form apart before anybody sees it, and JSON within is mangled by then. */
function refuseForm(contentType: string, path: string | null): void {
  if (!/^\s*(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(contentType)) return;
  throw badDelivery(
    say`The delivery is a form, not JSON.`,
    say`Send it with the header "Content-Type: application/json".`,
    path,
  );
}

/** Of other content types JSON is taken, whatever it is called. */
function parse(body: unknown, path: string | null): object {
  const answer = typeof body === 'string' ? parseText(body) : body;
  const advice = say`Check the internal path of the statistics export at the appliance.`;
  // Some web servers make an empty object of an empty body.
  if (body === undefined || body === '' || isEmptyObject(answer)) {
    throw badDelivery(say`The delivery is empty.`, advice, path);
  }
  if (typeof answer === 'object' && answer !== null) return answer;
  throw badDelivery(say`The delivery is not the JSON of a statistic.`, advice, path);
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 0 &&
    !Array.isArray(value)
  );
}

function badDelivery(what: Sentence, advice: Sentence, path: string | null): AllegroError {
  const kind = 'badAnswer';
  return new AllegroError({
    kind,
    what,
    advice,
    method: 'POST',
    ...(path === null ? {} : { path }),
  });
}

function parseText(text: string): unknown {
  try {
    // Some writers begin with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function withoutHistory(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHistory);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'history')
      .map(([name, inner]) => [name, withoutHistory(inner)]),
  );
}

/** The appliance's own time, where the statistic tells it. Source: `timestampNs` was seen. */
function timeOf(answer: object): string | undefined {
  const { timestampNs, currentTime } = answer as Record<string, unknown>;
  try {
    return new Date(parseInstant(timestampNs ?? currentTime, 'time') / 1000).toISOString();
  } catch {
    return undefined;
  }
}
