import { durationText, sizeText, utcText } from '../../../../client/values/amount-text';
import type { Interval } from '../interval';
import type { HostProfile } from './read-profile';
import { portsText } from '../ports-text';
import { asText, oneLine } from '../../../../client/values/text';

/** So many of each are named; the rest is in the data. */
const NAMED = 3;

/** One to five lines that a person reads in a chat or a ticket. */
export function profileText(profile: HostProfile, interval: Interval | undefined): string {
  const { ip, name, macs, macVendor, traffic, peers, protocols, failed } = profile;
  const when = interval ? `in ${durationText(interval.seconds)}` : 'since the appliance started';
  if (profile.seen === null) return `${ip}: could not be read. ${failed[0]?.message ?? ''}`;
  if (!profile.seen) return `${ip}: not seen by the appliance, or no longer remembered.`;
  const known = [name, macs[0], macVendor]
    .filter(Boolean)
    .map((one) => oneLine(one!))
    .join(', ');
  const who = known ? `${ip} (${known})` : ip;
  const moved = traffic
    ? `received ${sizeText(traffic.rxBytes)} and transmitted ${sizeText(traffic.txBytes)} ${when}`
    : 'traffic not reported';
  const lines = [
    `${who}: ${moved}.`,
    listLine('Peers', peers, peerText),
    listLine(
      'Protocols',
      protocols,
      (one) => `${oneLine(asText(one.protocol ?? '?'))} ${one.sharePercent} %`,
    ),
    portsText(profile.offersPorts, profile.usesPorts),
    failed.length > 0 ? `Not read: ${failed.map(({ part }) => part).join(', ')}.` : '',
  ];
  return lines.filter(Boolean).join('\n');
}

function listLine<T>(title: string, all: readonly T[], say: (one: T) => string): string {
  return all.length > 0 ? `${title}: ${all.slice(0, NAMED).map(say).join(', ')}.` : '';
}

function peerText(peer: HostProfile['peers'][number]): string {
  const { ip, name, totalBytes, since, lastActivity } = peer;
  const who = name === undefined ? asText(ip) : `${oneLine(name)} ${asText(ip)}`;
  const when = since && lastActivity ? `, ${periodText(since, lastActivity)}` : '';
  return `${who} (${sizeText(totalBytes)}${when})`;
}

/** Of two ISO times, as `2026-11-23 14:51:02 to 15:49:10 UTC`. */
function periodText(from: string, to: string): string {
  const [start, end] = [from, to].map(utcText);
  const isOneDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start.slice(0, 19)} to ${isOneDay ? end.slice(11) : end}`;
}
