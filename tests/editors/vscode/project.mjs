// A project with the scripted server, and what the extension shows in a window on it. Tests nothing.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './workbench.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const PYTHON = process.env.INHOUSE_TEST_PYTHON ?? 'python3';

export const ADD = 'def add(a, b):\n    ';
export const RETURN = { rules: [{ before: '    ', items: ['return a + b', 'return b + a', 'pass'] }] };

/** A project of its own for every test, with a server that says what its script says. */
export class Project {
  constructor(root, number) {
    this.folder = `${root}/projects/${number}`;
    this.script = `${this.folder}.script.json`;
    this.trace = `${this.folder}.trace.jsonl`;
    fs.mkdirSync(`${this.folder}/.vscode`, { recursive: true });
    this.say({ rules: [] });
    this.settings({});
  }

  settings(more) {
    const command = [PYTHON, path.join(HERE, '..', 'scripted_server.py'), this.script, this.trace, 'utf-16', 'serve'];
    const all = { 'inhouse.server.command': command, ...more };
    fs.writeFileSync(`${this.folder}/.vscode/settings.json`, JSON.stringify(all));
  }

  say(script) {
    fs.writeFileSync(`${this.script}.new`, JSON.stringify(script));
    fs.renameSync(`${this.script}.new`, this.script);
  }

  /** Whether the program keeps whoever asks for its models waiting. */
  hold(on) {
    fs.rmSync(`${this.script}.hold`, { force: true });
    if (on) {
      fs.writeFileSync(`${this.script}.hold`, '');
    }
  }

  write(file, text) {
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  heard(method) {
    const lines = fs.existsSync(this.trace) ? fs.readFileSync(this.trace, 'utf8').split('\n') : [];
    const complete = lines.slice(0, -1).map((line) => JSON.parse(line));
    return complete.filter((message) => !method || message.method === method);
  }
}

/** The real program: that of this checkout, or that on PATH. */
export function realServer() {
  const own = path.join(HERE, '../../../.venv/bin/inhouse');
  const named = process.env.INHOUSE_TEST_SERVER ?? (fs.existsSync(own) ? own : undefined);
  const places = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'inhouse'));
  return named ?? places.find((place) => fs.existsSync(place));
}

export const mood = (window) =>
  window.page.evaluate(() => document.querySelector('[id*="inhouse.status"] .codicon')?.className ?? '');

/** What the status bar's item says, with its tooltip. */
export const label = (window) =>
  window.page.evaluate(() => document.querySelector('[id*="inhouse.status"]')?.getAttribute('aria-label') ?? '');

/** Picks an entry of the menu behind the status bar's item. */
export async function choose(window, entry) {
  await window.page.click('[id*="inhouse.status"]');
  await window.page.click(`.quick-input-list .monaco-list-row:has-text("${entry}")`);
}

export async function ready(window) {
  await until('the server to be ready', async () => (await mood(window)).includes('codicon-home'));
}

/** A window on a file whose cursor stands at the end, with the server ready. */
export async function opened(bench, project, text = ADD, file = 'shapes.py') {
  project.write(file, text);
  const window = await bench.window(project.folder, file);
  await ready(window);
  await window.focusEnd();
  return window;
}
