// Records the scene in the real VS Code workbench, with the real server. Usage: node vscode.mjs VSIX SERVER PROJECT OUT.png
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until, Workbench } from '../vscode/workbench.mjs';
import { keep } from './keep.mjs';
import { FILE, LAST_MS, prepare, write, WRITTEN } from './scene.mjs';

const [vsix, server, source, out] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inhouse-recording-'));
const project = `${folder}/marshmallow`;
fs.cpSync(source, project, { recursive: true });
const line = prepare(project);
const bench = await Workbench.start(folder, path.resolve(vsix), {
  'inhouse.server.command': [server, 'serve', '--stdio'],
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.sideBar.visible': false,
  'editor.cursorBlinking': 'solid',
  'editor.fontSize': 14,
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
});
// The model is loaded and the project is read before the recording begins.
const READING_MS = 15_000;
const frames = [];
try {
  const window = await bench.window(project, FILE);
  await window.page.setViewportSize({ width: 860, height: 380 });
  const ready = () => document.querySelector('[id*="inhouse.status"] .codicon-home') !== null;
  const picture = async (ms) => frames.push({ png: await window.page.screenshot(), ms });
  await until('the server', () => window.page.evaluate(ready));
  await window.focusEnd();
  await window.press('Control+b');
  await window.press('Control+g');
  await window.page.waitForSelector('.quick-input-widget input', { state: 'visible' });
  await window.type(`${line}:9`);
  await window.press('Enter');
  await new Promise((resolve) => setTimeout(resolve, READING_MS));
  const place = async () => /Ln (\d+), Col (\d+)/.exec((await window.page.textContent('[id="status.editor.selection"]')) ?? '')?.slice(1).map(Number) ?? [0, 0];
  const moved = (from) => until('the cursor to move', async () => String(await place()) !== String(from));
  const key = async (name) => {
    const from = await place();
    await window.press(name);
    await moved(from);
  };
  await write({
    // Beside the list of words, Tab would take a word.
    ghost: async () => ((await window.page.$('.suggest-widget.visible')) ? '' : (await window.ghost()).join('\n')),
    accept: () => key('Tab'),
    type: (text) => window.type(text),
    line: async (indent) => {
      if (await window.page.$('.suggest-widget.visible')) {
        await window.press('Escape'); // Enter would take a word
      }
      await key('Enter');
      for (let [, column] = await place(); column - 1 > indent; [, column] = await place()) {
        await key('Backspace');
      }
    },
    picture,
  });
  // The file is written a moment after the tab says so.
  await until('what the scene wants', async () => (await window.saved(FILE)).includes(WRITTEN));
  await picture(LAST_MS);
  keep(frames, out);
} finally {
  await bench.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
