/** What the menu and the commands do. */

import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import { installLine } from './clone';
import { findCommand, otherCommand } from './command';
import type { Pages } from './pages';
import { thisMachine, type Server } from './server';
import * as settings from './settings';

interface Choice extends vscode.QuickPickItem {
  command?: string;
}

export async function menu(server: Server): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const isOff = language !== undefined && settings.languagesOff().includes(language);
  const choices: Choice[] = [
    { label: server.paused ? '$(play) Resume' : '$(debug-pause) Pause', command: 'inhouse.togglePause' },
    { label: '$(question) Why this?', command: 'inhouse.showWhy' },
    { label: "$(law) This project's conventions", command: 'inhouse.showConventions' },
    { label: '$(file-binary) Pick a model', command: 'inhouse.pickModel' },
    { label: '$(pulse) Look for what is wrong (doctor)', command: 'inhouse.doctor' },
    { label: '$(debug-restart) Restart the server', command: 'inhouse.restart' },
    { label: '$(output) Show the log', command: 'inhouse.showLog' },
    { label: '$(gear) Settings', command: 'inhouse.openSettings' },
  ];
  if (language !== undefined) {
    const label = isOff ? `$(check) Turn on for ${language}` : `$(circle-slash) Turn off for ${language}`;
    choices.splice(1, 0, { label, command: 'inhouse.toggleLanguage' });
  }
  if (server.currentState === 'missing') {
    choices.unshift({ label: '$(cloud-download) How to install the server', command: 'inhouse.install' });
  }
  const picked = await vscode.window.showQuickPick(choices, { title: 'inhouse' });
  if (picked?.command) {
    await vscode.commands.executeCommand(picked.command);
  }
}

/** Switches the language of the active editor off or on, for good: it is kept in the settings. */
export async function toggleLanguage(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  if (language === undefined) {
    return;
  }
  const off = settings.languagesOff();
  await settings.setLanguagesOff(off.includes(language) ? off.filter((other) => other !== language) : [...off, language]);
}

interface Model extends vscode.QuickPickItem {
  /** What the setting becomes; undefined: a file is asked for. */
  value?: string;
  /** Its name, if it is not on this machine yet. */
  missing?: string;
}

export async function pickModel(): Promise<void> {
  const fixed: Model[] = [
    { label: '$(home) The embedded core', value: EMBEDDED },
    { label: '$(folder-opened) A GGUF file …' },
  ];
  const picked = await pickOf('inhouse: which model?', fixed, named());
  if (picked?.missing !== undefined) {
    pull(picked.missing);
  } else if (picked) {
    const value = picked.value ?? (await askFile());
    if (value !== undefined) {
      const configuration = vscode.workspace.getConfiguration(settings.SECTION);
      await configuration.update('model', value, vscode.ConfigurationTarget.Global);
    }
  }
}

/** Asks at once; `later` ones join the list when they are known, for a program that is asked takes seconds to start. */
function pickOf<T extends vscode.QuickPickItem>(title: string, first: readonly T[], later: Promise<readonly T[]>): Promise<T | undefined> {
  const pick = vscode.window.createQuickPick<T>();
  pick.title = title;
  pick.items = first;
  pick.busy = true;
  void later.then((more) => {
    const [active] = pick.activeItems;
    pick.items = [...first, ...more];
    pick.activeItems = active ? [active] : [];
    pick.busy = false;
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** The server's name for the model that it brings along. */
const EMBEDDED = 'embedded';

async function askFile(): Promise<string | undefined> {
  const options = { filters: { 'GGUF models': ['gguf'] }, title: 'inhouse: a model file' };
  return (await vscode.window.showOpenDialog(options))?.[0]?.fsPath;
}

/** Models that the program knows by name: those on this machine, and the one that it recommends. */
async function named(): Promise<Model[]> {
  const command = findCommand(settings.setCommand(), thisMachine());
  const [program, ...args] = (command && otherCommand(command, 'model', 'list', '--json')) ?? [];
  if (program === undefined) {
    return [];
  }
  try {
    const found = JSON.parse(await run(program, args)) as { models: { name: string; title?: string; here: boolean; recommended?: boolean }[] };
    return found.models
      .filter((model) => model.name !== EMBEDDED && (model.here || model.recommended))
      .map(({ name, title = '', here, recommended }) => ({
        label: `$(${here ? 'file-binary' : 'cloud-download'}) ${name}`,
        description: [title, ...(recommended ? ['recommended for this machine'] : []), ...(here ? [] : ['not here yet'])].join(', '),
        ...(here ? { value: name } : { missing: name }),
      }));
  } catch {
    return []; // an older program without a list
  }
}

/** Puts the command that fetches a model into a terminal; the user presses Enter, for it uses the network. */
function pull(name: string): void {
  const command = findCommand(settings.setCommand(), thisMachine());
  const words = (command && otherCommand(command, 'model', 'pull', '--use', name)) ?? [];
  const terminal = vscode.window.createTerminal('inhouse');
  terminal.show();
  terminal.sendText(words.map((word) => (/[\s'"]/.test(word) ? JSON.stringify(word) : word)).join(' '), false);
}

interface Conventions {
  root: string;
  text: string | null;
  problem: string | null;
}

/** What the project of the open file does its own way, mined by the running server from the index that it has. */
export async function showConventions(server: Server, pages: Pages): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const of = document && settings.isOurs(document) ? [document.uri.toString()] : [];
  const title = 'inhouse: looking at what the project does';
  const found = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    server.execute<Conventions>('inhouse.conventions', ...of),
  );
  if (found?.text) {
    await pages.show('Conventions', found.text, vscode.Uri.file(found.root));
  } else {
    void vscode.window.showInformationMessage(`inhouse: no conventions: ${found?.problem ?? 'the server is not running'}.`);
  }
}

/** Longer than any check takes. */
const DOCTOR_MS = 60_000;

/** Examines the configuration that the server has: with the editor's settings, and for the folder of the open file. */
export async function doctor(server: Server, pages: Pages): Promise<void> {
  const command = findCommand(settings.setCommand(), thisMachine());
  if (!command) {
    await vscode.commands.executeCommand('inhouse.install');
    return;
  }
  const [program, ...args] = otherCommand(command, 'doctor') ?? [];
  if (program === undefined) {
    void vscode.window.showInformationMessage('inhouse: run `inhouse doctor` in a terminal; `inhouse.server.command` has no `serve`.');
    return;
  }
  const title = 'inhouse: looking for what is wrong';
  const text = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    run(program, args, server.told, folder()),
  );
  await pages.show('Doctor', text);
}

function folder(): string | undefined {
  const open = vscode.window.activeTextEditor?.document.uri;
  const found = (open && vscode.workspace.getWorkspaceFolder(open)) ?? vscode.workspace.workspaceFolders?.[0];
  return found?.uri.scheme === 'file' ? found.uri.fsPath : undefined;
}

/** What the program says, also when it fails: that is when it says what is wrong. `told` is what the server is told. */
function run(program: string, args: string[], told: Record<string, unknown> = {}, cwd?: string): Promise<string> {
  // A project's folder must not become a place that Python imports from, should the command be `python -m ...`.
  const env = { ...process.env, INHOUSE_EDITOR: JSON.stringify(told), PYTHONSAFEPATH: '1' };
  return new Promise((resolve) => {
    execFile(program, args, { timeout: DOCTOR_MS, env, cwd }, (error, stdout, stderr) => {
      resolve(stdout || stderr || (error ? String(error.message) : 'Nothing was said.'));
    });
  });
}

export async function installWith(program: 'uv' | 'pipx'): Promise<void> {
  const options = { canSelectFolders: true, canSelectFiles: false, title: 'inhouse: the folder of your clone', openLabel: 'Install from here' };
  const folder = (await vscode.window.showOpenDialog(options))?.[0];
  if (folder) {
    const terminal = vscode.window.createTerminal('inhouse');
    terminal.show();
    // The user presses Enter: nothing is installed unasked.
    terminal.sendText(installLine(program, folder.fsPath, process.platform === 'win32'), false);
  }
}
