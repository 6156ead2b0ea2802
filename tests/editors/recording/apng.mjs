// Puts PNG pictures of one size together into an animated one (APNG). Each picture after the first holds only the
// rectangle in which it differs from the one before. Reads what a browser's screenshots are: 8 bits, RGB or RGBA.
import assert from 'node:assert/strict';
import zlib from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB = 3;

/** A picture as { width, height, rgb }, three bytes for each pixel. */
export function decode(png) {
  const data = [];
  let header;
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const [type, body] = [png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    header = type === 'IHDR' ? body : header;
    if (type === 'IDAT') {
      data.push(body);
    }
    at += 12 + length;
  }
  const [width, height, depth, kind, interlaced] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9], header[12]];
  assert.ok(depth === 8 && interlaced === 0 && (kind === 2 || kind === 6), 'a kind of PNG that is not read here');
  const bytes = kind === 6 ? 4 : RGB;
  const rows = unfilter(zlib.inflateSync(Buffer.concat(data)), width * bytes, height, bytes);
  const rgb = Buffer.alloc(width * height * RGB);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rows.copy(rgb, pixel * RGB, pixel * bytes, pixel * bytes + RGB);
  }
  return { width, height, rgb };
}

function unfilter(raw, stride, height, bytes) {
  const out = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)];
    for (let at = 0; at < stride; at++) {
      const left = at >= bytes ? out[row * stride + at - bytes] : 0;
      const up = row > 0 ? out[(row - 1) * stride + at] : 0;
      const corner = row > 0 && at >= bytes ? out[(row - 1) * stride + at - bytes] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      out[row * stride + at] = raw[row * (stride + 1) + 1 + at] + guess;
    }
  }
  return out;
}

function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** The smallest rectangle that holds all pixels in which two pictures differ; undefined if they are the same. */
export function difference(before, after) {
  let [left, top, right, bottom] = [after.width, after.height, -1, -1];
  for (let y = 0; y < after.height; y++) {
    const row = y * after.width * RGB;
    if (before.rgb.compare(after.rgb, row, row + after.width * RGB, row, row + after.width * RGB) !== 0) {
      [top, bottom] = [Math.min(top, y), y];
      for (let at = row; at < row + after.width * RGB; at++) {
        if (before.rgb[at] !== after.rgb[at]) {
          const x = Math.floor((at - row) / RGB);
          [left, right] = [Math.min(left, x), Math.max(right, x)];
        }
      }
    }
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function compressed(picture, { x, y, width, height }) {
  const rows = [];
  for (let row = y; row < y + height; row++) {
    const start = (row * picture.width + x) * RGB;
    rows.push(Buffer.of(0), picture.rgb.subarray(start, start + width * RGB));
  }
  return zlib.deflateSync(Buffer.concat(rows), { level: 9 });
}

function chunk(type, ...parts) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), ...parts]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(body.length - 4, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(zlib.crc32(body), body.length + 4);
  return framed;
}

const numbers = (...values) => Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer).swap32()));

/** `frames` are { png, ms }; equal ones in a row become one that stays longer. */
export function animate(frames) {
  const shown = [];
  for (const { png, ms } of frames) {
    const picture = decode(png);
    const last = shown.at(-1);
    const where = last ? difference(last.picture, picture) : { x: 0, y: 0, width: picture.width, height: picture.height };
    if (where) {
      shown.push({ png, picture, ms, where });
    } else {
      last.ms += ms;
    }
  }
  const { width, height } = shown[0].picture;
  const out = [SIGNATURE, chunk('IHDR', numbers(width, height), Buffer.of(8, 2, 0, 0, 0)), chunk('acTL', numbers(shown.length, 0))];
  let sequence = 0;
  for (const [index, { picture, ms, where }] of shown.entries()) {
    assert.ok(picture.width === width && picture.height === height, `picture ${index} is not of the first one's size`);
    const delay = Buffer.alloc(6); // numerator, denominator; then: nothing is cleared, each rectangle is put on top
    delay.writeUInt16BE(ms, 0);
    delay.writeUInt16BE(1000, 2);
    out.push(chunk('fcTL', numbers(sequence++, where.width, where.height, where.x, where.y), delay));
    const data = compressed(picture, where);
    out.push(index === 0 ? chunk('IDAT', data) : chunk('fdAT', numbers(sequence++), data));
  }
  out.push(chunk('IEND'));
  return { bytes: Buffer.concat(out), shown };
}
