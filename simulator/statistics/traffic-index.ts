import { isInGroup, LINK_GROUPS } from '../appliance/link-groups';
import { decode } from '../packets/decode';
import type { Packet } from '../packets/packet';
import { addSums, seriesOf, type Counters, type Series, type Sums } from './counters';
import type { Dimension } from './dimensions';
import { FlowTable, type Connection } from './flows';
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
  private readonly slices = new Map<number, TimeSlice>();
  private readonly sizes = LINK_GROUPS.map(() => SIZE_CLASSES.map(() => 0));

  note(packet: Packet): void {
    const { timeUs, length } = packet;
    if (this.firstUs === undefined || timeUs < this.firstUs) this.firstUs = timeUs;
    if (this.lastUs === undefined || timeUs > this.lastUs) this.lastUs = timeUs;
    const flow = this.flows.note(decode(packet), timeUs);
    const second = Math.floor(timeUs / 1e6);
    this.sliceAt(second).add(second, flow, length);
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
}
