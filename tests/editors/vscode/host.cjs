// Tests that run inside the real extension host, with the whole `vscode` API and without the screen.
// host.mjs starts them and reads the file that they write.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const { INHOUSE_HOST_RESULT: RESULT, INHOUSE_HOST_SCRIPT: SCRIPT, INHOUSE_HOST_TRACE: TRACE } = process.env;
const LIMIT_MS = Number(process.env.INHOUSE_TEST_LIMIT_MS ?? 60_000);
const root = () => vscode.workspace.workspaceFolders[0].uri.fsPath;
const run = (command, ...args) => vscode.commands.executeCommand(command, ...args);
const suggest = (action) => run(`editor.action.inlineSuggest.${action}`);

function say(script) {
  fs.writeFileSync(`${SCRIPT}.new`, JSON.stringify(script));
  fs.renameSync(`${SCRIPT}.new`, SCRIPT);
}

function heard(method) {
  const lines = fs.existsSync(TRACE) ? fs.readFileSync(TRACE, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line)).filter((message) => !method || message.method === method);
}

async function until(what, check) {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    if (await check()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** An editor on a new file, its cursor at the end. */
async function editorOn(name, text) {
  fs.writeFileSync(path.join(root(), name), text);
  const document = await vscode.workspace.openTextDocument(path.join(root(), name));
  const editor = await vscode.window.showTextDocument(document);
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  return editor;
}

/** Triggers and does the action until the document changes: nothing tells an extension that ghost text is drawn. */
async function take(editor, action, expected) {
  const before = editor.document.getText();
  await until(`${action} to give ${JSON.stringify(expected)}`, async () => {
    await suggest('trigger');
    await new Promise((resolve) => setTimeout(resolve, 250));
    await suggest(action);
    return editor.document.getText() !== before;
  });
  assert.equal(editor.document.getText(), expected);
}

/** A file system with one file, as extensions bring them. */
class Memory {
  onDidChangeFile = new vscode.EventEmitter().event;
  constructor(text) {
    this.bytes = Buffer.from(text);
  }
  stat = () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.bytes.length });
  readFile = () => this.bytes;
  writeFile = (_uri, bytes) => void (this.bytes = bytes);
  readDirectory = () => [];
  watch = () => new vscode.Disposable(() => undefined);
  createDirectory() {}
  delete() {}
  rename() {}
}

const ADD = 'def add(a, b):\n    ';
const tests = {
  'the first file of a language starts one server': async () => {
    assert.equal(heard('initialize').length, 0);
    say({ rules: [{ before: '    ', items: ['return a + b'] }] });
    await editorOn('one.py', ADD);
    await until('the server', () => heard('initialized').length === 1);
    await editorOn('two.py', ADD);
    assert.equal(heard('initialize').length, 1);
  },
  'accept all, and one undo takes back exactly that': async () => {
    const editor = await editorOn('all.py', ADD);
    await take(editor, 'commit', `${ADD}return a + b`);
    await run('undo');
    assert.equal(editor.document.getText(), ADD);
  },
  'one undo takes back exactly an accepted word, line, or text of several lines': async () => {
    say({ rules: [{ before: '    ', items: ['total = a + b\n    return total'] }] });
    const cases = { acceptNextWord: 'total', acceptNextLine: 'total = a + b\n', commit: 'total = a + b\n    return total' };
    for (const [action, text] of Object.entries(cases)) {
      const editor = await editorOn(`${action}.py`, ADD);
      await run('type', { text: 'to' });
      await take(editor, action, `${ADD}${text}`);
      await run('type', { text: 'x' });
      assert.equal(editor.document.getText(), `${ADD}${text}x`);
      await run('undo');
      assert.equal(editor.document.getText(), `${ADD}${text}`);
      await run('undo');
      assert.equal(editor.document.getText(), `${ADD}to`);
      await run('redo');
      assert.equal(editor.document.getText(), `${ADD}${text}`);
      await run('workbench.action.revertAndCloseActiveEditor');
    }
    say({ rules: [{ before: '    ', items: ['return a + b'] }] });
  },
  'several cursors: each gets the text': async () => {
    const editor = await editorOn('cursors.py', 'def f(a, b):\n    \ndef g(a, b):\n    ');
    const ends = [1, 3].map((line) => editor.document.lineAt(line).range.end);
    editor.selections = ends.map((end) => new vscode.Selection(end, end));
    await take(editor, 'commit', 'def f(a, b):\n    return a + b\ndef g(a, b):\n    return a + b');
    await run('removeSecondaryCursors');
  },
  "a notebook's cells are not told of and not asked for": async () => {
    const before = heard('textDocument/didOpen').length;
    const asked = heard('textDocument/inlineCompletion').length;
    const data = new vscode.NotebookData([new vscode.NotebookCellData(vscode.NotebookCellKind.Code, '    ', 'python')]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    assert.equal(notebook.notebookType, 'jupyter-notebook');
    assert.equal(notebook.cellAt(0).document.languageId, 'python');
    await vscode.window.showNotebookDocument(notebook);
    await run('notebook.cell.edit');
    await until('the cell to be edited', () => vscode.window.activeTextEditor?.document === notebook.cellAt(0).document);
    await suggest('trigger');
    await run('type', { text: 're' });
    await until('the cell to be typed into', () => notebook.cellAt(0).document.getText().includes('re'));
    await suggest('trigger');
    await run('workbench.action.revertAndCloseActiveEditor');
    await editorOn('behind.py', ADD);
    await until('the next file', () => heard('textDocument/didOpen').length > before);
    await suggest('trigger');
    await until('its request', () => heard('textDocument/inlineCompletion').length > asked);
    const elsewhere = (method) => heard(method).map((message) => message.params.textDocument.uri).filter((uri) => !uri.startsWith('file:'));
    assert.deepEqual([...elsewhere('textDocument/didOpen'), ...elsewhere('textDocument/inlineCompletion')], []);
  },
  'files that are not on this machine are not told of, and what this machine calls remote is': async () => {
    const before = heard('textDocument/didOpen').length;
    const text = { provideTextDocumentContent: () => ADD };
    const registered = [
      vscode.workspace.registerTextDocumentContentProvider('elsewhere', text),
      vscode.workspace.registerTextDocumentContentProvider('vscode-vfs', text),
      vscode.workspace.registerTextDocumentContentProvider('git', text),
      vscode.workspace.registerFileSystemProvider('memory', new Memory(ADD)),
    ];
    const far = ['elsewhere:/far/away.py', 'vscode-vfs://github/owner/name/away.py', 'git:/repo/away.py?{"ref":"HEAD"}'];
    for (const uri of [...far, 'memory:/away.py', 'untitled:new.py', 'untitled:/far/new.py']) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
      assert.equal(document.languageId, 'python');
      const editor = await vscode.window.showTextDocument(document);
      await suggest('trigger');
      if (uri.startsWith('memory:')) {
        await editor.edit((edit) => edit.insert(new vscode.Position(1, 4), 'pass'));
        await document.save();
      }
      await run('workbench.action.revertAndCloseActiveEditor');
    }
    registered.forEach((one) => one.dispose());
    // The window's name for a file of the machine that the extension runs on.
    fs.writeFileSync(path.join(root(), 'here.py'), ADD);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(`vscode-remote://faraway:1${root()}/here.py`));
    await vscode.window.showTextDocument(document);
    await until('the next file', () => heard('textDocument/didOpen').length > before);
    const told = heard('textDocument/didOpen').slice(before).map((message) => message.params.textDocument.uri);
    assert.deepEqual(told, [`file://${root()}/here.py`]);
    assert.deepEqual(heard().filter((message) => JSON.stringify(message).includes('away.py')), []);
  },
  'inside a snippet the keys are the snippet\'s, and afterwards ghost text is back': async () => {
    say({ rules: [{ before: 'first = ', items: ['a + b'] }, { before: '    ', items: ['return a + b'] }] });
    const editor = await editorOn('snippet.py', '');
    await editor.insertSnippet(new vscode.SnippetString('${1:first} = ${2:second}\n    $0'));
    await suggest('trigger');
    await run('jumpToNextSnippetPlaceholder');
    assert.equal(editor.document.getText(editor.selection), 'second');
    await run('jumpToNextSnippetPlaceholder');
    await take(editor, 'commit', 'first = second\n    return a + b');
    say({ rules: [{ before: '    ', items: ['return a + b'] }] });
  },
  'folded code above does not move what is accepted': async () => {
    const folded = 'def one():\n    first()\n    second()\n\n\n';
    const editor = await editorOn('folds.py', folded + ADD);
    await run('editor.fold', { selectionLines: [0] });
    await take(editor, 'commit', `${folded}${ADD}return a + b`);
  },
  'a read-only file is left as it is': async () => {
    const asked = () => heard('textDocument/inlineCompletion').filter((message) => message.params.textDocument.uri.endsWith('/locked.py')).length;
    const editor = await editorOn('locked.py', ADD);
    await run('workbench.action.files.setActiveEditorReadonlyInSession');
    for (let attempt = 0; attempt < 4; attempt++) {
      await suggest('trigger');
      await new Promise((resolve) => setTimeout(resolve, 250)); // as long as `take` gives the text to be drawn
      await suggest('commit');
    }
    assert.equal(editor.document.getText(), ADD);
    assert.equal(asked(), 0);
    // The very same keys do something once the file may be written.
    await run('workbench.action.files.resetActiveEditorReadonlyInSession');
    await take(editor, 'commit', `${ADD}return a + b`);
    assert.ok(asked() > 0);
  },
  'restarts asked for at once become one running and one queued': async () => {
    await editorOn('restart.py', ADD);
    const before = heard('initialize').length;
    await Promise.all([run('inhouse.restart'), run('inhouse.restart'), run('inhouse.restart')]);
    assert.equal(heard('initialize').length, before + 2);
    assert.equal(heard('exit').length, before + 1);
  },
  'a changed setting reaches the server, under its own name': async () => {
    const configuration = vscode.workspace.getConfiguration('inhouse');
    await configuration.update('max_tokens', 17, vscode.ConfigurationTarget.Workspace);
    await run('inhouse.restart');
    assert.equal(heard('initialize').at(-1).params.initializationOptions.max_tokens, 17);
  },
  'a language is switched where its switch is: in the project or for the user': async () => {
    const list = () => vscode.workspace.getConfiguration('inhouse').inspect('languages_off');
    const { Workspace } = vscode.ConfigurationTarget;
    await editorOn('language.py', ADD);
    await vscode.workspace.getConfiguration('inhouse').update('languages_off', ['markdown', 'python'], Workspace);
    await run('inhouse.toggleLanguage');
    assert.deepEqual([list().workspaceValue, list().globalValue], [['markdown'], undefined]);
    await run('inhouse.toggleLanguage');
    assert.deepEqual([list().workspaceValue, list().globalValue], [['markdown', 'python'], undefined]);

    await vscode.workspace.getConfiguration('inhouse').update('languages_off', undefined, Workspace);
    await run('inhouse.toggleLanguage');
    assert.deepEqual([list().workspaceValue, list().globalValue], [undefined, ['python']]);
    await run('inhouse.toggleLanguage');
    assert.deepEqual([list().workspaceValue, list().globalValue], [undefined, undefined]);
  },
  'switched off in the settings, the process ends; switched on, it is back': async () => {
    const before = heard('initialize').length;
    const exits = heard('exit').length;
    const configuration = vscode.workspace.getConfiguration('inhouse');
    await configuration.update('enabled', false, vscode.ConfigurationTarget.Workspace);
    await until('the end', () => heard('exit').length === exits + 1);
    await configuration.update('enabled', true, vscode.ConfigurationTarget.Workspace);
    await until('the server', () => heard('initialize').length === before + 1);
  },
  'the extension registers without proposed API': async () => {
    const { packageJSON } = vscode.extensions.getExtension('inhouse.inhouse');
    assert.equal(packageJSON.enabledApiProposals, undefined);
    const provider = { provideInlineCompletionItems: () => [], handleDidShowCompletionItem: () => undefined };
    assert.throws(() => vscode.languages.registerInlineCompletionItemProvider('python', provider), /proposal|proposed/i);
  },
};

exports.run = async function () {
  const results = [];
  for (const [name, test] of Object.entries(tests)) {
    const started = Date.now();
    const failure = await test().then(() => undefined, (error) => error.stack);
    results.push({ name, failure, seconds: (Date.now() - started) / 1000 });
    fs.writeFileSync(`${RESULT}.new`, JSON.stringify({ results, of: Object.keys(tests).length }));
    fs.renameSync(`${RESULT}.new`, RESULT);
  }
};
