// When the extension starts a server in VS Code, what it tells it, and how both end. Of screen.mjs, third part.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { closedWithServer, killedServer } from './deeds.mjs';
import { ADD, label, mood, opened, realServer, RETURN } from './project.mjs';
import { test } from './runner.mjs';
import { LIMIT_MS, until } from './workbench.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

test('the real server with its core: suggests what the project does, hears of edits, says why', async (bench, project) => {
  const program = realServer();
  if (!program) {
    console.log('SKIPPED: NO SERVER IS INSTALLED; THE REAL ONE WAS NOT TRIED');
    return undefined;
  }
  const use = 'from house import get_house_logger\n\nlog = get_house_logger(__name__)\n';
  project.write('house.py', 'def get_house_logger(name):\n    return name\n');
  ['a', 'b', 'c', 'd', 'e'].forEach((name) => project.write(`${name}.py`, use));
  project.settings({ 'inhouse.server.command': [program, 'serve', '--stdio'], 'inhouse.show_above': 0 });
  const window = await opened(bench, project, 'from house import get_house_logger\n\n# größe 😀\n', 'main.py');
  await until('the model', async () => (await label(window)).includes('Model: '));
  // Edits of every kind before the first request: the server is told of each by its place alone.
  await window.type('x = 1\n');
  await window.press('Control+Home');
  await window.type('# 漢字 😀\n');
  await window.press('Control+Shift+k', 'Control+z', 'Control+Shift+Alt+ArrowDown', 'Escape', 'Control+End');
  let wanted = 'log = get_h';
  await window.type(wanted);
  const shown = async () => {
    const [ghost] = await window.ghost();
    return ghost && 'log = get_house_logger(__name__)'.startsWith(wanted + ghost) ? ghost : undefined;
  };
  await until('the helper', shown, 20_000).catch(async () => {
    await window.type('o'); // as typeFirst does: a workbench that starts drops answers
    wanted += 'o';
    return until('the helper', shown);
  });
  await window.command('inhouse: Why this?');
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("% sure, from ")', { timeout: LIMIT_MS });
  await window.press('Escape');
  await window.press('Alt+Backslash');
  const again = await until('the helper again', shown);
  await window.press('Tab');
  await until('the text', async () => (await window.saved('main.py')).endsWith(`\n${wanted}${again}`));
  await window.command('inhouse: Why this?');
  // VS Code has asked again since: what was taken is told below.
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("% sure, from ")', { timeout: LIMIT_MS });
  await until('the count', async () => /1 accepted/.test((await window.page.getAttribute('.quick-input-widget input', 'placeholder')) ?? ''));
  await window.press('Escape');
  await window.command("inhouse: This Project's Conventions");
  await window.page.waitForSelector('.tab.active:has-text("Conventions")', { timeout: LIMIT_MS });
  return window;
});

test('the server is told to answer before the editor loses patience, unless the user has set the time', async (bench, project) => {
  const told = () => project.heard('initialize').at(-1).params.initializationOptions;
  const first = await opened(bench, project);
  assert.deepEqual(told(), { defaults: { time_limit_ms: 600 } }, 'what nobody has set is not told');
  await first.close();

  project.settings({ 'inhouse.time_limit_ms': 1234 });
  await opened(bench, project);
  assert.equal(told().time_limit_ms, 1234);
  assert.equal(Object.keys(told()).some((name) => name.includes('.') || name === 'languages'), false);
});

test('a killed server comes back by itself, without a word', async (bench, project) => {
  const window = await killedServer(bench, project);

  assert.equal(await window.page.$('.notification-toast'), null);
  return window;
});

test('a language that is switched off is not asked for', async (bench, project) => {
  project.say({ rules: [{ before: '', items: ['xyz'] }] });
  project.settings({ 'inhouse.languages_off': ['python'] });
  project.write('shapes.py', '');
  const window = await bench.window(project.folder, 'shapes.py');
  await until('the sign for off', async () => (await mood(window)).includes('codicon-circle-slash'));
  await until('the server', async () => project.heard('initialized').length === 1);
  await window.focusEnd();
  await window.type('x');
  await window.press('Alt+Backslash');
  await window.press('Escape');
  await window.expectSaved('shapes.py', 'x');

  assert.deepEqual(await window.ghost(), []);
  assert.deepEqual(project.heard('textDocument/inlineCompletion'), []);
  return window;
});

test('a file of another language starts no server', async (bench, project) => {
  project.write('notes.txt', '');
  const window = await bench.window(project.folder, 'notes.txt');
  await window.focusEnd();
  await window.type('x');
  await window.expectSaved('notes.txt', 'x');

  assert.deepEqual(project.heard(), []);
  assert.equal(await mood(window), '');
  return window;
});

test('a missing server is said, with how to install it', async (bench, project) => {
  project.settings({ 'inhouse.server.command': ['/no/such/inhouse'] });
  project.write('shapes.py', ADD);
  const window = await bench.window(project.folder, 'shapes.py');
  await until('the sign for missing', async () => (await mood(window)).includes('codicon-warning'));
  await window.command('Notifications: Show Notifications');
  await window.page.waitForSelector('.notifications-center :text("was not found")', { timeout: LIMIT_MS });
  await window.page.click('.notifications-center .monaco-button:has-text("How to install it")');

  await window.page.waitForSelector('.monaco-button:has-text("Install with uv")', { timeout: LIMIT_MS });
  return window;
});

test('a request that fails opens no message while one types', async (bench, project) => {
  project.say({ rules: [{ before: '    ', items: ['return a + b'], fail: true }] });
  const window = await opened(bench, project);
  for (const key of 'ret') {
    await window.type(key);
    await until('the request', async () => project.heard('textDocument/inlineCompletion').length > 0);
  }
  await window.expectSaved('shapes.py', `${ADD}ret`);

  assert.equal(await window.page.$('.notification-toast'), null);
  project.say(RETURN);
  await window.typeFirst('u', 'rn a + b');
  return window;
});

test('a closed window takes its server along', async (bench, project) => {
  const window = await opened(bench, project);

  await closedWithServer(window, project.heard('initialize')[0].pid);
});

test('two windows on one project', async (bench, project) => {
  project.say(RETURN);
  const first = await opened(bench, project);
  const second = await opened(bench, project, ADD, 'other.py');
  await first.typeFirst('r', 'eturn a + b');
  await second.typeFirst('r', 'eturn a + b');
  assert.equal(project.heard('initialize').length, 2);
  await second.close();
  return first;
});

test(
  'a folder that is not trusted cannot choose the program',
  async (bench, project) => {
    project.write('shapes.py', ADD);
    const window = await bench.window(project.folder, 'shapes.py');
    await window.page.waitForSelector('text=Do you trust the authors', { timeout: LIMIT_MS });
    await window.page.click('.monaco-dialog-box .monaco-button:has-text("No, I don")');
    await until('the sign for missing', async () => (await mood(window)).includes('codicon-warning'));

    assert.deepEqual(project.heard(), []);
    return window;
  },
  { bench: 'trust' },
);

test('a folder that is on no disk gets no server and no message', async (bench, project) => {
  const window = await bench.window('memory:/project', 'shapes.py', [['extensionDevelopmentPath', path.join(HERE, 'memory')]]);
  await window.focusEnd();
  await window.type('return a');
  await until('the text', async () => (await window.lines())[1] === '    return a');
  await window.press('Alt+Backslash', 'Control+s');
  await window.page.waitForSelector('.tab.active:not(.dirty)', { timeout: LIMIT_MS });

  assert.deepEqual([project.heard(), await window.ghost(), await mood(window)], [[], [], '']);
  assert.equal(await window.page.$('.notification-toast'), null);
  return window;
});
