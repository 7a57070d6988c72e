import { AllegroError, type CallOptions } from '../../../client';
import type { RunContext } from '../model/run-context';
import { defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD, readAddress } from '../fields/address';
import { readStatisticsPath } from '../statistics/statistics-path';
import { findList, readIncident, type Incident } from './incidents/find-incidents';
import { RETENTION, track, type IncidentChange, type Tracked } from './incidents/track';
import { expressionFor, kindOfElement } from '../statistics/element-expression';
import { continueState, subjectOf } from './trigger-state';
import { definePollTrigger, type TriggerEvent, type TriggerState } from './trigger';
import { toNumber } from '../../../client/values/loose-value';
import { countText } from '../../../client/values/amount-text';
import { say } from '../../../client/values/sentence';
import { capitalized, oneLine } from '../../../client/values/text';
import { eventText, named } from './event-text';

interface IncidentsState extends TriggerState {
  version: 1;
  incidents: Tracked[];
}

const STATE_VERSION = 1;
const DEFAULT_PATH = 'API/stats/modules/global_incidents';
/** Source: "List queries", parameter `count`. */
const PAGE_SIZE = 100;
const MAX_PAGES = 50;
/** Enough for all that are read, and for those that may come back. */
const MAX_REMEMBERED = PAGE_SIZE * MAX_PAGES + RETENTION;
const PREVIEWED = 3;

const FIELDS = defineFields([
  {
    name: 'reportRepeated',
    label: 'Report Repetitions',
    type: 'boolean',
    default: false,
    description: 'Whether to report when a known incident happens again',
  },
  {
    name: 'reportEnded',
    label: 'Report the End',
    type: 'boolean',
    default: false,
    description: 'Whether to report when an incident ends',
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'path',
    label: 'Path',
    type: 'text',
    default: DEFAULT_PATH,
    placeholder: 'e.g. API/stats/incidentReporting',
    description: 'Path of the list of incidents, below API/stats or API/system',
    required: true,
    choices: 'statisticsPaths',
    advanced: true,
  },
]);
type Values = ValuesOf<typeof FIELDS>;

/** Tells when the appliance reports an incident. */
export const incidentsTrigger = definePollTrigger({
  kind: 'poll',
  name: 'incidentsTrigger',
  label: 'Incidents Trigger',
  action: 'On an incident',
  description:
    'Starts when a rule of the appliance reports a new incident, and optionally when one repeats or ends',
  details: [
    'The rules in the web interface of the appliance decide what is an incident; nearly all of them are off by default.',
    'The vendor documents this path, but not what it returns. The node looks for a list and takes ID, rule, severity, message and times from likely properties; each event also holds the incident as the appliance sent it.',
    'All incidents of the first poll are treated as known. A new one is reported once; it repeats when its count grows, and ends when the appliance says so or when it is missing in two polls.',
    'A poll reads the first 5,000 incidents; the log says if there are more.',
  ],
  permission: 'Read access to statistics',
  source: 'Query available URIs with OPTIONS; List queries',
  warnings: [
    {
      text: 'Experimental: the vendor does not document what this statistic returns. Check that it works with your firmware.',
    },
  ],
  isExperimental: true,
  fields: FIELDS,
  messageProperties: { alertTime: 'alertTime', expression: 'expression', device: 'mmId' },
  sampleOutput: {
    event: 'new',
    text: 'New incident "High traffic of an IP" (medium) of 10.1.2.3: 10.1.2.3 sent more than 100 Mbit/s. Appliance allegro-mm-1a2b, 2026-11-23 15:49:10 UTC.',
    rule: 'High traffic of an IP',
    severity: 'medium',
    message: '10.1.2.3 sent more than 100 Mbit/s',
    element: '10.1.2.3',
    count: 1,
    repetitions: 0,
    firstTime: '2026-11-23T15:49:10.000Z',
    lastTime: '2026-11-23T15:49:10.000Z',
    alertTime: '2026-11-23T15:49:10.000Z',
    expression: 'ip==10.1.2.3',
    incident: { id: 17, ruleName: 'High traffic of an IP', severity: 'medium' },
    device: 'https://allegro-mm-1a2b',
    mmId: null,
    eventId: 'https://allegro-mm-1a2b|||/API/stats/modules/global_incidents|17|new|1',
    dedupKey: 'https://allegro-mm-1a2b|||/API/stats/modules/global_incidents|17',
  },

  async poll(context, values, previous) {
    const { path, subject, options } = settingsOf(context, values);
    const known = continueState<IncidentsState>(previous, STATE_VERSION, subject, ({ incidents }) =>
      Array.isArray(incidents),
    );
    const incidents = await readIncidents(context, path, options);
    const { tracked, changes } = track(known?.incidents ?? [], incidents, MAX_REMEMBERED);
    const reported = ({ event }: IncidentChange) =>
      event === 'new' || (event === 'repeated' ? values.reportRepeated : values.reportEnded);
    const events = known
      ? changes.filter(reported).map((one) => toEvent(context, subject, one, values))
      : [];
    return {
      state: { version: STATE_VERSION, subject, incidents: tracked },
      events,
      summary: {
        watched: incidents.length,
        active: incidents.filter(({ hasEnded }) => !hasEnded).length,
      },
    };
  },

  async preview(context, values) {
    const { path, subject, options } = settingsOf(context, values);
    const incidents = await readIncidents(context, path, options);
    return incidents
      .slice(0, PREVIEWED)
      .map((incident) =>
        toEvent(context, subject, { event: 'preview', incident, repetitions: 0 }, values),
      );
  },
});

function settingsOf({ client, signal }: RunContext, values: Values) {
  const { path, query } = readStatisticsPath(values.path, {
    field: 'path',
    roots: ['stats', 'system'],
  });
  const address = readAddress(values);
  const options: CallOptions = { signal, address };
  return { path: { path, query }, subject: subjectOf(client.baseUrl, address, path), options };
}

/** Reads all pages where the answer has pages; asked for as other lists are. */
async function readIncidents(
  context: RunContext,
  { path, query }: { path: string; query: Record<string, string> },
  options: CallOptions,
): Promise<Incident[]> {
  const items: Array<Record<string, unknown>> = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await context.client.get(path, { page, count: PAGE_SIZE, ...query }, options);
    const list = findList(answer);
    if (!list) throw noListError(context, path);
    items.push(...list);
    const pages = toNumber((answer as { numberOfPages?: unknown } | null)?.numberOfPages) ?? 1;
    if (page + 1 >= pages || list.length === 0) return items.map(readIncident);
  }
  context.log.warn(
    say`The appliance lists more incidents than the ${items.length} that a poll reads: new ones may be missed, and known ones reported again. Reduce the number that the appliance keeps.`,
  );
  return items.map(readIncident);
}

function noListError({ client }: RunContext, path: string): AllegroError {
  return new AllegroError({
    kind: 'badAnswer',
    what: say`The response holds no list of incidents.`,
    advice: say`Check the response with Get Stats, and enter the path that holds the list.`,
    device: client.baseUrl,
    method: 'GET',
    path,
  });
}

type ReportedChange =
  IncidentChange | { event: 'preview'; incident: Incident; repetitions: number };

function toEvent(
  { client }: RunContext,
  subject: string,
  change: ReportedChange,
  values: Values,
): TriggerEvent {
  const { event, incident, repetitions } = change;
  const { key, rule, severity, element, count, firstTime, lastTime } = incident;
  const dedupKey = `${subject}|${key}`;
  const { text: message = null, raw = null } = incident as Partial<Incident>;
  // Where the appliance tells no time, that of this poll is the closest.
  const alertTime = lastTime ?? firstTime ?? new Date(client.now()).toISOString();
  const address = readAddress(values);
  return {
    event,
    text: eventText(incidentText(change), {
      ...{ event, device: client.baseUrl, address, alertTime },
    }),
    rule,
    severity,
    message,
    element,
    count,
    repetitions,
    ...('endedBy' in change ? { endedBy: change.endedBy } : {}),
    firstTime,
    lastTime,
    alertTime,
    expression: element === null ? null : expressionFor(kindOfElement(element), element),
    incident: raw,
    device: client.baseUrl,
    mmId: address.mmId ?? null,
    eventId: [dedupKey, event, count, ...(event === 'ended' ? [lastTime] : [])].join('|'),
    dedupKey,
  };
}

/** As `New incident "High traffic of an IP" (medium) of 10.1.2.3: 10.1.2.3 sent …` */
function incidentText({ event, incident, repetitions }: ReportedChange): string {
  const { rule, severity, element } = incident;
  const message = oneLine(('text' in incident && incident.text) || '', 500);
  const name = rule === null ? 'incident' : `incident "${oneLine(rule)}"`;
  const who = element === null ? '' : ` of ${oneLine(element)}`;
  const how = {
    new: `new ${name}`,
    repeated: `repeated ${countText(repetitions, 'time')}: ${name}`,
    ended: `ended: ${name}`,
    preview: name,
  }[event];
  const said = message === '' ? '.' : `: ${message.replace(/[.!]?$/, '.')}`;
  return `${capitalized(named(how, severity))}${who}${said}`;
}
