import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCommand, type Machine } from '../src/command';

function machine(...programs: string[]): Machine {
  return {
    searchPath: '/usr/bin:relative:/opt/bin',
    home: '/home/me',
    windows: false,
    isExecutable: (file) => programs.includes(file),
  };
}

const table: [string, string[] | null, string[], string[] | undefined][] = [
  ['from PATH', null, ['/opt/bin/inhouse', '/home/me/.local/bin/inhouse'], ['/opt/bin/inhouse', 'serve', '--stdio']],
  ['from where uv and pipx link it', null, ['/home/me/.local/bin/inhouse'], ['/home/me/.local/bin/inhouse', 'serve', '--stdio']],
  ['nowhere', null, [], undefined],
  ['as set, with its arguments', ['/x/inhouse', 'serve'], ['/x/inhouse'], ['/x/inhouse', 'serve']],
  ['as set, looked up on PATH', ['python3', '-m', 'inhouse'], ['/usr/bin/python3'], ['/usr/bin/python3', '-m', 'inhouse']],
  ['as set, but not there: nothing else is run instead', ['/x/inhouse'], ['/opt/bin/inhouse'], undefined],
  ['a relative entry of PATH is not looked into', null, ['relative/inhouse'], undefined],
  ['an empty list counts as not set', [], ['/opt/bin/inhouse'], ['/opt/bin/inhouse', 'serve', '--stdio']],
];

for (const [name, set, programs, expected] of table) {
  test(`the server's program: ${name}`, () => {
    assert.deepEqual(findCommand(set, machine(...programs)), expected);
  });
}

test('on Windows it ends in .exe', () => {
  const windows = { ...machine('/opt/bin/inhouse.exe'), windows: true };

  assert.deepEqual(findCommand(null, windows), ['/opt/bin/inhouse.exe', 'serve', '--stdio']);
});
