// What the extension says in VS Code: the status bar, its menu, why, conventions, doctor, models. Of screen.mjs, second part.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { conventions, ITEM, LIB } from './deeds.mjs';
import { ADD, choose, label, mood, opened, ready, RETURN } from './project.mjs';
import { test } from './runner.mjs';
import { LIMIT_MS, until } from './workbench.mjs';

test('the walkthrough knows that the server is there, also when it is opened late', async (bench, project) => {
  const window = await opened(bench, project);
  await window.command('inhouse: How to Install the Server');

  await window.page.waitForSelector('[data-done-step-id$="install"].codicon-getting-started-step-checked', { timeout: LIMIT_MS });
  return window;
});

test('Why this? lists the places and goes there', async (bench, project) => {
  const notes = ['kept away from getLogger: the project uses shop_log'];
  project.say({ ...RETURN, why: { items: [ITEM], silent: null, notes, model: 'core', timings_ms: { total: 12.3 }, shown: 1, accepted: 0 } });
  project.write('lib.py', LIB);
  const window = await opened(bench, project);
  await window.command('inhouse: Why this?');
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("83 % sure, from the model")', { timeout: LIMIT_MS });
  await window.page.waitForSelector('.quick-input-list .monaco-list-row:has-text("kept away from getLogger")', { timeout: LIMIT_MS });
  await window.press('ArrowDown');
  await window.press('Enter');

  await until('line 2', () => window.isAt('lib.py', 2));
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
  project.say({ ...RETURN, conventions: conventions(project) });
  project.write('lib.py', LIB);
  const window = await opened(bench, project);
  await choose(window, 'conventions');
  await window.page.waitForSelector('.tab.active:has-text("Conventions")', { timeout: LIMIT_MS });
  await until('the text', async () => (await window.lines())[1]?.includes('lib.greet'));

  await window.follow('lib.py:3', () => window.isAt('lib.py', 3));
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
