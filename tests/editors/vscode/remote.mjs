// A workbench whose server, extension host, project and inhouse are on a machine that is reached over SSH, while the window
// is here: the parts that Remote SSH has, put together by an SSH tunnel. Usage: node remote.mjs VSIX SSH [NAME-PATTERN]
// SSH is a configuration for `ssh -F` with a host `faraway`.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Faraway } from './faraway.mjs';
import { closedWithServer, conventions, ITEM, killedServer, LIB, takeAndUndo } from './deeds.mjs';
import { choose, opened, RETURN } from './project.mjs';
import { main, test } from './runner.mjs';
import { LIMIT_MS, until, Workbench } from './workbench.mjs';

const [vsix, ssh, pattern] = process.argv.slice(2);
const far = new Faraway(ssh);
const isFar = (pid) => fs.readFileSync(`/proc/${pid}/environ`, 'utf8').includes('SSH_CONNECTION=127.0.0.1');

test('the server runs where the files are; ghost text, a word, all of it, undo', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  const { pid, params } = project.heard('initialize')[0];
  assert.ok(isFar(pid));
  // What the server is told are files of its own machine, whatever the window calls them.
  assert.deepEqual(params.workspaceFolders.map(({ uri }) => uri), [`file://${project.folder}`]);
  assert.equal(project.heard('textDocument/didOpen')[0].params.textDocument.uri, `file://${project.folder}/shapes.py`);
  await window.typeFirst('r', 'eturn a + b');
  await window.press('Control+ArrowRight');
  await window.expectGhost(' a + b');
  await takeAndUndo(window, 'return');
  return window;
});

test('a connection that breaks and comes back finds the same server', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');
  await window.press('Escape');
  await far.cut();
  await window.type('etur');
  await until('the text', async () => (await window.lines())[1] === '    retur');
  await far.tunnel();
  await window.page.waitForSelector('[id="status.host"]:not(:has-text("Disconnected"))', { timeout: LIMIT_MS });
  await window.typeFirst('n', ' a + b');

  await window.press('Tab');
  await window.expectSaved('shapes.py', 'def add(a, b):\n    return a + b');
  assert.equal(project.heard('initialize').length, 1);
  return window;
});

test('why and the conventions lead to files over there', async (bench, project) => {
  const why = { items: [ITEM], silent: null, root: project.folder, shown: 1, accepted: 0 };
  project.say({ ...RETURN, why, conventions: conventions(project) });
  project.write('lib.py', LIB);
  const window = await opened(bench, project);
  await window.command('inhouse: Why this?');
  await window.page.click('.quick-input-list .monaco-list-row:has-text("lib.py:2")');
  await until('line 2', () => window.isAt('lib.py', 2));
  await choose(window, 'conventions');
  await window.follow('lib.py:3', () => window.isAt('lib.py', 3));
  return window;
});

test('a killed server comes back over there; a closed window takes it along', async (bench, project) => {
  const window = await killedServer(bench, project);
  const { pid } = project.heard('initialize')[1];
  assert.ok(isFar(pid));
  await closedWithServer(window, pid);
});

await main('VS Code workbench over SSH', pattern, (_kind, folder) => Workbench.start(folder, path.resolve(vsix), {}, far));
