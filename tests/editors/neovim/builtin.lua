-- Neovim's own drawing (0.12), alone and with the plugin's keys. Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, RETURN, adding = deeds.ADD, deeds.RETURN, deeds.adding

-- Why the plugin draws and puts in by itself. Should one of the next three fail, Neovim has become better.
test("Neovim's own accept doubles what was typed since the answer", function(child)
  adding(child, { renderer = 'builtin' })

  child:cmd('inoremap <F5> <Cmd>lua vim.lsp.inline_completion.get()<CR>')
  -- In one go, so that no newer answer comes between.
  child:keys('ret<F5>')

  child:expect_lines(ADD[1], '    return a + bret')
end)

test('the built-in renderer goes on showing what other text has made wrong', function(child)
  adding(child, { renderer = 'builtin' })
  child:say({ rules = {} })

  child:keys('x')

  equal(child:lines()[2], '    x')
  equal(child:ghost(), { 'eturn a + b' })
end)

test('the built-in renderer draws beside the completion menu', function(child)
  child:cmd('set completeopt=menuone,noinsert')
  child:say({ rules = { { before = '    re', items = { 'turn a + b' } } } })
  child:open({ renderer = 'builtin' }, { 'def add(a, b):', '    result, respond = 1, 2', '    ' })
  child:keys('GAre')
  child:expect_ghost('turn a + b')

  child:keys('<C-n>')

  wait(child, 'the menu', function()
    return child:lua('return vim.fn.pumvisible()') == 1
  end)
  equal(child:ghost(), { 'turn a + b' })
end)

test('the built-in renderer draws, accepts by word and in full', function(child)
  adding(child, { renderer = 'builtin' })

  child:keys('<M-w>')
  child:expect_lines(ADD[1], '    return')
  child:expect_ghost(' a + b')
  child:keys('<M-l>')

  child:expect_lines(ADD[1], '    return a + b')
end)

test('the built-in renderer: one undo takes back exactly the accept', function(child)
  child:say({ rules = { { before = '    ', items = { 'total = a + b\n    return total' } } } })
  child:open({ renderer = 'builtin' }, ADD)
  child:keys('GAto')
  child:expect_ghost('tal = a + b\n    return total')
  child:keys('<M-e>')
  child:expect_lines(ADD[1], '    total = a + b')
  equal(child:heard('workspace/executeCommand'), {})
  child:expect_ghost('\n    return total')
  child:keys('<M-l>')
  child:expect_lines(ADD[1], '    total = a + b', '    return total')
  wait(child, 'the command', function()
    return #child:heard('workspace/executeCommand') == 1
  end)
  child:keys('  # x<Esc>')
  child:expect_lines(ADD[1], '    total = a + b', '    return total  # x')

  child:keys('u')
  child:expect_lines(ADD[1], '    total = a + b', '    return total')
  child:keys('u')
  child:expect_lines(ADD[1], '    total = a + b')
  child:keys('u')
  child:expect_lines(ADD[1], '    to')
  child:keys('u')
  child:expect_lines(unpack(ADD))
end)

test('the built-in renderer: what was typed since the answer is not put in twice, and other text bars it', function(child)
  adding(child, { renderer = 'builtin' })
  child:say({ deaf = true, rules = {} })
  -- In one go, so that no newer answer comes between.
  child:keys('ret<M-l>')
  child:expect_lines(ADD[1], '    return a + b')

  child:say(RETURN)
  child:keys('<Esc>0C    ')
  child:expect_ghost('return a + b')
  child:say({ rules = {} })
  child:keys('x<M-l>')
  child:expect_lines(ADD[1], '    x')
  child:expect_ghost()
end)

test('the built-in renderer: keys fall through while nothing is shown', function(child)
  child:open({ renderer = 'builtin', keys = { accept = '<Tab>', next = '<C-e>' } }, { '', 'xy' }, 'empty.py')

  child:keys('i<C-e><Tab>')

  child:expect_lines('x   ', 'xy')
end)

test('the built-in renderer of others does not draw ours a second time', function(child)
  child:lua('vim.lsp.inline_completion.enable(true)')
  adding(child)
  child:lua('vim.wait(600)')

  equal(child:ghost(), { 'return a + b' })
end)
