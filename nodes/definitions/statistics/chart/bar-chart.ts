import { drawEmpty, drawFrame, LABEL_SIZE, type ChartOptions } from './frame';
import type { Pixels } from './png';
import { drawText, fitText, textWidth } from './text';
import { ticksUpTo, withPrefix } from './units';

export interface Bar {
  label: string;
  /** A second line in small, such as the address of a name. */
  detail?: string;
  /** One value for each entry of the legend; drawn end to end. */
  values: readonly number[];
}

const LONGEST_LABEL = 0.34;
const DETAIL_SIZE = 10.5;
const AXIS_HEIGHT = 22;
const LABEL_GAP = 12;
const THICKEST_BAR = 26;

/** Horizontal bars, the longest first: names of any length stand beside them. */
export function drawBarChart(
  options: ChartOptions,
  legend: readonly string[],
  bars: readonly Bar[],
  unit: string,
): Pixels {
  const frame = drawFrame(options, bars.length === 0 ? [] : legend);
  const { canvas, theme, box } = frame;
  if (bars.length === 0) {
    drawEmpty(frame, 'No traffic in this interval');
    return canvas.pixels;
  }
  const totals = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const figures = totals.map((total) => withPrefix(total, unit));
  const slot = (box.bottom - AXIS_HEIGHT - box.top) / bars.length;
  const hasRoom = slot >= 34;
  const labelWidth = Math.min(
    (box.right - box.left) * LONGEST_LABEL,
    Math.max(
      ...bars.map(({ label, detail }) =>
        Math.max(
          textWidth(label, LABEL_SIZE),
          hasRoom && detail ? textWidth(detail, DETAIL_SIZE) : 0,
        ),
      ),
    ),
  );
  const left = Math.round(box.left + labelWidth + LABEL_GAP);
  const figureWidth = Math.max(...figures.map((text) => textWidth(text, LABEL_SIZE))) + 8;
  const room = box.right - figureWidth - left;
  const ticks = ticksUpTo(Math.max(...totals), Math.max(2, Math.floor(room / 110)), unit);
  // The longest bar ends where the room does; what is beyond it needs no line.
  const top = Math.max(...totals) || 1;
  const x = (value: number) => left + (value / top) * room;
  const floor = Math.round(box.bottom - AXIS_HEIGHT);
  ticks.values.forEach((value, index) => {
    if (value > top) return;
    canvas.rule(x(value), box.top, floor - box.top, true, theme.grid);
    drawText(canvas, x(value), box.bottom - 4, ticks.labels[index], {
      size: 11,
      color: theme.muted,
      align: 'middle',
    });
  });
  bars.forEach(({ label, detail, values }, index) => {
    const middle = box.top + slot * (index + 0.5);
    const thickness = Math.min(THICKEST_BAR, slot * 0.64);
    let start = x(0);
    let sum = 0;
    values.forEach((value, part) => {
      sum += value;
      const end = x(sum);
      if (value > 0) {
        const color = theme.series[part % theme.series.length];
        canvas.rectangle(start, middle - thickness / 2, end - start, thickness, color);
      }
      start = end;
    });
    // A line behind the figure would be read as part of it.
    const width = textWidth(figures[index], LABEL_SIZE) + 6;
    canvas.rectangle(start + 5, middle - 9, width, 18, theme.background);
    drawText(canvas, start + 8, middle + 4.3, figures[index], {
      size: LABEL_SIZE,
      color: theme.text,
    });
    const isDouble = hasRoom && detail !== undefined;
    drawText(
      canvas,
      left - LABEL_GAP,
      middle + (isDouble ? -1.5 : 4.3),
      fitText(label, LABEL_SIZE, labelWidth),
      {
        size: LABEL_SIZE,
        color: theme.text,
        align: 'right',
      },
    );
    if (isDouble) {
      drawText(canvas, left - LABEL_GAP, middle + 12.5, fitText(detail, DETAIL_SIZE, labelWidth), {
        size: DETAIL_SIZE,
        color: theme.muted,
        align: 'right',
      });
    }
  });
  return canvas.pixels;
}
