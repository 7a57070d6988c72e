import { isInGroup } from '../appliance/link-groups';
import { count, type Counters, type Sums } from './counters';
import { visitItems, type Dimension } from './dimensions';
import type { Flow, Row } from './flows';

export const SLICE_SECONDS = 60;

/**
 * What was counted in a minute. Only the rows are kept, some twenty in a second; what a request asks
 * for is added up from them, and remembered where it may be asked for again.
 */
export class TimeSlice {
  private readonly rows: Row[][] = [];
  private readonly sums = new Map<string, Sums>();

  /** `first` is in seconds since 1970. */
  constructor(readonly first: number) {}

  add(second: number, flow: Flow, bytes: number): Row {
    if (this.sums.size > 0) this.sums.clear();
    if (flow.row?.second !== second) {
      flow.row = { second, flow, packets: 0, bytes: 0, payload: 0, resent: 0 };
      (this.rows[second - this.first] ??= []).push(flow.row);
    }
    flow.row.packets++;
    flow.row.bytes += bytes;
    return flow.row;
  }

  /** After a flow turned out to count for something else. */
  forgetSums(): void {
    this.sums.clear();
  }

  /** The sums of the whole slice. */
  sum(dimension: Dimension, group: number): Sums {
    const name = `${dimension} ${group}`;
    let sums = this.sums.get(name);
    if (!sums) {
      const made = new Map<string, Counters>();
      this.addTo(made, dimension, group, this.first, this.first + SLICE_SECONDS);
      sums = made;
      // Connections are many, and most of them are in one slice only.
      if (dimension !== 'connection') this.sums.set(name, sums);
    }
    return sums;
  }

  /** What was counted in `start <= second < end`. */
  *rowsIn(group: number, start: number, end: number): Generator<Row> {
    const last = Math.min(end, this.first + SLICE_SECONDS);
    for (let second = Math.max(this.first, Math.ceil(start)); second < last; second++) {
      for (const row of this.rows[second - this.first] ?? []) {
        if (isInGroup(row.flow.headers, group)) yield row;
      }
    }
  }

  /** Adds what is in `start <= second < end`. */
  addTo(
    sums: Map<string, Counters>,
    dimension: Dimension,
    group: number,
    start: number,
    end: number,
  ): void {
    for (const { flow, packets, bytes } of this.rowsIn(group, start, end)) {
      visitItems(flow, dimension, (key, direction) => count(sums, key, direction, packets, bytes));
    }
  }
}
