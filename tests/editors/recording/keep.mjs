// Writes a recording, and beside it, if INHOUSE_FRAMES names a folder, its pictures one by one to look at.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { animate } from './apng.mjs';

const LARGEST_BYTES = 1_500_000;

export function keep(frames, out) {
  const { bytes, shown } = animate(frames);
  fs.writeFileSync(out, bytes);
  const folder = process.env.INHOUSE_FRAMES;
  if (folder) {
    fs.mkdirSync(folder, { recursive: true });
    const name = path.basename(out, '.png');
    shown.forEach(({ png }, index) => fs.writeFileSync(`${folder}/${name}-${String(index).padStart(3, '0')}.png`, png));
  }
  const seconds = shown.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  console.log(`${out}: ${shown.length} pictures, ${seconds} s, ${bytes.length} bytes`);
  assert.ok(bytes.length < LARGEST_BYTES, 'too large');
}
