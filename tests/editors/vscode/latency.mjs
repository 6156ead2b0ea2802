// How long from a key to the ghost text it brings, while real code is typed anew at a person's pace.
// Usage: node latency.mjs VSIX SERVER PROJECT FILE [SAMPLES] [LIMIT_S]. The last line of its output is JSON.
// It ends when so many ghost texts were seen, or after that many seconds, whichever is first.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until, Workbench } from './workbench.mjs';

const [vsix, server, source, file, count = '100', limit = '200'] = process.argv.slice(2);
// Five keys a second, or 60 words a minute, as unevenly as people type: an even pace can beat in time with an editor's own
// pause, so that a key seems to bring what the one before has asked for.
const [SHORTEST_MS, SPREAD_MS] = [120, 160];
const KEY_MS = SHORTEST_MS + SPREAD_MS / 2;
const LONGEST = 24;
let typed = 0;
const pauseMs = () => SHORTEST_MS + SPREAD_MS * ((++typed * 0.6180339887) % 1);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inhouse-latency-'));
const project = `${folder}/project`;
fs.cpSync(source, project, { recursive: true });
const here = path.dirname(fileURLToPath(import.meta.url));
const bench = await Workbench.start(folder, path.resolve(vsix), {
  'inhouse.server.command': ['python3', path.join(here, '..', 'timing_proxy.py'), `${folder}/times`, server, 'serve', '--stdio'],
  'inhouse.show_above': 0, // everything is shown, however unsure: that makes more samples of the same way
  'editor.autoIndent': 'none',
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const share = (list, part) => list[Math.max(0, Math.ceil(list.length * part) - 1)];

/* Runs in the page: notes every key, and at every frame ghost text that is not the rest of what was there before. */
function watch() {
  window.keys_ = [];
  window.shown_ = [];
  let last = '';
  const now = () => performance.timeOrigin + performance.now();
  addEventListener('keydown', () => window.keys_.push(now()), true);
  (function look() {
    const nodes = [...document.querySelectorAll('.view-lines [class*="ghost-text-decoration"]')];
    const text = nodes.map((node) => node.textContent).join('');
    if (text !== '' && !last.endsWith(text)) {
      window.shown_.push({ at: now(), text });
    }
    last = text;
    requestAnimationFrame(look);
  })();
}

try {
  const window = await bench.window(project, file);
  const ready = () => document.querySelector('[id*="inhouse.status"] .codicon-home') !== null;
  await until('the server', () => window.page.evaluate(ready));
  await window.focusEnd();
  await pause(5000); // a workbench that starts is busy with other things
  await window.page.evaluate(`(${watch})()`);
  const lines = fs.readFileSync(path.join(project, file), 'utf8').split('\n');
  const started = performance.now();
  const enough = async () =>
    performance.now() - started > Number(limit) * 1000 || (await window.page.evaluate('window.shown_.length')) >= Number(count);
  // The golden section spreads the lines evenly, however many of them there is time for.
  for (let step = 1; step <= lines.length && !(await enough()); step++) {
    const number = 1 + Math.floor(lines.length * ((step * 0.6180339887) % 1));
    const code = lines[number - 1].trim();
    if (code.length > 6) {
      await window.press('Control+g');
      await window.page.waitForSelector('.quick-input-widget input', { state: 'visible' });
      await window.type(`${number}:999`);
      await window.press('Enter', 'Shift+Home', 'Delete');
      for (const key of code.slice(0, LONGEST)) {
        await pause(pauseMs());
        await window.type(key);
      }
      await pause(KEY_MS * 3);
      await window.press('Escape', 'Control+z', 'Control+z', 'Control+z');
    }
  }
  const [shown, keys] = await window.page.evaluate('[window.shown_, window.keys_]');
  const answers = fs.readFileSync(`${folder}/times`, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const clean = (text) => text.split('\n', 1)[0].replace(/\u00a0/g, ' ');
  // What is drawn belongs to the newest answer until then that has its text, and that to the key before its request: by
  // the time that it is drawn, a fast typist has pressed another.
  const matched = shown.flatMap(({ at, text }) => {
    const answer = answers.findLast(({ answered, texts }) => answered <= at && texts.some((one) => clean(one).endsWith(clean(text))));
    const key = answer && keys.findLast((pressed) => pressed <= answer.asked);
    return key === undefined ? [] : [{ total: at - key, server: answer.answered - answer.asked }];
  });
  const sorted = (name) => matched.map((one) => one[name]).sort((a, b) => a - b);
  const [total, taken] = [sorted('total'), sorted('server')];
  const of = (list) => ({ p50: share(list, 0.5), p95: share(list, 0.95) });
  const whole = (list) => list.map(Math.round);
  const samples = { samples_ms: whole(total), server_samples_ms: whole(taken) };
  // Of those shown, `matched` have an answer: the times are of these.
  const result = { editor: 'VS Code workbench', ...samples, shown: shown.length, key_to_ghost_ms: of(total), answers: answers.length, matched: matched.length, server_ms: of(taken) };
  console.log(JSON.stringify(result));
} finally {
  await bench.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
