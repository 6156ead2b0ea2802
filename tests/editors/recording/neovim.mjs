// Records the scene in a real Neovim in a real terminal (tmux), with the real server.
// Usage: node neovim.mjs NVIM SERVER PROJECT OUT.png
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { page as screenPage } from '../neovim/terminal.mjs';
import { keep } from './keep.mjs';
import { FILE, LAST_MS, prepare, write, WRITTEN } from './scene.mjs';

const { chromium } = createRequire(`${process.env.INHOUSE_WORKBENCH}/package.json`)('playwright-core');
const [nvim, server, source, out] = process.argv.slice(2);
const plugin = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../editor-plugins/neovim');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inhouse-recording-'));
const project = `${folder}/marshmallow`;
fs.cpSync(source, project, { recursive: true });
const line = prepare(project);
const socket = `inhouse-recording-${process.pid}`;
const tmux = (...args) => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' });
const LIMIT_MS = 120_000;
// The model is loaded and the project is read before the recording begins.
const READING_MS = 15_000;
const GHOST = `(function()
  local drawn = require('inhouse.ghost').of()
  local item = drawn and drawn:visible() and drawn.items[drawn.index]
  local left = item and require('inhouse.item').left(drawn.buf, item)
  return left and left.rest or ''
end)()`.replace(/\n\s*/g, ' ');
const [COLUMNS, ROWS] = [94, 17];

async function until(what, check) {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; ) {
    if (check()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`waited in vain for ${what}; the screen:\n${tmux('capture-pane', '-p')}`);
}

fs.writeFileSync(
  `${folder}/init.lua`,
  `vim.g.loaded_python3_provider = 0
vim.o.termguicolors, vim.o.number, vim.o.showmode, vim.o.ruler, vim.o.swapfile = true, true, false, false, false
vim.opt.runtimepath:prepend('${plugin}')
vim.o.statusline = " %f %m%= %{v:lua.require'inhouse'.status()} "
vim.api.nvim_create_autocmd('User', { pattern = 'InhouseStatus', command = 'redrawstatus' })
-- A little brighter than the default, for a small picture.
vim.api.nvim_set_hl(0, 'InhouseGhost', { fg = '#7d8494', italic = true })
require('inhouse').setup({ cmd = { '${server}', 'serve', '--stdio' } })`,
);
const frames = [];
try {
  const command = `cd '${project}' && '${nvim}' --listen '${folder}/nvim.sock' --clean -i NONE -u '${folder}/init.lua' '+${line}' '${FILE}'`;
  const env = { ...process.env, HOME: folder, TERM: 'xterm-256color' };
  execFileSync('tmux', ['-L', socket, '-f', '/dev/null', 'new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), command], { env });
  tmux('set-option', '-g', 'default-terminal', 'tmux-256color');
  tmux('set-option', '-sa', 'terminal-overrides', ',*:Tc');
  const screens = [];
  const keys = (...names) => tmux('send-keys', ...names);
  const ask = (expression) => execFileSync(nvim, ['--server', `${folder}/nvim.sock`, '--remote-expr', expression], { encoding: 'utf8' });
  // "inhouse (saving)" on a busy machine
  const ready = () => tmux('capture-pane', '-p').split('\n').some((row) => / inhouse( \(\w+\))?$/.test(row.trimEnd()));
  const picture = (ms) => screens.push({ text: tmux('capture-pane', '-p', '-e'), ms });
  await until('the server', ready);
  keys('zzA');
  await new Promise((resolve) => setTimeout(resolve, READING_MS));
  const place = () => ask("line('.') .. ':' .. col('.')").trim();
  const key = async (...names) => {
    const before = place();
    keys(...names);
    await until('the cursor to move', () => place() !== before);
  };
  await write({
    ghost: async () => ask(`luaeval("${GHOST}")`),
    accept: () => key('M-l'),
    type: (text) => key('-l', text),
    line: async (indent) => {
      await key('Enter');
      while (Number(place().split(':')[1]) - 1 > indent) {
        await key('BSpace');
      }
    },
    picture: async (ms) => picture(ms),
  });
  keys('Escape');
  keys('-l', ':write');
  keys('Enter');
  await until('the file', () => fs.readFileSync(path.join(project, FILE), 'utf8').includes(WRITTEN));
  picture(LAST_MS);

  const browser = await chromium.launch({ executablePath: process.env.INHOUSE_BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
  const view = await browser.newPage();
  // A terminal drops the blanks at its end, so the pictures' size is not left to the text.
  await view.setViewportSize({ width: COLUMNS * 9 + 40, height: ROWS * 20 + 24 });
  for (const { text, ms } of screens) {
    await view.setContent(screenPage(text));
    frames.push({ png: await view.screenshot(), ms });
  }
  await browser.close();
  assert.ok(frames.length > 10);
  keep(frames, out);
} finally {
  try {
    tmux('kill-server');
  } catch {
    // it has ended already
  }
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
