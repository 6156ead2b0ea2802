// Ghost text in VS Code: drawn, taken, sent away, never stale. The tests of screen.mjs, first part.
import assert from 'node:assert/strict';
import { takeAndUndo } from './deeds.mjs';
import { opened, RETURN } from './project.mjs';
import { test } from './runner.mjs';
import { until } from './workbench.mjs';

test('typing shows ghost text; Tab accepts it, the server hears of it, one undo takes it back', async (bench, project) => {
  project.say(RETURN);
  const window = await opened(bench, project);
  await window.typeFirst('r', 'eturn a + b');
  assert.equal((await window.lines())[1], '    return a + b');

  await takeAndUndo(window, 'r');
  await until('the command', async () => project.heard('workspace/executeCommand').some((m) => m.params.command === 'inhouse.accepted'));
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
