/** IANA name of the zone in which people read times here: that of the machine, or of `TZ`. */
export function serverTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
