/** An incident as the simulated appliance keeps it. **The shape is invented**: none is documented. */
export interface Incident {
  id: number;
  ruleName: string;
  severity: 'low' | 'medium' | 'high';
  text: string;
  ip?: string;
  /** Milliseconds since 1970. */
  firstTime: number;
  lastTime: number;
  count: number;
  active: boolean;
}

/** Source: the vendor's page "Incidents": 1000 are kept, the oldest are dropped. */
const RETENTION = 1000;

/** What the rules of the appliance have reported. Tests report by hand. */
export class Incidents {
  readonly list: Incident[] = [];
  private lastId = 0;

  constructor(private readonly nowUs: () => number) {}

  /** A new incident. */
  report(facts: Partial<Omit<Incident, 'id'>> = {}): Incident {
    const now = Math.floor(this.nowUs() / 1000);
    const incident: Incident = {
      id: ++this.lastId,
      ruleName: 'High traffic of an IP',
      severity: 'medium',
      text: 'An IP address exceeded its limit',
      firstTime: now,
      lastTime: now,
      count: 1,
      active: true,
      ...facts,
    };
    this.list.push(incident);
    if (this.list.length > RETENTION) this.list.shift();
    return incident;
  }

  /** The same happens again: one incident, one more repetition. */
  repeat(incident: Incident): void {
    incident.count++;
    incident.lastTime = Math.floor(this.nowUs() / 1000);
    incident.active = true;
  }

  end(incident: Incident): void {
    incident.active = false;
    incident.lastTime = Math.floor(this.nowUs() / 1000);
  }

  clear(): void {
    this.list.length = 0;
  }
}
