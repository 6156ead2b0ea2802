import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installLine } from '../src/clone';
import { otherCommand } from '../src/command';

test('the folder of the clone is quoted, whatever it is called', () => {
  assert.equal(installLine('uv', '/home/me/in house', false), "uv tool install '/home/me/in house'");
  assert.equal(installLine('pipx', "/it's; rm -rf", false), `pipx install '/it'\\''s; rm -rf'`);
  assert.equal(installLine('uv', 'C:\\in house', true), 'uv tool install "C:\\in house"');
});

test('the doctor is the same program without what makes it serve', () => {
  assert.deepEqual(otherCommand(['/bin/inhouse', 'serve', '--stdio'], 'doctor'), ['/bin/inhouse', 'doctor']);
  const asModule = ['/bin/python', '-m', 'inhouse.cli', 'serve', '--stdio'];
  assert.deepEqual(otherCommand(asModule, 'doctor'), ['/bin/python', '-m', 'inhouse.cli', 'doctor']);
  assert.equal(otherCommand(['serve'], 'doctor'), undefined);
});
