import type { Canvas, Color, Point } from './canvas';
import { glyphOf } from './glyphs';

export interface TextStyle {
  /** As with any font: capitals are about 0.7 of it high. */
  size: number;
  color: Color;
  align?: 'left' | 'middle' | 'right';
  bold?: boolean;
}

/** Units of the glyphs for a size of 1. */
const UNIT = 0.72 / 14;
/** Between two signs, in units. */
const GAP = 3.3;
/** A thicker pen takes more of it. */
const BOLD_GAP = 3.8;
const PEN = 1.55;
const BOLD_PEN = 2.3;
const CURVE_STEPS = 6;

/** Draws one line of text; `y` is its baseline. */
export function drawText(
  canvas: Canvas,
  x: number,
  y: number,
  text: string,
  { size, color, align = 'left', bold = false }: TextStyle,
): void {
  const unit = UNIT * size;
  const width = textWidth(text, size, bold);
  const { scale } = canvas;
  const wanted = align === 'left' ? x : align === 'right' ? x - width : x - width / 2;
  // Whole device pixels, so that equal signs look equal; half the pen, so that stems fill them.
  let left = Math.round(wanted * scale) / scale;
  const baseline = Math.round(y * scale) / scale;
  const pen = (bold ? BOLD_PEN : PEN) * unit;
  const lines: Point[][] = [];
  for (const sign of text) {
    const glyph = glyphOf(sign);
    for (const line of linesOf(glyph.path)) {
      lines.push(
        line.map(([px, py]): Point => [
          left + px * unit + pen / 2,
          baseline + (py - 14) * unit - pen / 2,
        ]),
      );
    }
    left += (glyph.width + (bold ? BOLD_GAP : GAP)) * unit;
  }
  canvas.stroke(lines, pen, color);
}

/** In CSS pixels. */
export function textWidth(text: string, size: number, bold = false): number {
  const gap = bold ? BOLD_GAP : GAP;
  let units = 0;
  for (const sign of text) units += glyphOf(sign).width + gap;
  return Math.max(0, units - gap) * UNIT * size;
}

/** Cuts a text that is too wide, and says so with an ellipsis. */
export function fitText(text: string, size: number, width: number, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  // Longer ones would take long to measure, and nobody sees the end of them.
  const signs = [...text].slice(0, 500);
  while (signs.length > 0 && textWidth(`${signs.join('')}…`, size, bold) > width) signs.pop();
  return `${signs.join('').trimEnd()}…`;
}

const parsed = new Map<string, Point[][]>();

/** A path as straight lines. */
function linesOf(path: string): Point[][] {
  const known = parsed.get(path);
  if (known) return known;
  const lines: Point[][] = [];
  for (const [, command, numbers] of path.matchAll(/([MLQ])([-\d. ]+)/g)) {
    const [a, b, c, d] = numbers.trim().split(/\s+/).map(Number);
    const line = lines.at(-1)!;
    if (command === 'M') lines.push([[a, b]]);
    else if (command === 'L') line.push([a, b]);
    else line.push(...curve(line.at(-1)!, [a, b], [c, d]));
  }
  parsed.set(path, lines);
  return lines;
}

function curve([x0, y0]: Point, [x1, y1]: Point, [x2, y2]: Point): Point[] {
  return Array.from({ length: CURVE_STEPS }, (_, index): Point => {
    const t = (index + 1) / CURVE_STEPS;
    const u = 1 - t;
    return [u * u * x0 + 2 * u * t * x1 + t * t * x2, u * u * y0 + 2 * u * t * y1 + t * t * y2];
  });
}
