// Shows items to VS Code's own code, as the package monaco-editor has it: are they drawn, and where?
// Usage: node vscode.mjs MONACO ITEMS.jsonl. Fails if one is not drawn, or not as test_visible.py expects it.
import fs from 'node:fs';
import path from 'node:path';

const [monaco, items] = process.argv.slice(2);
const source = (name) => import(path.join(monaco, 'esm/vs/editor', name));
const { computeGhostText } = await source('contrib/inlineCompletions/browser/model/computeGhostText.js');
const { inlineCompletionIsVisible } = await source('contrib/inlineCompletions/browser/model/inlineCompletionIsVisible.js');
const { singleTextEditAugments } = await source('contrib/inlineCompletions/browser/model/singleTextEditHelpers.js');
const { TextReplacement } = await source('common/core/edits/textEdit.js');
const { Range } = await source('common/core/range.js');
const { Position } = await source('common/core/position.js');

/** As much of a document as these functions look at: one line. */
class OneLine {
  constructor(line) {
    this.line = line;
  }
  getLineContent() {
    return this.line;
  }
  getValueInRange(range) {
    return this.line.slice(range.startColumn - 1, range.endColumn - 1);
  }
  getLineIndentColumn() {
    return this.line.length - this.line.trimStart().length + 1;
  }
}

function problem(item) {
  const { start, cursor, end } = item['utf-16'];
  const model = new OneLine(item.line);
  const range = new Range(1, start + 1, 1, end + 1);
  const edit = new TextReplacement(range, item.text);
  const position = new Position(1, cursor + 1);
  if (item.line.slice(0, start) + item.text + item.line.slice(end) !== item.expected) {
    return 'put in elsewhere';
  }
  if (!inlineCompletionIsVisible(edit, range, model, position)) {
    return 'not visible';
  }
  if (item.selected !== null) {
    const entry = new TextReplacement(new Range(1, start + 1, 1, cursor + 1), item.selected);
    return singleTextEditAugments(edit, entry) ? undefined : 'does not extend the selected entry';
  }
  const ghost = computeGhostText(edit, model, 'subwordSmart', position);
  if (!ghost || ghost.parts.length === 0) {
    return 'no ghost text';
  }
  const early = ghost.parts.some((part) => part.column < cursor + 1);
  return early ? 'drawn before the cursor' : undefined;
}

const all = fs.readFileSync(items, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const wrong = all.map((item) => ({ problem: problem(item), ...item })).filter((item) => item.problem);
wrong.slice(0, 10).forEach((item) => console.log(JSON.stringify(item)));
console.log(`VS Code's own code: ${all.length} items, ${all.length - wrong.length} drawn`);
process.exit(wrong.length === 0 && all.length > 0 ? 0 : 1);
