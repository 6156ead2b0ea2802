// A picture of real ghost text in the workbench. Usage: node picture.mjs VSIX SERVER PROJECT FILE LINE COLUMN OUT.png
// The cursor is put behind COLUMN of LINE (from 1), and Alt+\ asks there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until, Workbench } from './workbench.mjs';

const [vsix, server, project, file, line, column, out] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inhouse-picture-'));
const bench = await Workbench.start(folder, path.resolve(vsix), {
  'inhouse.server.command': [server, 'serve', '--stdio'],
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.sideBar.location': 'left',
  'editor.fontSize': 15,
  'breadcrumbs.enabled': false,
});
try {
  const window = await bench.window(project, file);
  await window.page.setViewportSize({ width: 1000, height: 460 });
  const ready = () => document.querySelector('[id*="inhouse.status"] .codicon-home') !== null;
  await until('the server', () => window.page.evaluate(ready));
  await window.focusEnd();
  await window.press('Control+g');
  await window.page.waitForSelector('.quick-input-widget input', { state: 'visible' });
  await window.type(`${line}:${column}`);
  await window.press('Enter');
  await until('ghost text', async () => {
    await window.press('Escape', 'Alt+Backslash');
    return until('ghost text', async () => (await window.ghost()).length > 0, 6000).catch(() => false);
  });
  await until('the status to settle', () => window.page.evaluate(ready));
  await window.page.screenshot({ path: out });
  const ghost = await window.ghost();
  assert.notEqual(ghost.join(''), '');
  console.log(`${out}: ${JSON.stringify(ghost)}`);
} finally {
  await bench.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
