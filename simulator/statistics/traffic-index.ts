import { isInGroup, LINK_GROUPS } from '../appliance/link-groups';
import { decode } from '../packets/decode';
import type { Decoded, Packet } from '../packets/packet';
import { addSums, seriesOf, type Counters, type Series, type Sums } from './counters';
import { visitItems, type Dimension } from './dimensions';
import { FlowTable, type Connection, type Flow, type Row } from './flows';
import { ServiceLog, type Services } from './service-log';
import { SLICE_SECONDS, TimeSlice } from './time-slice';

/** Upper bounds of the classes of packet sizes, in bytes; the last class has none. */
const SIZE_CLASSES = [63, 64, 127, 255, 511, 1023, 1518, 1522, Infinity];

/** Everything that the statistics tell, counted packet by packet. */
export class TrafficIndex {
  firstUs: number | undefined;
  lastUs: number | undefined;
  private readonly flows = new FlowTable(() => {
    for (const slice of this.slices.values()) slice.forgetSums();
  });
  private readonly services = new ServiceLog();
  private readonly slices = new Map<number, TimeSlice>();
  private readonly sizes = LINK_GROUPS.map(() => SIZE_CLASSES.map(() => 0));

  note(packet: Packet): void {
    const { timeUs, length } = packet;
    if (this.firstUs === undefined || timeUs < this.firstUs) this.firstUs = timeUs;
    if (this.lastUs === undefined || timeUs > this.lastUs) this.lastUs = timeUs;
    const decoded = decode(packet);
    const flow = this.flows.note(decoded, timeUs);
    this.services.note(decoded, flow, timeUs);
    const second = Math.floor(timeUs / 1e6);
    countPayload(decoded, flow, this.sliceAt(second).add(second, flow, length));
    const size = SIZE_CLASSES.findIndex((largest) => length <= largest);
    for (const { id } of LINK_GROUPS) if (isInGroup(flow.headers, id)) this.sizes[id][size]++;
  }

  /** What is seen of one virtual link group; undefined for one that is not there. */
  group(id: number): TrafficView | undefined {
    if (id >= LINK_GROUPS.length) return undefined;
    const { connections, macOfIp } = this.flows;
    return {
      macOfIp,
      packetSizes: this.sizes[id],
      connections: () =>
        connections.filter(({ flows }) => flows.some(({ headers }) => isInGroup(headers, id))),
      series: (dimension) => seriesOf((start, end) => this.sum(dimension, id, start, end)),
      tcpData: (start, end) => this.tcpData(id, start, end),
      services: (start, end) =>
        this.services.filter(
          ({ second, headers }) => start <= second && second < end && isInGroup(headers, id),
        ),
    };
  }

  private sliceAt(second: number): TimeSlice {
    const first = Math.floor(second / SLICE_SECONDS) * SLICE_SECONDS;
    let slice = this.slices.get(first);
    if (!slice) {
      slice = new TimeSlice(first);
      this.slices.set(first, slice);
    }
    return slice;
  }

  private tcpData(group: number, start: number, end: number): Map<string, TcpData> {
    const found = new Map<string, TcpData>();
    for (const slice of this.slices.values()) {
      if (slice.first + SLICE_SECONDS <= start || slice.first >= end) continue;
      for (const { flow, payload, resent } of slice.rowsIn(group, start, end)) {
        if (payload === 0) continue;
        visitItems(flow, 'ip', (ip, direction) => {
          const data = found.get(ip) ?? { ...NO_TCP_DATA };
          data[`${direction}payload`] += payload;
          data[`${direction}retrans`] += resent;
          found.set(ip, data);
        });
      }
    }
    return found;
  }

  private sum(dimension: Dimension, group: number, start: number, end: number): Sums {
    const sums = new Map<string, Counters>();
    for (const slice of this.slices.values()) {
      const last = slice.first + SLICE_SECONDS;
      if (start <= slice.first && last <= end) addSums(sums, slice.sum(dimension, group));
      else if (start < last && slice.first < end) {
        slice.addTo(sums, dimension, group, start, end);
      }
    }
    return sums;
  }
}

/** Bytes above TCP, and how many of them were sent again. Named as the sort keys of `ipsTCPData`. */
export interface TcpData {
  txpayload: number;
  txretrans: number;
  rxpayload: number;
  rxretrans: number;
}

const NO_TCP_DATA: TcpData = { txpayload: 0, txretrans: 0, rxpayload: 0, rxretrans: 0 };

/** Data that ends before what is due was sent before. */
function countPayload({ sequence, payloadLength = 0 }: Decoded, flow: Flow, row: Row): void {
  if (sequence === undefined || payloadLength === 0) return;
  const end = (sequence + payloadLength) >>> 0;
  row.payload += payloadLength;
  if (flow.nextSequence !== undefined && ((end - flow.nextSequence) | 0) <= 0) {
    row.resent += payloadLength;
  } else flow.nextSequence = end;
}

/** The statistics of one virtual link group. */
export interface TrafficView {
  /** The MAC address of each IP, as last seen. */
  readonly macOfIp: ReadonlyMap<string, string>;
  /** Packets of each class of sizes. */
  readonly packetSizes: readonly number[];
  /** In the order of their beginning. */
  connections(): Connection[];
  /** All items of a dimension with their counters, as of now. */
  series(dimension: Dimension): Map<string, Series>;
  /** Of each IP that has TCP with payload, from `start` up to, but without, `end`. */
  tcpData(start: number, end: number): Map<string, TcpData>;
  /** What services were asked, likewise. */
  services(start: number, end: number): Services;
}
