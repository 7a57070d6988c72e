import { Canvas } from './canvas';
import { drawText, fitText, textWidth } from './text';
import { THEMES, type Theme, type ThemeName } from './theme';

/** What every chart has around it. */
export interface ChartOptions {
  title: string;
  /** The interval, the appliance; in a line below the title. */
  subtitle: string;
  theme: ThemeName;
  /** CSS pixels. */
  width: number;
  height: number;
  /** Device pixels for each of them. */
  scale: number;
}

/** Space for the chart itself, in CSS pixels. */
interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Frame {
  canvas: Canvas;
  theme: Theme;
  box: Box;
}

const MARGIN = 24;
/** Less, because the labels of the axis have air of their own. */
const BOTTOM_MARGIN = 16;
export const LABEL_SIZE = 12;

/** Draws title, subtitle and legend, and tells what space is left. */
export function drawFrame(options: ChartOptions, legend: readonly string[]): Frame {
  const theme = THEMES[options.theme];
  const { width, height } = options;
  const canvas = new Canvas(width, height, options.scale, theme.background);
  const inner = width - 2 * MARGIN;
  const title = fitText(options.title, 18, inner, true);
  drawText(canvas, MARGIN, MARGIN + 14, title, { size: 18, color: theme.text, bold: true });
  const subtitle = fitText(options.subtitle, LABEL_SIZE, inner);
  drawText(canvas, MARGIN, MARGIN + 35, subtitle, { size: LABEL_SIZE, color: theme.muted });
  const rows = legend.length > 0 ? drawLegend(canvas, theme, legend, inner) : 0;
  const top = MARGIN + 52 + rows * (LEGEND_ROW + 2);
  return {
    canvas,
    theme,
    box: { left: MARGIN, top, right: width - MARGIN, bottom: height - BOTTOM_MARGIN },
  };
}

const LEGEND_ROW = 20;
const LEGEND_DOT = 5;
const LEGEND_GAP = 20;
const LEGEND_MAX = 260;

/** As many rows as it takes; no name is longer than lets two stand side by side. */
function drawLegend(canvas: Canvas, theme: Theme, names: readonly string[], inner: number): number {
  let [x, row] = [MARGIN, 0];
  names.forEach((name, index) => {
    const text = fitText(name, LABEL_SIZE, Math.min(LEGEND_MAX, inner - 16));
    const width = 16 + textWidth(text, LABEL_SIZE);
    if (x > MARGIN && x + width > MARGIN + inner) [x, row] = [MARGIN, row + 1];
    const y = MARGIN + 57 + row * LEGEND_ROW;
    canvas.dot(x + LEGEND_DOT, y, LEGEND_DOT, theme.series[index % theme.series.length]);
    drawText(canvas, x + 16, y + 4.5, text, { size: LABEL_SIZE, color: theme.text });
    x += width + LEGEND_GAP;
  });
  return row + 1;
}

/** Where there is nothing to draw, words say so. */
export function drawEmpty({ canvas, theme, box }: Frame, words: string): void {
  const middle = (box.left + box.right) / 2;
  drawText(canvas, middle, (box.top + box.bottom) / 2, fitText(words, 14, box.right - box.left), {
    size: 14,
    color: theme.muted,
    align: 'middle',
  });
}
