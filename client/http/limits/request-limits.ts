import { Limiter } from './limiter';

/** How many requests may run at once, by kind. Whoever shares one of these keeps to it together. */
export class RequestLimits {
  readonly shortReads: Limiter;
  readonly longTransfers: Limiter;
  /** They last as long as a person asked for, so that others must not wait for them. */
  readonly liveCaptures: Limiter;
  readonly bulkReads: Limiter;

  constructor(maxConcurrentRequests: number) {
    this.shortReads = new Limiter(maxConcurrentRequests);
    this.longTransfers = new Limiter(maxConcurrentRequests);
    this.liveCaptures = new Limiter(maxConcurrentRequests);
    this.bulkReads = new Limiter(maxConcurrentRequests * 2);
  }

  get isIdle(): boolean {
    const { shortReads, longTransfers, liveCaptures, bulkReads } = this;
    return [shortReads, longTransfers, liveCaptures, bulkReads].every(({ isIdle }) => isIdle);
  }
}

/** Of all clients in this process, by appliance and login. */
const shared = new Map<string, RequestLimits>();
/** Beyond so many, those that nobody uses are forgotten: logins may come from expressions. */
const MAX_SHARED = 100;

/**
 * The limits that all clients in this process with the same key share.
 *
 * @param key appliance and login; should hold no secret as it is
 */
export function sharedLimits(key: string, maxConcurrentRequests: number): RequestLimits {
  const ownKey = `${maxConcurrentRequests} ${key}`;
  const known = shared.get(ownKey);
  if (known) return known;
  if (shared.size >= MAX_SHARED) {
    for (const [name, limits] of shared) if (limits.isIdle) shared.delete(name);
  }
  const limits = new RequestLimits(maxConcurrentRequests);
  shared.set(ownKey, limits);
  return limits;
}
