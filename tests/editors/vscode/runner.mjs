// Runs tests in a real workbench, each in a new project, and says how they went.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Project } from './project.mjs';

const tests = [];
export const test = (name, run, options = {}) => tests.push({ name, run, ...options });

/** Runs one test in a new project; returns what went wrong. */
async function attempt({ run }, bench, project) {
  try {
    await run(bench, project);
    return undefined;
  } catch (error) {
    const pages = bench.browser.contexts().flatMap((context) => context.pages());
    for (const [index, page] of pages.entries()) {
      const picture = `${os.tmpdir()}/inhouse-vscode-failed-${path.basename(project.folder)}-${index}.png`;
      await page.screenshot({ path: picture }).catch(() => undefined);
      error.message += `\n    picture: ${picture}`;
    }
    return error;
  } finally {
    for (const context of bench.browser.contexts()) {
      await context.close();
    }
  }
}

/**
 * Runs the tests whose name has the pattern, each in a project of its own, and ends the process.
 * `start` makes the kind of workbench that a test asks for (default: plain) in a folder, once for each kind.
 */
export async function main(title, pattern, start) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'inhouse-vscode-'));
  const benches = {};
  let failed = 0;
  let repeated = 0;
  const chosen = tests.filter(({ name }) => !pattern || new RegExp(pattern).test(name));
  for (const [number, test] of chosen.entries()) {
    const started = Date.now();
    const kind = test.bench ?? 'plain';
    const where = (benches[kind] ??= await start(kind, `${root}/${kind}`));
    let failure = await attempt(test, where, new Project(root, `${number}`));
    if (failure) {
      console.log(`once    ${failure.stack}`);
      repeated++;
      // A browser on a busy machine loses a key now and then: what fails twice is broken.
      failure = await attempt(test, where, new Project(root, `${number}-again`));
    }
    console.log(`${failure ? 'FAIL' : 'ok  '} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${test.name}`);
    if (failure) {
      failed++;
      console.log(failure.stack);
    }
  }
  for (const started of Object.values(benches)) {
    await started.stop();
  }
  fs.rmSync(root, { recursive: true, force: true });
  console.log(`${title}: ${chosen.length} tests, ${failed} failed, ${repeated} needed a second attempt`);
  process.exit(failed > 0 || chosen.length === 0 ? 1 : 0);
}
