import { PcapWalker } from '../../../../client/pcap';
import { TrafficCounter, type Traffic } from '../../../../client/pcap/content/traffic';
import {
  ethernet,
  ipv4,
  pcapAt,
  segmentFrame,
  UDP,
  udp,
  type SegmentRow,
  type Timed,
} from '../../../support/frame-fixtures';

export function analyse(frames: Timed[]): Traffic {
  const counter = new TrafficCounter(false);
  new PcapWalker({}, counter).write(pcapAt(frames));
  return counter.result(10);
}

export const CLIENT = '10.0.0.1';
export const SERVER = '10.0.0.2';

export function datagram(
  ms: number,
  from: string,
  to: string,
  ports: [number, number],
  payload: Buffer,
): Timed {
  const segment = udp(...ports, payload.length);
  payload.copy(segment, 8);
  return { ms, frame: ethernet(0x0800, ipv4(UDP, segment, { source: from, destination: to })) };
}

/** Payloads one after the other over one TCP connection, 1 ms apart. */
export function stream(rows: Array<['client' | 'server', Buffer | string]>, port = 443): Timed[] {
  const next = { client: 1, server: 1 };
  return rows.map(([from, content], index) => {
    const data = Buffer.from(content);
    const other = from === 'client' ? 'server' : 'client';
    const sequence = next[from];
    const row: SegmentRow = {
      ms: 0,
      from,
      flags: 'PA',
      sequence,
      acknowledgement: next[other],
      data,
    };
    next[from] += data.length;
    return { ms: index, frame: segmentFrame(row, port) };
  });
}
