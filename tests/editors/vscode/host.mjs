// Starts host.cjs in a real extension host, with the extension straight from its folder. Usage: node host.mjs
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIMIT_MS, until, Workbench } from './workbench.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'inhouse-host-'));
const python = process.env.INHOUSE_TEST_PYTHON ?? 'python3';
process.env.INHOUSE_HOST_RESULT = `${folder}/result.json`;
process.env.INHOUSE_HOST_SCRIPT = `${folder}/script.json`;
process.env.INHOUSE_HOST_TRACE = `${folder}/trace.jsonl`;
fs.mkdirSync(`${folder}/project`);
fs.writeFileSync(process.env.INHOUSE_HOST_SCRIPT, '{"rules": []}');

const server = path.join(here, '..', 'scripted_server.py');
const bench = await Workbench.start(folder, undefined, {
  'inhouse.server.command': [python, server, process.env.INHOUSE_HOST_SCRIPT, process.env.INHOUSE_HOST_TRACE],
});
let failed = 1;
try {
  await bench.window(`${folder}/project`, undefined, [
    ['extensionDevelopmentPath', path.join(here, '..', '..', '..', 'editor-plugins', 'vscode')],
    ['extensionTestsPath', path.join(here, 'host.cjs')],
  ]);
  let printed = 0;
  await until('the tests to end', () => {
    const text = fs.existsSync(process.env.INHOUSE_HOST_RESULT) ? fs.readFileSync(process.env.INHOUSE_HOST_RESULT, 'utf8') : '';
    const { results, of } = text ? JSON.parse(text) : { results: [], of: 1 };
    for (const { name, failure, seconds } of results.slice(printed)) {
      console.log(`${failure ? 'FAIL' : 'ok  '} ${seconds.toFixed(1).padStart(6)} s  ${name}`);
      if (failure) {
        console.log(failure);
      }
    }
    printed = results.length;
    failed = results.filter(({ failure }) => failure).length;
    return printed === of;
  }, LIMIT_MS * 4);
  console.log(`VS Code extension host: ${printed} tests, ${failed} failed`);
} catch (error) {
  failed = 1;
  console.log(error.message);
  await bench.browser.contexts()[0]?.pages()[0]?.screenshot({ path: `${os.tmpdir()}/inhouse-host-failed.png` });
} finally {
  await bench.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(failed > 0 ? 1 : 0);
