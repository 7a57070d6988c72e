import { PNG } from 'pngjs';
import { Canvas } from '../../../../../nodes/definitions/statistics/chart/canvas';
import { encodePng, type Pixels } from '../../../../../nodes/definitions/statistics/chart/png';
import {
  drawText,
  fitText,
  textWidth,
} from '../../../../../nodes/definitions/statistics/chart/text';

const at = ({ data, width }: Pixels, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe('the PNG', () => {
  it('is read back pixel by pixel by another decoder', async () => {
    const [width, height] = [37, 23];
    const data = Uint8Array.from(
      { length: width * height * 3 },
      (_, index) => (index * 7919) % 251,
    );
    const png = PNG.sync.read(Buffer.from(await encodePng({ width, height, data }, 1, 'Ü')));
    const found = [...png.data].filter((_, index) => index % 4 !== 3);
    expect([png.width, png.height]).toEqual([width, height]);
    expect(found).toEqual([...data]);
  });
});

describe('the canvas', () => {
  it.each([1, 2, 3])('draws sharp rectangles at scale %d', (scale) => {
    const canvas = new Canvas(10, 10, scale, '#ffffff');
    canvas.rectangle(2, 3, 4, 2, '#112233');
    expect(at(canvas.pixels, 2 * scale, 3 * scale)).toEqual([0x11, 0x22, 0x33]);
    expect(at(canvas.pixels, 6 * scale - 1, 5 * scale - 1)).toEqual([0x11, 0x22, 0x33]);
    expect(at(canvas.pixels, 2 * scale - 1, 3 * scale)).toEqual([255, 255, 255]);
    expect(at(canvas.pixels, 6 * scale, 3 * scale)).toEqual([255, 255, 255]);
  });

  it('smooths the edges of lines by what they cover', () => {
    const canvas = new Canvas(10, 10, 1, '#ffffff');
    canvas.stroke(
      [
        [
          [0, 5],
          [10, 5],
        ],
      ],
      1,
      '#000000',
    );
    // Half of the line lies in each of the two rows.
    expect(at(canvas.pixels, 5, 4)).toEqual([128, 128, 128]);
    expect(at(canvas.pixels, 5, 5)).toEqual([128, 128, 128]);
    expect(at(canvas.pixels, 5, 7)).toEqual([255, 255, 255]);
  });

  it('draws nothing outside the picture, and nothing of nothing', () => {
    const canvas = new Canvas(4, 4, 1, '#ffffff');
    canvas.stroke([], 1, '#000000');
    canvas.areaBelow([], 3, '#000000', 1);
    canvas.stroke(
      [
        [
          [-5, -5],
          [-2, -9],
        ],
        [[90, 2]],
      ],
      2,
      '#000000',
    );
    expect(canvas.pixels.data.every((value) => value === 255)).toBe(true);
  });
});

describe('text', () => {
  it('has a sign of its own for all of ASCII and what names need', () => {
    const signs = [
      ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)),
      ...'µ·–…°äöüÄÖÜß',
    ];
    const pictures = signs.map((sign) => {
      const canvas = new Canvas(20, 30, 1, '#ffffff');
      drawText(canvas, 3, 20, sign, { size: 16, color: '#000000' });
      return Buffer.from(canvas.pixels.data).toString('base64');
    });
    // I and l, 0 and O are alike in many fonts; here only the first pair is.
    expect(new Set(pictures).size).toBeGreaterThanOrEqual(signs.length - 1);
    for (const picture of pictures) expect(picture).not.toMatch(/^\/+=*$/);
  });

  it('is cut with an ellipsis where it is too wide, and never wider', () => {
    const name = 'mailserver.with.a.long.name.example';
    expect(fitText(name, 12, 1000)).toBe(name);
    const cut = fitText(name, 12, 100);
    expect(cut).toMatch(/^mailserver.*…$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(100);
    expect(fitText(name, 12, 1)).toBe('…');
    expect(fitText('x'.repeat(1e6), 12, 50).length).toBeLessThan(20);
  });

  it('takes signs that it does not have', () => {
    expect(textWidth('é', 12)).toBe(textWidth('e', 12));
    expect(textWidth('漢', 12)).toBeGreaterThan(0);
    expect(textWidth('', 12)).toBe(0);
  });
});
