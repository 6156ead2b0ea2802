// What a user of the VS Code extension sees, in the real workbench. Usage: node screen.mjs VSIX [NAME-PATTERN]
import path from 'node:path';
import './servers.mjs';
import './ghost.mjs';
import './menus.mjs';
import { main } from './runner.mjs';
import { Workbench } from './workbench.mjs';

const [vsix, pattern] = process.argv.slice(2);
const TRUSTING = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'always' };
await main('VS Code workbench', pattern, (kind, folder) =>
  Workbench.start(folder, path.resolve(vsix), kind === 'trust' ? TRUSTING : {}),
);
