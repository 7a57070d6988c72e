import type { Incident } from './find-incidents';

/** What is remembered of an incident. Plain JSON. */
export interface Tracked {
  key: string;
  count: number;
  lastTime: string | null;
  hasEnded: boolean;
  /** Polls in a row without it. */
  missing: number;
  /** What an event about its end needs, when it is gone. */
  rule: string | null;
  severity: string | null;
  element: string | null;
  firstTime: string | null;
}

export type IncidentChange =
  | { event: 'new' | 'repeated'; incident: Incident; repetitions: number }
  | {
      event: 'ended';
      incident: Incident | Tracked;
      repetitions: number;
      endedBy: 'appliance' | 'gone';
    };

/** The appliance keeps 1000 incidents unless told otherwise, and drops the oldest. */
export const RETENTION = 1000;
/** A list that shifts between pages may lack one that is still there. */
const MISSING_POLLS = 2;

/**
 * Compares a list of incidents with what is remembered: what is new, repeated, ended. Each change is
 * told once. What has left a full list was dropped by the appliance, which is no end.
 *
 * @param limit how many may be remembered, though never less than are listed: one that is listed and
 *   not remembered would be new at each poll
 */
export function track(
  tracked: readonly Tracked[],
  incidents: readonly Incident[],
  limit: number,
): { tracked: Tracked[]; changes: IncidentChange[] } {
  const known = new Map(tracked.map((one) => [one.key, one]));
  const listed = new Map<string, Incident>();
  for (const incident of incidents) listed.set(incident.key, merged(listed, incident));
  const changes = [...listed.values()].flatMap((incident) =>
    changesOf(known.get(incident.key), incident),
  );
  const next = [...listed.values()].map((incident) => toTracked(incident, known.get(incident.key)));
  for (const one of tracked) {
    if (listed.has(one.key)) continue;
    const missing = one.missing + 1;
    if (missing < MISSING_POLLS) next.push({ ...one, missing });
    else if (!one.hasEnded && listed.size < RETENTION) {
      changes.push({ event: 'ended', incident: one, repetitions: 0, endedBy: 'gone' });
    }
  }
  return { tracked: next.slice(0, Math.max(limit, listed.size)), changes: changes.sort(byTime) };
}

/** The same incident twice in a list, as when pages shift: the later one. */
function merged(listed: Map<string, Incident>, incident: Incident): Incident {
  const other = listed.get(incident.key);
  return other && other.count > incident.count ? other : incident;
}

function changesOf(known: Tracked | undefined, incident: Incident): IncidentChange[] {
  const changes: IncidentChange[] = [];
  const repetitions = incident.count - (known?.count ?? incident.count);
  if (!known) changes.push({ event: 'new', incident, repetitions: 0 });
  else if (repetitions > 0 || isReopened(known, incident)) {
    changes.push({ event: 'repeated', incident, repetitions: Math.max(1, repetitions) });
  }
  if (incident.hasEnded && !known?.hasEnded) {
    changes.push({ event: 'ended', incident, repetitions: 0, endedBy: 'appliance' });
  }
  return changes;
}

/** Began again after its end, without a count that tells. */
function isReopened(known: Tracked, incident: Incident): boolean {
  return known.hasEnded && !incident.hasEnded;
}

function toTracked(incident: Incident, known: Tracked | undefined): Tracked {
  const { key, count, lastTime, hasEnded, rule, severity, element, firstTime } = incident;
  return {
    key,
    // A page that was read before another may tell an older count.
    count: Math.max(count, known?.count ?? 0),
    lastTime,
    hasEnded,
    missing: 0,
    rule,
    severity,
    element,
    firstTime,
  };
}

function byTime(a: IncidentChange, b: IncidentChange): number {
  return (a.incident.lastTime ?? '').localeCompare(b.incident.lastTime ?? '');
}
