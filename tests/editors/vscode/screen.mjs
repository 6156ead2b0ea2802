// What a user of the VS Code extension sees, in the real workbench. Usage: node screen.mjs VSIX [NAME-PATTERN]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADD, choose, label, mood, opened, ready, realServer, RETURN } from './project.mjs';
import { main, test } from './runner.mjs';
import { LIMIT_MS, until, Workbench } from './workbench.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const [vsix, pattern] = process.argv.slice(2);

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

test('typing shows ghost text; Tab accepts it, the server hears of it, one undo takes it back', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');
  assert.equal((await window.lines())[1], '    return a + b');

  await window.press('Tab');
  await window.expectGhost();
  await window.expectSaved('shapes.py', 'def add(a, b):\n    return a + b');
  await until('the command', async () => project.heard('workspace/executeCommand').some((m) => m.params.command === 'inhouse.accepted'));
  await window.press('Control+z');
  await window.expectSaved('shapes.py', 'def add(a, b):\n    r');
  return window;
});

test('Ctrl+Right accepts a word, Ctrl+Alt+Right a line', async (bench, project) => {
  project.say({ rules: [{ before: '    ', items: ['total = a + b\n    return total'] }] });
  const window = await opened(bench, project);
  await window.typeFirst('t', 'otal = a + b', '    return total');

  await window.press('Control+ArrowRight');
  await window.expectGhost(' = a + b', '    return total');
  await window.press('Control+Alt+ArrowRight');
  await window.expectGhost('    return total');
  await window.expectSaved('shapes.py', 'def add(a, b):\n    total = a + b\n');
  await window.press('Control+Alt+ArrowRight');
  await window.expectSaved('shapes.py', 'def add(a, b):\n    total = a + b\n    return total');
  return window;
});

test('Alt+] and Alt+[ go through the alternatives', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');

  await window.press('Alt+BracketRight');
  await window.expectGhost('eturn b + a');
  await window.press('Alt+BracketLeft');
  await window.expectGhost('eturn a + b');
  return window;
});

test('Escape dismisses; Alt+\\ asks again, as invoked', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');
  await window.press('Escape');
  await window.expectGhost();

  await window.press('Alt+Backslash');
  await window.expectGhost('eturn a + b');
  assert.equal(project.heard('textDocument/inlineCompletion').at(-1).params.context.triggerKind, 1);
  return window;
});

test('typing along never flickers: no frame is without ghost text', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');

  await window.watchFrames();
  for (const key of 'eturn a ') {
    await window.press(key === ' ' ? 'Space' : key);
  }
  await window.expectGhost('+ b');
  const frames = await window.frames();

  assert.ok(frames.length > 5, `only ${frames.length} frames`);
  assert.deepEqual(frames.filter((frame) => !'eturn a + b'.endsWith(frame) || frame === ''), []);
  return window;
});

test('an answer to an older text is never drawn', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');
  await window.press('Escape', 'Backspace');
  await window.expectGhost();
  project.say({ deaf: true, rules: [{ before: '    r', items: ['eturn old'], delay_ms: 600 }] });
  await window.watchFrames();
  await window.type('r');
  await until('the request', async () => {
    const asked = project.heard('textDocument/inlineCompletion').map((message) => message.params.position.character);
    return asked.filter((character) => character === 5).length === 2;
  });
  project.say({ rules: [{ before: '    rx', items: [' = new'], delay_ms: 300 }] });
  await window.type('x');

  await window.expectGhost(' = new');
  const frames = new Set(await window.frames());
  assert.deepEqual([...frames].sort(), ['', ' = new']);
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

test('a bracket that the editor closed by itself is not doubled', async (bench, project) => {
  project.say({ rules: [{ before: 'area(', items: ['width, height)'], after: 1 }] });
  const window = await opened(bench, project, '');
  await window.type('area');
  await window.typeFirst('(', 'width, height');

  await window.press('Tab');
  await window.expectSaved('shapes.py', 'area(width, height)');
  return window;
});

test('wide characters before the cursor', async (bench, project) => {
  project.say({ rules: [{ before: 'größe = "😀漢" + ', items: ['maß("é")'] }] });
  const window = await opened(bench, project, 'größe = "😀漢" + ');
  await window.typeFirst('m', 'aß("é")');

  await window.press('Tab');
  await window.expectSaved('shapes.py', 'größe = "😀漢" + maß("é")');
  return window;
});

test('CRLF line ends stay', async (bench, project) => {
  project.say({ rules: [{ before: '    ', items: ['total = a + b\n    return total'] }] });
  const window = await opened(bench, project, 'def add(a, b):\r\n    ');
  await window.typeFirst('t', 'otal = a + b', '    return total');

  await window.press('Tab');
  await window.expectSaved('shapes.py', 'def add(a, b):\r\n    total = a + b\r\n    return total');
  return window;
});

test('a killed server comes back by itself, without a word', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  process.kill(project.heard('initialize')[0].pid, 'SIGKILL');

  await until('another server', async () => project.heard('initialized').length === 2);
  await ready(window);
  await window.focusEnd();
  await window.typeFirst('r', 'eturn a + b');
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

test('the walkthrough knows that the server is there, also when it is opened late', async (bench, project) => {
  const window = await opened(bench, project);
  await window.command('inhouse: How to Install the Server');

  await window.page.waitForSelector('[data-done-step-id$="install"].codicon-getting-started-step-checked', { timeout: LIMIT_MS });
  return window;
});

test('Why this? lists the places and goes there', async (bench, project) => {
  const item = { text: 'return a + b', probability: 0.83, source: 'model', provenance: [{ path: 'lib.py', line: 2, kind: 'window' }] };
  const notes = ['kept away from getLogger: the project uses shop_log'];
  project.say({ ...RETURN, why: { items: [item], silent: null, notes, model: 'core', timings_ms: { total: 12.3 }, shown: 1, accepted: 0 } });
  project.write('lib.py', 'one\ntwo\nthree\n');
  const window = await opened(bench, project);
  await window.command('inhouse: Why this?');
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("83 % sure, from the model")', { timeout: LIMIT_MS });
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("kept away from getLogger")', { timeout: LIMIT_MS });
  await window.press('ArrowDown');
  await window.press('Enter');

  await window.page.waitForSelector('.tab.active:has-text("lib.py")', { timeout: LIMIT_MS });
  await until('line 2', async () => (await window.page.textContent('[id="status.editor.selection"]'))?.includes('Ln 2'));
  return window;
});

test('the menu pauses and resumes; the key still asks', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await choose(window, 'Pause');
  await until('the sign for paused', async () => (await mood(window)).includes('codicon-debug-pause'));
  await window.focusEnd();
  await window.type('r');
  await window.expectSaved('shapes.py', `${ADD}r`);
  assert.deepEqual(project.heard('textDocument/inlineCompletion'), []);

  await window.press('Alt+Backslash');
  await window.expectGhost('eturn a + b');
  return window;
});

test('the status bar says that it is thinking; the menu switches the language off and on again', async (bench, project) => {
  project.say({ rules: [{ before: '    ', items: ['return a + b'], delay_ms: 500 }] });
  const window = await opened(bench, project);
  await window.type('r');
  await until('the sign for thinking', async () => (await mood(window)).includes('codicon-loading'));
  await ready(window);
  await choose(window, 'Turn off for python');
  await until('the sign for off', async () => (await mood(window)).includes('codicon-circle-slash'));
  const asked = project.heard('textDocument/inlineCompletion').length;
  await window.focusEnd();
  await window.type('e');
  await window.expectSaved('shapes.py', `${ADD}re`);
  assert.equal(project.heard('textDocument/inlineCompletion').length, asked);
  assert.deepEqual(await window.ghost(), []);

  await choose(window, 'Turn on for python');
  await ready(window);
  await window.focusEnd();
  await window.typeFirst('t', 'urn a + b');
  return window;
});

test('the status bar says what the server tells: loading, broken, saving on battery', async (bench, project) => {
  const tell = async (window, status) => {
    project.say({ ...RETURN, status });
    await window.press('Escape', 'Alt+Backslash');
  };
  project.say({ ...RETURN, status: { state: 'idle', model: 'core-5m' } });
  const window = await opened(bench, project);
  await until('the model', async () => (await label(window)).includes('Model: core-5m'));

  await tell(window, { state: 'idle', model: 'core-5m', power: 'battery', mode: 'saving' });
  await until('saving', async () => (await label(window)).includes('Power: battery'));
  assert.match(await window.page.textContent('[id*="inhouse.status"]'), /inhouse \(saving\)/);
  await until('what that means', async () => (await label(window)).includes('Mode: saving'));
  assert.doesNotMatch(await label(window), /Index/);
  await tell(window, { state: 'idle', model: 'core-5m', index: 'temporary' });
  await until('the index', async () => (await label(window)).includes('Index: temporary'));
  await tell(window, { state: 'idle', model: '', power: 'mains', mode: 'full', engine: 'away' });
  await until('away', async () => (await mood(window)).includes('codicon-debug-disconnect'));
  const uri = `file://${project.folder}/shapes.py`;
  await tell(window, { state: 'idle', model: 'core-5m', off: [{ uri, why: 'switched off by the project' }] });
  await until('off', async () => (await mood(window)).includes('codicon-circle-slash'));
  await until('why', async () => (await label(window)).includes('switched off by the project'));
  await tell(window, { state: 'loading', model: '' });
  await until('loading', async () => (await mood(window)).includes('codicon-loading'));
  await tell(window, { state: 'failed', model: '' });
  await until('broken', async () => (await mood(window)).includes('codicon-error'));
  return window;
});

test('the menu opens the conventions, whose places are links', async (bench, project) => {
  const text = 'Conventions of 2 files, each with its evidence.\n  lib.greet  (lib.py:2)  wraps print\n';
  project.say({ ...RETURN, conventions: { root: project.folder, text, problem: null } });
  project.write('lib.py', 'one\ntwo\nthree\n');
  const window = await opened(bench, project);
  await choose(window, 'conventions');
  await window.page.waitForSelector('.tab.active:has-text("Conventions")', { timeout: LIMIT_MS });
  await until('the text', async () => (await window.lines())[1]?.includes('lib.greet'));

  await window.follow('lib.py:2', () => window.isAt('lib.py', 2));
  assert.equal(project.heard('workspace/executeCommand').at(-1).params.command, 'inhouse.conventions');
  return window;
});

test('the menu opens why, the models, the doctor, the settings and the log, and restarts', async (bench, project) => {
  project.say({ ...RETURN, why: { items: [], silent: 'too unsure', shown: 2, accepted: 1 } });
  const window = await opened(bench, project);
  const list = (text) => window.page.waitForSelector(`.quick-input-list .monaco-list-row:has-text("${text}")`, { timeout: LIMIT_MS });
  const tab = (text) => window.page.waitForSelector(`.tab.active:has-text("${text}")`, { timeout: LIMIT_MS });
  await choose(window, 'Why this?');
  await list('too unsure');
  await window.press('Escape');
  await choose(window, 'Pick a model');
  await list('small:q8_0');
  await window.press('Escape');
  await choose(window, 'Restart');
  await until('another server', async () => project.heard('initialized').length === 2);
  await choose(window, 'doctor');
  await tab('Doctor');
  await window.press('Control+w');
  await tab('shapes.py');
  await choose(window, 'Settings');
  await tab('Settings');
  await window.press('Control+w');
  await tab('shapes.py');
  await choose(window, 'Show the log');
  await window.page.waitForSelector('.part.panel .pane-body .monaco-editor', { timeout: LIMIT_MS });
  return window;
});

test('the doctor says in an editor what the program finds', async (bench, project) => {
  project.settings({ 'inhouse.show_above': 0.25 }); // the default, but set
  const window = await opened(bench, project);
  await window.command('inhouse: Look for What Is Wrong');

  await window.page.waitForSelector('.tab.active:has-text("Doctor")', { timeout: LIMIT_MS });
  await until('the text', async () => (await window.lines())[0]?.includes('all is well'));
  assert.match((await window.lines())[1].replace(/\s/g, ' '), /"show_above":0\.25,"defaults".* in \w+$/);
  return window;
});

test('a model file that is picked reaches the server', async (bench, project) => {
  project.write('own.gguf', 'GGUF');
  const window = await opened(bench, project);
  project.hold(true); // a program takes seconds to start: what needs none is offered at once
  await window.command('inhouse: Pick a Model');
  await window.page.click('.quick-input-list .monaco-list-row:has-text("A GGUF file")');
  project.hold(false);
  await until('the dialog', async () => (await window.page.inputValue('.quick-input-widget input')).startsWith('/'));
  await window.press('Control+a');
  const wanted = `${project.folder}/own.gguf`;
  await window.type(wanted);
  await window.press('Enter');
  const saved = `${bench.folder}/user/Machine/settings.json`;
  await until('the setting', async () => fs.readFileSync(saved, 'utf8').includes(wanted));

  await until('a server that starts with it', async () => { // VS Code writes the file before it tells the extension
    const before = project.heard('initialize').length;
    await window.command('inhouse: Restart the Server');
    await until('another server', async () => project.heard('initialize').length > before);
    return project.heard('initialize').at(-1).params.initializationOptions.model === wanted;
  });
  await window.command('inhouse: Pick a Model');
  await window.page.click('.quick-input-list .monaco-list-row:has-text("small:q8_0")');
  await until('its name', async () => fs.readFileSync(saved, 'utf8').includes('"small:q8_0"'));
  await window.command('inhouse: Pick a Model');
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("small:q8_0")');
  assert.equal(await window.page.$('.quick-input-list .monaco-list-row:has-text("large")'), null);
  await window.page.click('.quick-input-list .monaco-list-row:has-text("The embedded core")');
  await until('the core', async () => fs.readFileSync(saved, 'utf8').includes('"embedded"'));
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
  const { pid } = project.heard('initialize')[0];
  await window.page.goto('about:blank');

  await until('the end of the process', async () => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  });
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

const TRUSTING = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'always' };
await main('VS Code workbench', pattern, (kind, folder) =>
  Workbench.start(folder, path.resolve(vsix), kind === 'trust' ? TRUSTING : {}),
);
