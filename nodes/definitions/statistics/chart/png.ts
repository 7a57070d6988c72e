/** Writes PNG files (ISO/IEC 15948) with nothing but what the language and the web platform bring. */

/** Opaque pixels, three bytes each (red, green, blue), row by row from the top. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const DOTS_PER_METRE = 96 / 0.0254;

/**
 * @param scale pixels for one CSS pixel: viewers that heed it show a picture made at 2 half as large
 * @param title for those who cannot see it, and for search
 */
export async function encodePng(pixels: Pixels, scale: number, title: string): Promise<Uint8Array> {
  const { width, height } = pixels;
  const header = bytes(13);
  header.view.setUint32(0, width);
  header.view.setUint32(4, height);
  // 8 bits for each of three channels; deflate, adaptive filters, not interlaced.
  header.data.set([8, 2, 0, 0, 0], 8);
  const density = bytes(9);
  density.view.setUint32(0, Math.round(DOTS_PER_METRE * scale));
  density.view.setUint32(4, Math.round(DOTS_PER_METRE * scale));
  density.data[8] = 1;
  return join([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header.data),
    chunk('pHYs', density.data),
    chunk('iTXt', internationalText('Title', title)),
    chunk('IDAT', await deflate(filtered(pixels))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Each row as the difference to the one above, which a chart has much in common with. */
function filtered({ width, height, data }: Pixels): Uint8Array {
  const stride = width * 3;
  const out = new Uint8Array((stride + 1) * height);
  for (let row = 0; row < height; row++) {
    const to = row * (stride + 1);
    const from = row * stride;
    out[to] = 2;
    for (let index = 0; index < stride; index++) {
      const above = row === 0 ? 0 : data[from - stride + index];
      out[to + 1 + index] = data[from + index] - above;
    }
  }
  return out;
}

/** `deflate` is the zlib format here, which is what PNG wants. */
async function deflate(data: Uint8Array): Promise<Uint8Array> {
  const stream = new CompressionStream('deflate');
  const writer = stream.writable.getWriter();
  const writing = writer.write(data as Uint8Array<ArrayBuffer>).then(() => writer.close());
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value as Uint8Array);
  }
  await writing;
  return join(parts);
}

/** Keyword, no compression, no language, text in UTF-8. */
function internationalText(keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  return join([encoder.encode(keyword), Uint8Array.from([0, 0, 0, 0, 0]), encoder.encode(text)]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = join([new TextEncoder().encode(type), data]);
  const out = bytes(body.length + 8);
  out.view.setUint32(0, data.length);
  out.data.set(body, 4);
  out.view.setUint32(body.length + 4, crc32(body));
  return out.data;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function bytes(length: number): { data: Uint8Array; view: DataView } {
  const data = new Uint8Array(length);
  return { data, view: new DataView(data.buffer) };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
