// A terminal's screen, as `tmux capture-pane -e` gives it, as a picture. Usage: node picture.mjs SCREEN.txt OUT.png
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { page as screenPage } from './terminal.mjs';

const { chromium } = createRequire(`${process.env.INHOUSE_WORKBENCH}/package.json`)('playwright-core');
const [screen, out] = process.argv.slice(2);

const browser = await chromium.launch({ executablePath: process.env.INHOUSE_BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
await page.setContent(screenPage(fs.readFileSync(screen, 'utf8')));
await (await page.$('pre')).screenshot({ path: out });
await browser.close();
