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
const project = `${folder}/pygls`;
fs.cpSync(source, project, { recursive: true });
const line = prepare(project);
const bench = await Workbench.start(folder, path.resolve(vsix), {
  'inhouse.server.command': [server, 'serve', '--stdio'],
  'inhouse.time_limit_ms': 1500,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.sideBar.visible': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.parameterHints.enabled': false,
  'editor.cursorBlinking': 'solid',
  'editor.fontSize': 14,
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
});
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
  await until('the model and the index', () => window.page.evaluate(ready));
  await window.press('Alt+Backslash'); // a file that was only opened is not asked about
  await write({
    ghost: async () => (await window.ghost()).join('\n'),
    accept: async (ghost) => {
      await window.press('Tab');
      await until('the text taken', async () => (await window.ghost()).join('\n') !== ghost);
    },
    type: (text) => (text === '\n' ? window.press('Enter') : window.type(text)),
    outdent: () => window.press('Backspace'),
    picture,
  });
  const written = await window.saved(FILE);
  assert.ok(written.includes(WRITTEN), 'what was written is not what the scene wants');
  await picture(LAST_MS);
  keep(frames, out);
} finally {
  await bench.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
