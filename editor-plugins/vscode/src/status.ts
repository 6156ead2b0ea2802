/** The item in the status bar: whether suggestions come, and from which model. */

import * as vscode from 'vscode';
import type { Server, State } from './server';
import * as settings from './settings';
import { modelName } from './why';

const LOOKS: Record<State | 'paused' | 'language', { icon: string; says: string; warn?: true }> = {
  off: { icon: 'circle-slash', says: 'switched off' },
  missing: { icon: 'warning', says: 'the server is not installed', warn: true },
  starting: { icon: 'loading~spin', says: 'starting' },
  idle: { icon: 'home', says: 'ready' },
  thinking: { icon: 'loading~spin', says: 'thinking' },
  waiting: { icon: 'sync~spin', says: 'the server ended and is started again' },
  failed: { icon: 'error', says: 'the server keeps ending', warn: true },
  paused: { icon: 'debug-pause', says: 'paused: only Alt+\\ asks' },
  language: { icon: 'circle-slash', says: 'switched off for this language' },
};

export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private model: string | undefined;

  constructor(private readonly server: Server) {
    this.item = vscode.window.createStatusBarItem('inhouse.status', vscode.StatusBarAlignment.Right, 100);
    this.item.name = 'inhouse';
    this.item.command = 'inhouse.menu';
  }

  /** Shows what holds for the editor that has the focus; hidden where inhouse has no say. */
  show(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !settings.isOurs(document)) {
      this.item.hide();
      return;
    }
    const look = LOOKS[this.mood(document.languageId)];
    this.item.text = `$(${look.icon}) inhouse`;
    this.item.tooltip = [`inhouse: ${look.says}`, ...(this.model ? [`Model: ${this.model}`] : [])].join('\n');
    this.item.backgroundColor = look.warn && new vscode.ThemeColor('statusBarItem.warningBackground');
    this.item.show();
  }

  /** Asks for the model's name, which is known once it has answered something. */
  async learnModel(): Promise<void> {
    this.model ??= await modelName(this.server);
    this.show();
  }

  forgetModel(): void {
    this.model = undefined;
  }

  dispose(): void {
    this.item.dispose();
  }

  private mood(language: string): keyof typeof LOOKS {
    const state = this.server.currentState;
    if (state !== 'idle' && state !== 'thinking') {
      return state;
    }
    if (settings.languagesOff().includes(language)) {
      return 'language';
    }
    return this.server.paused ? 'paused' : state;
  }
}
