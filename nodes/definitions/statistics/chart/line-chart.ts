import type { Point } from './canvas';
import { drawEmpty, drawFrame, LABEL_SIZE, type ChartOptions } from './frame';
import type { Pixels } from './png';
import { drawText, textWidth } from './text';
import { timeTicks } from './time-axis';
import { ticksUpTo } from './units';

export interface Line {
  name: string;
  /** Milliseconds since 1970-01-01 UTC and the value, in the order of time. */
  points: ReadonlyArray<readonly [at: number, value: number]>;
}

const AXIS_HEIGHT = 24;
const ROW = 46;
const LINE_WIDTH = 1.8;

/** Lines over time. A single one has its area filled. */
export function drawLineChart(
  options: ChartOptions,
  lines: readonly Line[],
  unit: string,
  { from, to, zone }: { from: number; to: number; zone: string },
): Pixels {
  const full = lines.filter(({ points }) => points.length > 0);
  const frame = drawFrame(
    options,
    full.map(({ name }) => name),
  );
  const { canvas, theme, box } = frame;
  if (full.length === 0) {
    drawEmpty(frame, 'The appliance has no history for this interval');
    return canvas.pixels;
  }
  const floor = Math.round(box.bottom - AXIS_HEIGHT);
  const ceiling = box.top + 6;
  const highest = Math.max(...full.flatMap(({ points }) => points.map(([, value]) => value)));
  const ticks = ticksUpTo(highest, Math.max(2, Math.floor((floor - ceiling) / ROW)), unit);
  const top = ticks.values.at(-1)!;
  const labelWidth = Math.max(...ticks.labels.map((label) => textWidth(label, LABEL_SIZE)));
  const left = Math.round(box.left + labelWidth + 12);
  const x = (at: number) => left + ((at - from) / (to - from)) * (box.right - left);
  const y = (value: number) => floor - (value / top) * (floor - ceiling);
  ticks.values.forEach((value, index) => {
    canvas.rule(left, y(value), box.right - left, false, theme.grid);
    drawText(canvas, left - 12, y(value) + 4.3, ticks.labels[index], {
      size: LABEL_SIZE,
      color: theme.muted,
      align: 'right',
    });
  });
  const most = Math.max(2, Math.floor((box.right - left) / 84));
  for (const { at, label } of timeTicks(from, to, most, zone)) {
    canvas.rule(x(at), floor, 5, true, theme.muted);
    const half = textWidth(label, LABEL_SIZE) / 2;
    // At the ends a label moves inwards rather than out of the picture.
    const middle = Math.min(Math.max(x(at), box.left + half), box.right - half);
    drawText(canvas, middle, box.bottom - 2, label, {
      size: LABEL_SIZE,
      color: theme.muted,
      align: 'middle',
    });
  }
  full.forEach(({ points }, index) => {
    const color = theme.series[index % theme.series.length];
    const path = points
      .filter(([at]) => at >= from && at <= to)
      .map(([at, value]): Point => [x(at), y(Math.max(0, value))]);
    if (full.length === 1) canvas.areaBelow(path, floor, color, 0.14);
    canvas.stroke([path], path.length === 1 ? 5 : LINE_WIDTH, color);
  });
  canvas.rule(left, floor, box.right - left, false, theme.muted);
  return canvas.pixels;
}
