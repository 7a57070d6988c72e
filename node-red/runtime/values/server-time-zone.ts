/**
 * IANA name of the zone in which people read times here: that of the machine, or of `TZ`. UTC, in
 * which the clock then counts, where `TZ` is empty or names no zone: the system's answer is nothing
 * or `Etc/Unknown`, which is not a valid zone.
 */
export function serverTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string };
  return timeZone === undefined || timeZone === 'Etc/Unknown' ? 'UTC' : timeZone;
}
