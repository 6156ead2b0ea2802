-- When the server is asked, by which keys, and when it is not. Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, RETURN, adding = deeds.ADD, deeds.RETURN, deeds.adding

test('keys fall through while nothing is shown, also to an older mapping', function(child)
  child:cmd('inoremap <M-l> old')
  child:open({ keys = { accept = '<Tab>', accept_word = '<M-l>' } }, { '' }, 'empty.py')

  child:keys('i<Tab><M-l>')

  child:expect_lines('    old')
end)

test('an Alt key falls through as the <Esc> and the key that a terminal may have meant', function(child)
  child:open(nil, { 'one two' }, 'empty.py')
  child:keys('A<M-w>')
  equal(child:call('nvim_get_mode').mode, 'n')
  child:keys('A<Esc>', '0', 'i', '<M-w>')

  equal(child:call('nvim_get_mode').mode, 'n')
  equal(child:call('nvim_win_get_cursor', 0), { 1, 4 })
  equal(child:lines(), { 'one two' })
end)

test('Tab is not mapped unasked, and a default key that is taken stays', function(child)
  child:cmd('inoremap <M-l> old')
  adding(child)

  equal(child:lua([[return (vim.fn.maparg('<Tab>', 'i', false, true).desc or ''):find('inhouse') == nil]]), true)
  child:keys('<M-l>')
  child:expect_lines(ADD[1], '    old')
end)

test('the trigger key asks as invoked, also when switched off', function(child)
  child:say(RETURN)
  child:open(nil, ADD)
  child:cmd('Inhouse off')
  child:keys('GA')
  child:lua('vim.wait(200)')
  equal(child:heard('textDocument/inlineCompletion'), {})

  child:keys('<M-\\>')

  child:expect_ghost('return a + b')
  equal(child:heard('textDocument/inlineCompletion')[1].params.context.triggerKind, 1)
end)

test('a file type switched off is not asked for, and another one is', function(child)
  child:say({ rules = { { before = '', items = { 'local x' } } } })
  child:open(nil, { '' })
  child:cmd('Inhouse off filetype')
  child:edit('other.lua', { '' })
  child:keys('i')
  child:expect_ghost('local x')
  child:keys('<Esc>')
  child:cmd('write')
  local asked = #child:heard('textDocument/inlineCompletion')

  child:cmd('edit shapes.py')
  child:keys('ilo')
  child:lua('vim.wait(200)')

  equal(child:ghost(), {})
  equal(#child:heard('textDocument/inlineCompletion'), asked)
  equal(child:lua("return require('inhouse').status()"), 'inhouse off')
end)

test('file types that are not listed and files elsewhere start no server', function(child)
  child:lua("require('inhouse').setup(...)", { cmd = { harness.python } })
  child:edit('notes.txt', { 'x' })
  child:edit('notebook.ipynb', { '{}' })
  child:cmd('enew | setlocal buftype=nofile filetype=python')
  child:cmd('enew | file scp://host/shapes.py | setlocal filetype=python')
  child:lua('vim.notify = function(text) Told = text end')
  child:cmd('Inhouse why')

  equal(child:lua('return Told'), 'inhouse: nothing is suggested in this buffer: it is not on this machine')
  equal(child:lua('return #vim.lsp.get_clients()'), 0)
  equal(child:lua("return require('inhouse').status()"), '')
end)

test('a buffer that may not be changed gets nothing', function(child)
  child:say(RETURN)
  child:open(nil, ADD)
  child:cmd('setlocal readonly')
  child:keys('GA')
  child:lua('vim.wait(200)')

  equal(child:ghost(), {})
  equal(child:heard('textDocument/inlineCompletion'), {})
end)

test('bad options are said and the defaults stand in', function(child)
  child:lua('vim.notify = function(text) Told = text end')
  child:lua("require('inhouse').setup(...)", { debounce_ms = 'soon', colour = 1, keys = { acept = 'x' } })

  local told = child:lua('return Told')
  for _, part in ipairs({ 'debounce_ms', 'colour', 'acept' }) do
    equal({ part, told:find(part, 1, true) ~= nil }, { part, true })
  end
  equal(child:lua("return require('inhouse.config').current.debounce_ms"), 50)
end)

test('the server gets the settings', function(child)
  child:open({ settings = { threads = 2 } }, ADD)

  equal(child:heard('initialize')[1].params.initializationOptions, { threads = 2 })
end)

test('a request that fails says nothing while one types', function(child)
  child:lua('Told = {} vim.notify = function(text) Told[#Told + 1] = text end')
  child:say({ rules = { { before = '    ', items = { 'return a + b' }, fail = true } } })
  child:open(nil, ADD)
  child:keys('GAre')
  wait(child, 'the request', function()
    return #child:heard('textDocument/inlineCompletion') > 0
  end)
  child:say(RETURN)
  child:keys('t')

  child:expect_ghost('urn a + b')
  equal(child:lua('return Told'), {})
  equal(child:lua("return vim.fn.execute('messages')"), '')
end)

test('a buffer that was taken from the server asks no more, and does again when it is given back', function(child)
  adding(child)
  child:keys('<Esc>')
  local asked = #child:heard('textDocument/inlineCompletion')
  child:lua("vim.lsp.buf_detach_client(0, require('inhouse.client').id)")
  child:keys('A')
  child:lua('vim.wait(200)')
  equal(#child:heard('textDocument/inlineCompletion'), asked)
  equal(child:lua("return require('inhouse.ghost').of() == nil"), true)

  child:keys('<Esc>')
  child:cmd('edit')
  child:keys('GA')
  child:expect_ghost('return a + b')
end)

test('while several cursors are at work nothing is asked', function(child)
  child:say(RETURN)
  child:open(nil, ADD)
  child:cmd('let b:visual_multi = 1') -- as vim-visual-multi has it
  child:keys('GA')
  child:lua('vim.wait(200)')
  equal(child:heard('textDocument/inlineCompletion'), {})

  child:cmd('unlet b:visual_multi')
  child:keys('<Esc>A')
  child:expect_ghost('return a + b')
end)

test('macros are left alone', function(child)
  child:say({ rules = { { before = 'x', items = { 'yz' } } } })
  child:open(nil, { '' })
  child:call('nvim_exec_lua', [[vim.fn.setreg('q', 'ix\27')]], {})
  child:keys('2@q')
  child:expect_lines('xx')
  child:lua('vim.wait(200)')

  equal(child:heard('textDocument/inlineCompletion'), {})
end)
