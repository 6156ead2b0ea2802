// What a user does in more than one test, with the server here and over SSH. Tests nothing by itself.
import fs from 'node:fs';
import { ADD, opened, ready, RETURN } from './project.mjs';
import { until } from './workbench.mjs';

/** A suggestion as the server tells of it, made from a place in lib.py. */
export const ITEM = { text: 'return a + b', probability: 0.83, source: 'model', provenance: [{ path: 'lib.py', line: 2, kind: 'window' }] };
export const LIB = 'one\ntwo\nthree\n';

/** The conventions of a project with a place in lib.py. */
export const conventions = (project) => ({
  root: project.folder,
  text: 'Conventions of 2 files, each with its evidence.\n  lib.greet  (lib.py:3)  wraps print\n',
  problem: null,
});

/** Takes all of `return a + b`, of which `typed` stands there, and takes it back. */
export async function takeAndUndo(window, typed) {
  await window.press('Tab');
  await window.expectGhost();
  await window.expectSaved('shapes.py', `${ADD}return a + b`);
  await window.press('Control+z');
  await window.expectSaved('shapes.py', `${ADD}${typed}`);
}

/** A window whose server was killed, and that shows the next one's suggestion. */
export async function killedServer(bench, project) {
  project.say(RETURN);
  const window = await opened(bench, project);
  process.kill(project.heard('initialize')[0].pid, 'SIGKILL');
  await until('another server', async () => project.heard('initialized').length === 2);
  await ready(window);
  await window.focusEnd();
  await window.typeFirst('r', 'eturn a + b');
  return window;
}

/** Closes a window, and waits for the end of its server. */
export async function closedWithServer(window, pid) {
  await window.page.goto('about:blank');
  await until('the end of the process', () => !fs.existsSync(`/proc/${pid}`));
}
