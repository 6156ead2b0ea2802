/** What the menu and the commands do. */

import * as vscode from 'vscode';
import { findCommand } from './command';
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
    { label: '$(file-binary) Pick a model file', command: 'inhouse.pickModel' },
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

/** Switches the language of the active editor off or on, for good: it is kept in the user's settings. */
export async function toggleLanguage(): Promise<void> {
  const language = vscode.window.activeTextEditor?.document.languageId;
  if (language === undefined) {
    return;
  }
  const off = settings.languagesOff();
  const next = off.includes(language) ? off.filter((other) => other !== language) : [...off, language];
  const configuration = vscode.workspace.getConfiguration(settings.SECTION);
  await configuration.update('languages_off', next, vscode.ConfigurationTarget.Global);
}

export async function pickModel(): Promise<void> {
  const embedded = { label: '$(home) The embedded core', file: false };
  const file = { label: '$(folder-opened) A GGUF file …', file: true };
  const picked = await vscode.window.showQuickPick([embedded, file], { title: 'inhouse: which model?' });
  if (!picked) {
    return;
  }
  const chosen = picked.file
    ? await vscode.window.showOpenDialog({ filters: { 'GGUF models': ['gguf'] }, title: 'inhouse: a model file' })
    : [];
  if (chosen) {
    const configuration = vscode.workspace.getConfiguration(settings.SECTION);
    await configuration.update('model', chosen[0]?.fsPath, vscode.ConfigurationTarget.Global);
  }
}

export function doctor(): void {
  const command = findCommand(settings.setCommand(), thisMachine());
  if (command?.[0]) {
    inTerminal(command[0], ['doctor']);
  } else {
    void vscode.commands.executeCommand('inhouse.install');
  }
}

export function installWith(program: 'uv' | 'pipx'): void {
  const line = program === 'uv' ? 'uv tool install inhouse' : 'pipx install inhouse';
  const terminal = vscode.window.createTerminal('inhouse');
  terminal.show();
  terminal.sendText(line, false); // the user presses Enter: nothing is installed unasked
}

function inTerminal(program: string, args: string[]): void {
  const terminal = vscode.window.createTerminal({ name: 'inhouse', shellPath: program, shellArgs: args });
  terminal.show();
}
