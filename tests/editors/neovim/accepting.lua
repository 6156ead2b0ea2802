-- What is taken, and how it is taken back: all of it, a word, a line, beside brackets, snippets and folds.
-- Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, RETURN, adding = deeds.ADD, deeds.RETURN, deeds.adding

test('ghost text appears behind the cursor, and none of it is in the buffer', function(child)
  adding(child)

  equal(child:screen()[2], '    return a + b')
  equal(child:lines(), ADD)
end)

test('accept puts all of it in and tells the server', function(child)
  adding(child)

  child:keys('<M-l>')

  child:expect_lines('def add(a, b):', '    return a + b')
  equal(child:call('nvim_win_get_cursor', 0), { 2, 16 })
  wait(child, 'the command', function()
    local commands = child:heard('workspace/executeCommand')
    return #commands == 1 and commands[1].params.command == 'inhouse.accepted'
  end)
end)

test('accept by word, with the command at the last word only', function(child)
  adding(child)

  child:keys('<M-w>')
  child:expect_lines(ADD[1], '    return')
  child:expect_ghost(' a + b')
  child:keys('<M-w>')
  child:expect_lines(ADD[1], '    return a')
  equal(child:heard('workspace/executeCommand'), {})
  child:keys('<M-w><M-w>')

  child:expect_lines(ADD[1], '    return a + b')
  wait(child, 'the command', function()
    return #child:heard('workspace/executeCommand') == 1
  end)
end)

test('accept by line', function(child)
  child:say({ rules = { { before = '    ', items = { 'total = a + b\n    return total' } } } })
  child:open(nil, ADD)
  child:keys('GA')
  child:expect_ghost('total = a + b\n    return total')

  child:keys('<M-e>')
  child:expect_lines(ADD[1], '    total = a + b')
  child:expect_ghost('\n    return total')
  child:keys('<M-e>')

  child:expect_lines(ADD[1], '    total = a + b', '    return total')
end)

test('next and previous go round, with a counter', function(child)
  adding(child)

  child:keys('<M-n>')
  child:expect_ghost('return b + a (2/3)')
  child:keys('<M-p><M-p>')
  child:expect_ghost('pass (3/3)')
  child:keys('<M-n>')
  child:expect_ghost('return a + b (1/3)')
end)

test('dismiss hides it until the next key', function(child)
  adding(child)

  child:keys('<C-]>')
  child:expect_ghost()
  child:keys('r')

  child:expect_ghost('eturn a + b')
end)

test('one undo takes back exactly the accept', function(child)
  adding(child)
  child:keys('ret')
  child:expect_ghost('urn a + b')
  child:keys('<M-l>')
  child:expect_lines(ADD[1], '    return a + b')
  child:keys('  # sum<Esc>')
  child:expect_lines(ADD[1], '    return a + b  # sum')

  child:keys('u')
  child:expect_lines(ADD[1], '    return a + b')
  child:keys('u')
  child:expect_lines(ADD[1], '    ret')
  child:keys('u')
  child:expect_lines(unpack(ADD))
end)

for _, case in ipairs({
  { 'word', '<M-w>', { '    total' } },
  { 'line', '<M-e>', { '    total = a + b' } },
  { 'text of several lines', '<M-l>', { '    total = a + b', '    return total' } },
}) do
  local what, key, after = unpack(case)
  test('one undo takes back exactly an accepted ' .. what, function(child)
    child:say({ rules = { { before = '    ', items = { 'total = a + b\n    return total' } } } })
    child:open(nil, ADD)
    child:keys('GAto')
    child:expect_ghost('tal = a + b\n    return total')
    child:keys(key)
    child:expect_lines(ADD[1], unpack(after))
    child:keys('  # x<Esc>')
    local typed = vim.deepcopy(after)
    typed[#typed] = typed[#typed] .. '  # x'
    child:expect_lines(ADD[1], unpack(typed))

    child:keys('u')
    child:expect_lines(ADD[1], unpack(after))
    child:keys('u')
    child:expect_lines(ADD[1], '    to')
    child:keys('<C-r>')
    child:expect_lines(ADD[1], unpack(after))
  end)
end

test('a key typed right after accept comes behind the text', function(child)
  adding(child)

  child:keys('<M-l>;')

  child:expect_lines(ADD[1], '    return a + b;')
end)

test('a closing bracket behind the cursor is drawn once and accepted once', function(child)
  child:say({ rules = { { before = 'area(', items = { 'width, height)' }, after = 1 } } })
  child:open(nil, { 'area()' })
  child:keys('$i')
  child:expect_ghost('width, height')
  equal(child:screen()[1], 'area(width, height)')

  child:keys('<M-w>')
  child:expect_lines('area(width)')
  child:expect_ghost(', height')
  child:keys('<M-l>')

  child:expect_lines('area(width, height)')
end)

test('a plugin that closes brackets does not double them', function(child)
  child:cmd('inoremap ( ()<Left>')
  child:say({ rules = { { before = 'x = ', items = { 'area(width)' } } } })
  child:open(nil, { 'x = ' })
  child:keys('A')
  child:expect_ghost('area(width)')

  child:keys('area(')
  child:expect_lines('x = area()')
  child:expect_ghost('width')
  child:keys('<M-l>')

  child:expect_lines('x = area(width)')
end)

test("a snippet's keys stay its own, and what is typed in its last place brings ghost text", function(child)
  child:say({ rules = { { before = '    ', items = { 'return a + b' } } } })
  child:open({ keys = { accept = '<Tab>' } }, { '' })
  child:keys('i')
  child:lua([[
    vim.keymap.set({ 'i', 's' }, '<C-j>', function() vim.snippet.jump(1) end)
    vim.snippet.expand('def ${1:name}(${2:given}):\n    $0')
  ]])
  deeds.fill_snippet(child, '<C-j>')
end)

test('a closed fold above does not move what is drawn and accepted', function(child)
  child:say(RETURN)
  child:open(nil, { 'def one():', '    first()', '    second()', '', unpack(ADD) })
  child:cmd('set foldmethod=manual')
  child:cmd('1,4fold')
  child:keys('GA')
  child:expect_ghost('return a + b')
  equal(child:screen()[3], '    return a + b')

  child:keys('<M-l>')

  child:expect_lines('def one():', '    first()', '    second()', '', ADD[1], '    return a + b')
  equal(child:lua('return vim.fn.foldclosed(1)'), 1)
end)
