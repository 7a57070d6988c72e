import { drawEmpty, drawFrame, LABEL_SIZE, type ChartOptions, type Frame } from './frame';
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

export const NO_TRAFFIC = 'No traffic in this interval';

const LONGEST_LABEL = 0.34;
const DETAIL_SIZE = 10.5;
const AXIS_HEIGHT = 22;
const LABEL_GAP = 12;
const THICKEST_BAR = 26;

/**
 * Horizontal bars, the longest first: names of any length stand beside them.
 *
 * @param ifEmpty what is written where there are none
 */
export function drawBarChart(
  options: ChartOptions,
  legend: readonly string[],
  bars: readonly Bar[],
  unit: string,
  ifEmpty = NO_TRAFFIC,
): Pixels {
  const frame = drawFrame(options, bars.length === 0 ? [] : legend);
  const { canvas } = frame;
  if (bars.length === 0) {
    drawEmpty(frame, ifEmpty);
    return canvas.pixels;
  }
  const totals = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const figures = totals.map((total) => withPrefix(total, unit));
  const layout = layOut(frame, bars, totals, figures);
  drawGrid(frame, layout, unit);
  bars.forEach((bar, index) => drawBar(frame, layout, bar, index, figures[index]));
  return canvas.pixels;
}

interface Layout {
  /** Height of a bar with the space around it. */
  slot: number;
  hasDetails: boolean;
  labelWidth: number;
  /** Where the bars begin, and how long the longest is. */
  left: number;
  length: number;
  highest: number;
  x(value: number): number;
}

function layOut(
  { box }: Frame,
  bars: readonly Bar[],
  totals: readonly number[],
  figures: readonly string[],
): Layout {
  const slot = (box.bottom - AXIS_HEIGHT - box.top) / bars.length;
  const hasDetails = slot >= 34;
  const widthOf = ({ label, detail }: Bar) =>
    Math.max(
      textWidth(label, LABEL_SIZE),
      hasDetails && detail ? textWidth(detail, DETAIL_SIZE) : 0,
    );
  const labelWidth = Math.min(
    (box.right - box.left) * LONGEST_LABEL,
    Math.max(...bars.map(widthOf)),
  );
  const left = Math.round(box.left + labelWidth + LABEL_GAP);
  const figureWidth = Math.max(...figures.map((text) => textWidth(text, LABEL_SIZE))) + 8;
  const length = box.right - figureWidth - left;
  const highest = Math.max(...totals);
  const x = (value: number) => left + (value / (highest || 1)) * length;
  return { slot, hasDetails, labelWidth, left, length, highest, x };
}

/** The longest bar ends where its space does; a line beyond it is not needed. */
function drawGrid({ canvas, theme, box }: Frame, { length, highest, x }: Layout, unit: string) {
  const ticks = ticksUpTo(highest, Math.max(2, Math.floor(length / 110)), unit);
  const floor = Math.round(box.bottom - AXIS_HEIGHT);
  ticks.values.forEach((value, index) => {
    if (value > (highest || 1)) return;
    canvas.rule(x(value), box.top, floor - box.top, true, theme.grid);
    drawText(canvas, x(value), box.bottom - 4, ticks.labels[index], {
      size: 11,
      color: theme.muted,
      align: 'middle',
    });
  });
}

function drawBar(
  { canvas, theme, box }: Frame,
  { slot, hasDetails, labelWidth, left, x }: Layout,
  { label, detail, values }: Bar,
  index: number,
  figure: string,
): void {
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
  const width = textWidth(figure, LABEL_SIZE) + 6;
  canvas.rectangle(start + 5, middle - 9, width, 18, theme.background);
  drawText(canvas, start + 8, middle + 4.3, figure, { size: LABEL_SIZE, color: theme.text });
  const lines =
    hasDetails && detail !== undefined
      ? [
          { text: label, size: LABEL_SIZE, color: theme.text, y: middle - 1.5 },
          { text: detail, size: DETAIL_SIZE, color: theme.muted, y: middle + 12.5 },
        ]
      : [{ text: label, size: LABEL_SIZE, color: theme.text, y: middle + 4.3 }];
  for (const { text, size, color, y } of lines) {
    const fitted = fitText(text, size, labelWidth);
    drawText(canvas, left - LABEL_GAP, y, fitted, { size, color, align: 'right' });
  }
}
