import type { Pixels } from './png';

/** `#rrggbb`. */
export type Color = string;
export type Point = readonly [x: number, y: number];

/**
 * A picture that is drawn on. Positions and sizes are in CSS pixels, whatever the scale; edges are
 * smoothed by how much of a pixel they cover. What is drawn later lies above.
 */
export class Canvas {
  readonly pixels: Pixels;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly scale: number,
    background: Color,
  ) {
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
    const data = new Uint8Array(columns * rows * 3);
    const [red, green, blue] = channels(background);
    for (let at = 0; at < data.length; at += 3) {
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
    }
    this.pixels = { width: columns, height: rows, data };
  }

  /** Moved to whole device pixels, so that its edges are sharp. At least one device pixel each way. */
  rectangle(x: number, y: number, width: number, height: number, color: Color, alpha = 1): void {
    const { scale } = this;
    const [left, top] = [Math.round(x * scale), Math.round(y * scale)];
    const right = Math.max(left + 1, Math.round((x + width) * scale));
    const bottom = Math.max(top + 1, Math.round((y + height) * scale));
    const rgb = channels(color);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) this.blend(column, row, rgb, alpha);
    }
  }

  /** A thin line along an axis, one CSS pixel wide or one device pixel, whichever is more. */
  rule(x: number, y: number, length: number, isVertical: boolean, color: Color): void {
    if (isVertical) this.rectangle(x, y, 1, length, color);
    else this.rectangle(x, y, length, 1, color);
  }

  /** Lines with round ends and joints; each point once, so that joints do not show through. */
  stroke(lines: ReadonlyArray<readonly Point[]>, width: number, color: Color, alpha = 1): void {
    const { scale } = this;
    const radius = (width * scale) / 2;
    const scaled = lines.map((line) => line.map(([x, y]): Point => [x * scale, y * scale]));
    const all = scaled.flat();
    if (all.length === 0) return;
    const margin = radius + 1;
    const area = new Coverage(
      Math.floor(Math.min(...all.map(([x]) => x)) - margin),
      Math.floor(Math.min(...all.map(([, y]) => y)) - margin),
      Math.ceil(Math.max(...all.map(([x]) => x)) + margin),
      Math.ceil(Math.max(...all.map(([, y]) => y)) + margin),
    );
    for (const line of scaled) {
      for (let index = 0; index < Math.max(1, line.length - 1); index++) {
        area.segment(line[index], line[index + 1] ?? line[index], radius);
      }
    }
    this.paint(area, color, alpha);
  }

  /** The area between a line and a horizontal below it. The line runs from left to right. */
  areaBelow(line: readonly Point[], bottom: number, color: Color, alpha: number): void {
    const { scale } = this;
    const rgb = channels(color);
    const points = line.map(([x, y]): Point => [x * scale, y * scale]);
    const last = points.at(-1);
    if (!last) return;
    const floor = Math.round(bottom * scale);
    let index = 0;
    for (let column = Math.round(points[0][0]); column < Math.round(last[0]); column++) {
      const x = column + 0.5;
      while (index < points.length - 2 && points[index + 1][0] < x) index++;
      const [[x0, y0], [x1, y1]] = [points[index], points[index + 1] ?? points[index]];
      const share = x1 === x0 ? 0 : Math.min(1, Math.max(0, (x - x0) / (x1 - x0)));
      const y = y0 + (y1 - y0) * share;
      for (let row = Math.floor(y); row < floor; row++) {
        this.blend(column, row, rgb, alpha * Math.min(1, Math.max(0, row + 1 - y)));
      }
    }
  }

  /** A dot. */
  dot(x: number, y: number, radius: number, color: Color): void {
    this.stroke([[[x, y]]], radius * 2, color);
  }

  private paint(area: Coverage, color: Color, alpha: number): void {
    const rgb = channels(color);
    area.each((column, row, coverage) => this.blend(column, row, rgb, coverage * alpha));
  }

  private blend(column: number, row: number, rgb: readonly number[], alpha: number): void {
    const { width, height, data } = this.pixels;
    if (column < 0 || row < 0 || column >= width || row >= height || alpha <= 0) return;
    const at = (row * width + column) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const below = data[at + channel];
      data[at + channel] = Math.round(below + (rgb[channel] - below) * alpha);
    }
  }
}

/** How much of each device pixel is covered, 0 to 1. */
class Coverage {
  private readonly columns: number;
  private readonly values: Float32Array;

  constructor(
    private readonly left: number,
    private readonly top: number,
    right: number,
    bottom: number,
  ) {
    this.columns = right - left + 1;
    this.values = new Float32Array(this.columns * (bottom - top + 1));
  }

  /** By the distance of a pixel's middle from the segment; overlaps count once. */
  segment([x0, y0]: Point, [x1, y1]: Point, radius: number): void {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const squared = dx * dx + dy * dy;
    // Thinner than a pixel: fainter, not narrower.
    const strength = Math.min(1, radius * 2);
    const reach = Math.max(radius, 0.5) + 0.5;
    const firstRow = Math.floor(Math.min(y0, y1) - reach);
    const lastRow = Math.ceil(Math.max(y0, y1) + reach);
    const firstColumn = Math.floor(Math.min(x0, x1) - reach);
    const lastColumn = Math.ceil(Math.max(x0, x1) + reach);
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
        const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
        const distance = Math.hypot(px - along * dx, py - along * dy);
        const covered = Math.min(1, reach - distance) * strength;
        if (covered > 0) this.raise(column, row, covered);
      }
    }
  }

  each(visit: (column: number, row: number, coverage: number) => void): void {
    this.values.forEach((value, index) => {
      if (value === 0) return;
      visit(this.left + (index % this.columns), this.top + Math.floor(index / this.columns), value);
    });
  }

  private raise(column: number, row: number, value: number): void {
    const x = column - this.left;
    const y = row - this.top;
    if (x < 0 || y < 0 || x >= this.columns) return;
    const at = y * this.columns + x;
    if (at < this.values.length && this.values[at] < value) this.values[at] = value;
  }
}

function channels(color: Color): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}
