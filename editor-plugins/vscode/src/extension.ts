/** Makes the parts and ties them to the editor's events. Everything made here is disposed of by the editor. */

import * as vscode from 'vscode';
import * as actions from './actions';
import { Pages } from './pages';
import { Server } from './server';
import * as settings from './settings';
import { Status } from './status';
import { showWhy } from './why';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('inhouse', { log: true });
  server = new Server(context.extension.packageJSON as settings.Manifest, log);
  const status = new Status(server);
  const pages = new Pages();
  context.subscriptions.push(log, server, status, pages);
  registerCommands(context, server, status, pages);
  watch(context, server, status);
}

export async function deactivate(): Promise<void> {
  await server?.end();
}

function registerCommands(context: vscode.ExtensionContext, server: Server, status: Status, pages: Pages): void {
  const commands: Record<string, () => unknown> = {
    'inhouse.menu': () => actions.menu(server),
    'inhouse.showWhy': () => showWhy(server),
    'inhouse.showConventions': () => actions.showConventions(server, pages),
    'inhouse.toggleLanguage': () => actions.toggleLanguage(),
    'inhouse.pickModel': () => actions.pickModel(),
    'inhouse.doctor': () => actions.doctor(server, pages),
    'inhouse.restart': () => server.restart(),
    'inhouse.showLog': () => server.log.show(),
    'inhouse.openSettings': () => vscode.commands.executeCommand('workbench.action.openSettings', 'inhouse.'),
    'inhouse.install': async () => {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`, false);
      // VS Code learns of the walkthrough here, and looks only at what changes from then on.
      await vscode.commands.executeCommand('setContext', 'inhouse.found', server.currentState === 'idle');
    },
    'inhouse.installWithUv': () => actions.installWith('uv'),
    'inhouse.installWithPipx': () => actions.installWith('pipx'),
    'inhouse.togglePause': () => {
      server.paused = !server.paused;
      status.show();
    },
  };
  for (const [name, run] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  }
}

function watch(context: vscode.ExtensionContext, server: Server, status: Status): void {
  const opened = (document: vscode.TextDocument) => {
    if (settings.isOurs(document)) {
      void server.ensureStarted();
    }
  };
  let before = server.currentState;
  context.subscriptions.push(
    server.onDidChangeState((state) => {
      if (state === 'missing' && before !== state) {
        void tellMissing();
      }
      before = state;
      status.show();
    }),
    vscode.window.onDidChangeActiveTextEditor(() => status.show()),
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('inhouse.enabled') && !settings.isEnabled()) {
        void server.stop();
      } else if (['enabled', 'server.command', 'languages'].some((name) => event.affectsConfiguration(`inhouse.${name}`))) {
        restartIfWanted(server);
      }
      status.show();
    }),
  );
  vscode.workspace.textDocuments.forEach(opened);
  status.show();
}

function restartIfWanted(server: Server): void {
  if (vscode.workspace.textDocuments.some(settings.isOurs)) {
    void server.restart();
  }
}

async function tellMissing(): Promise<void> {
  const how = 'How to install it';
  const set = 'Set its path';
  const message = 'inhouse: the server program `inhouse` was not found on this machine.';
  const picked = await vscode.window.showWarningMessage(message, how, set);
  if (picked === how) {
    await vscode.commands.executeCommand('inhouse.install');
  } else if (picked === set) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'inhouse.server.command');
  }
}
