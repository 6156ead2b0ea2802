-- What a user of the Neovim plugin sees, in the real editor. Usage: nvim -l tests.lua [NAME-PATTERN]
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local test, equal, wait = harness.test, harness.equal, harness.wait
local has_builtin = vim.lsp.inline_completion ~= nil

local ADD = { 'def add(a, b):', '    ' }
local RETURN = { rules = { { before = '    ', items = { 'return a + b', 'return b + a', 'pass' } } } }

local function adding(child, options)
  child:say(RETURN)
  child:open(options, ADD)
  child:keys('GA')
  child:expect_ghost('return a + b')
end

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

test('typing along shortens it at once and asks nobody', function(child)
  adding(child)
  local asked = #child:heard('textDocument/inlineCompletion')

  for _, key in ipairs({ 'r', 'e', 't', 'u', 'r', 'n', ' ' }) do
    child:keys(key)
    equal(#child:ghost(), 1)
  end

  child:expect_ghost('a + b')
  equal(#child:heard('textDocument/inlineCompletion'), asked)
end)

test('typing along a line break keeps the next line', function(child)
  child:say({ rules = { { before = '    ', items = { 'a = 1\n    b = 2' } } } })
  child:open(nil, { 'def f():', '    ' })
  child:keys('GA')
  child:expect_ghost('a = 1\n    b = 2')

  child:keys('a = 1<CR>')

  child:expect_lines('def f():', '    a = 1', '    ')
  child:expect_ghost('b = 2')
end)

test('another way than the suggestion clears it in the same moment', function(child)
  adding(child)
  child:say({ rules = {} })

  child:keys('x')

  equal(child:lua('return vim.api.nvim_get_current_line()'), '    x')
  equal(child:ghost(), {})
end)

test('an answer that comes after the next key is never drawn', function(child)
  child:say({
    deaf = true,
    rules = {
      { before = '    x', items = { ' = 2' }, delay_ms = 800 },
      { before = '    ', items = { 'return 1' }, delay_ms = 400 },
    },
  })
  child:open(nil, ADD)
  child:lua([[
    Drawn = {}
    local set = vim.api.nvim_buf_set_extmark
    vim.api.nvim_buf_set_extmark = function(buf, ns, row, col, opts)
      if opts.virt_text then Drawn[#Drawn + 1] = opts.virt_text[1][1] end
      return set(buf, ns, row, col, opts)
    end
  ]])
  child:keys('GA')
  wait(child, 'the request', function()
    return #child:heard('textDocument/inlineCompletion') == 1
  end)

  child:keys('x')

  child:expect_ghost(' = 2')
  equal(child:lua('return Drawn'), { ' = 2' })
  equal(#child:heard('$/cancelRequest'), 1)
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

for _, encoding in ipairs({ 'utf-8', 'utf-16' }) do
  test('columns behind wide characters are right in ' .. encoding, function(child)
    child:say({ rules = { { before = 'größe = "😀漢" + ', items = { 'maß("é")' }, after = 1 } } })
    child:open({ encoding = encoding }, { 'größe = "😀漢" + )' })
    child:keys('$i')
    child:say({ rules = { { before = 'größe = "😀漢" + ', items = { 'maß("é")' }, after = 1 } } })
    child:expect_ghost('maß("é"')
    child:keys('m')
    child:expect_ghost('aß("é"')

    child:keys('<M-l>')

    child:expect_lines('größe = "😀漢" + maß("é")')
  end)
end

test('several lines in the middle of a line move its tail', function(child)
  child:say({ rules = { { before = 'x = [', items = { '\n    1,\n' } } } })
  child:open(nil, { 'x = []  # list', 'y' })
  child:keys('f]i')
  wait(child, 'ghost text', function()
    return #child:ghost() == 1
  end)
  local screen = child:screen()
  equal({ screen[1], screen[2], screen[3], screen[4] }, { 'x = [', '    1,', ']  # list', 'y' })

  child:keys('<M-l>')

  child:expect_lines('x = [', '    1,', ']  # list', 'y')
end)

test('tabs are drawn as wide as the buffer has them', function(child)
  child:say({ rules = { { before = '\t', items = { 'if ok {\n\t\treturn\n\t}' } } } })
  child:open(nil, { '\t' }, 'main.go')
  child:cmd('set tabstop=4')
  child:keys('A')
  wait(child, 'ghost text', function()
    return #child:ghost() == 1
  end)
  local screen = child:screen()

  equal({ screen[1], screen[2], screen[3] }, { '    if ok {', '        return', '    }' })
end)

test('it hides while the completion menu is open and comes back', function(child)
  child:cmd('set completeopt=menuone,noinsert')
  child:say({ rules = { { before = '    re', items = { 'turn a + b' } } } })
  child:open(nil, { 'def add(a, b):', '    result, respond = 1, 2', '    ' })
  child:keys('GAre')
  child:expect_ghost('turn a + b')

  child:keys('<C-n>')
  wait(child, 'the menu', function()
    return child:lua('return vim.fn.pumvisible()') == 1
  end)
  child:expect_ghost()
  child:keys('<C-e>')

  child:expect_ghost('turn a + b')
end)

test('leaving insert mode or the window clears it', function(child)
  adding(child)
  child:keys('<Esc>')
  child:expect_ghost()

  child:keys('A')
  child:expect_ghost('return a + b')
  child:cmd('new')

  equal(child:lua([[return vim.fn.bufnr('shapes.py')]]) > 0, true)
  equal(
    child:lua([[return #vim.api.nvim_buf_get_extmarks(vim.fn.bufnr('shapes.py'),
    vim.api.nvim_get_namespaces()['inhouse.ghost'], 0, -1, {})]]),
    0
  )
end)

test('a moved cursor clears it', function(child)
  adding(child)

  child:keys('<Up>')

  child:expect_ghost()
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

test('a killed server comes back by itself, without a word', function(child)
  child:lua('Told = {} vim.notify = function(text) Told[#Told + 1] = text end')
  adding(child)
  local pid = child:heard('initialize')[1].pid

  vim.uv.kill(pid, 'sigkill')
  wait(child, 'another server', function()
    return #child:heard('initialize') == 2
  end)
  child:expect_ready()
  child:keys('<Esc>A')

  child:expect_ghost('return a + b')
  equal(child:lua('return Told'), {})
end)

test('a server that keeps dying is given up, and restart tries again', function(child)
  child:lua("require('inhouse.restarts').BACKOFF_MS = { 1, 1 }")
  child:lua('Told = "" vim.notify = function(text) Told = Told .. text end')
  child:lua("require('inhouse').setup(...)", { cmd = { harness.python, '-c', 'raise SystemExit(3)' } })
  child:edit('shapes.py', ADD)
  wait(child, 'giving up', function()
    return child:lua("return require('inhouse.client').state") == 'failed'
  end)
  wait(child, 'the message', function()
    return child:lua([[return Told:find('keeps ending') ~= nil]])
  end)

  child:say(RETURN)
  local server = { harness.python, harness.repository .. '/tests/editors/scripted_server.py', child.script, child.trace }
  child:lua("require('inhouse.config').current.cmd = ...", server)
  child:cmd('Inhouse restart')
  child:expect_ready()
end)

test('restarts asked for at once become one running and one queued', function(child)
  adding(child)

  child:cmd('Inhouse restart')
  child:cmd('Inhouse restart')
  child:cmd('Inhouse restart')

  wait(child, 'two more servers', function()
    return #child:heard('initialize') == 3
  end)
  child:expect_ready()
  child:keys('<Esc>A')
  child:expect_ghost('return a + b')
  equal(#child:heard('initialize'), 3)
end)

test('a missing server is said once, with how to install it', function(child)
  child:lua('Told = {} vim.notify = function(text) Told[#Told + 1] = text end')
  child:lua("require('inhouse').setup(...)", { cmd = { 'no-such-program' } })
  child:edit('a.py', { '' })
  child:edit('b.py', { '' })

  local told = child:lua('return Told')
  equal(#told, 1)
  -- The plugin lies in a clone: that is what can be installed.
  equal(told[1]:find("uv tool install '" .. harness.repository .. "'", 1, true) ~= nil, true)
end)

test('two projects share one server', function(child)
  child:say(RETURN)
  child:open(nil, ADD)
  vim.fn.mkdir(child.folder .. '/second/.git', 'p')
  vim.fn.writefile(ADD, child.folder .. '/second/shapes.py')

  child:cmd('edit ' .. child.folder .. '/second/shapes.py')
  child:keys('GA')

  child:expect_ghost('return a + b')
  equal(#child:heard('initialize'), 1)
  local added = child:heard('workspace/didChangeWorkspaceFolders')
  equal(added[1].params.event.added[1].name, child.folder .. '/second')
end)

test('two Neovims on one project: each has a server of its own, and sees what the other writes', function(child)
  adding(child)
  local other = harness.spawn(child.folder .. '/other', child.project)
  local ok, failure = pcall(function()
    other:say(RETURN)
    other:open(nil, ADD, 'other.py')
    other:keys('GA')
    other:expect_ghost('return a + b')
    equal(#child:heard('initialize'), 1)
    equal(#other:heard('initialize'), 1)

    child:keys('<M-l><Esc>')
    child:cmd('write')
    other:keys('<M-l><Esc>')
    other:expect_lines(ADD[1], '    return a + b')
    other:cmd('write | edit shapes.py')
    other:cmd("call append('$', ['', 'def sub(a, b):', '    '])")
    other:cmd('write')
    child:cmd('set autoread | checktime')
    child:keys('GA')

    child:expect_ghost('return a + b')
    child:keys('<M-l>')
    child:expect_lines(ADD[1], '    return a + b', '', 'def sub(a, b):', '    return a + b')
  end)
  other:stop()
  assert(ok, failure)
end)

test('two windows on one buffer', function(child)
  adding(child)
  child:keys('<Esc>')
  child:cmd('split')
  child:keys('A')
  child:expect_ghost('return a + b')

  child:keys('<M-l>')

  child:expect_lines(ADD[1], '    return a + b')
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

test('why opens a window with places to go to', function(child)
  child:say({
    rules = RETURN.rules,
    why = {
      model = 'core',
      shown = 1,
      accepted = 0,
      timings_ms = { total = 12.3 },
      notes = { 'kept away from getLogger: the project uses shop_log' },
      items = { { text = 'return a + b', probability = 0.83, source = 'model', provenance = { { path = 'lib.py', line = 2, kind = 'window' } } } },
    },
  })
  child:open(nil, ADD)
  vim.fn.writefile({ 'one', 'two', 'three' }, child.folder .. '/project/lib.py')
  child:cmd('Inhouse why')
  wait(child, 'the window', function()
    return vim.tbl_contains(child:lines(), '  lib.py:2  window')
  end)
  equal(child:lines()[2], '  83 % sure, from the model')
  equal(child:lines()[4], 'Note: kept away from getLogger: the project uses shop_log')

  child:cmd([[call search('lib.py')]])
  child:keys('<CR>')

  wait(child, 'the place', function()
    return child:lua([[return vim.fn.expand('%:t') .. vim.fn.line('.')]]) == 'lib.py2'
  end)
end)

test('why tells of the suggestion before, where the newest request had none', function(child)
  local item = { text = 'x = 1', probability = 0.5, source = 'project', provenance = { { path = 'lib.py', line = 2, kind = 'line' } } }
  child:say({ rules = {}, why = { items = {}, silent = 'nothing to add', before = { items = { item } } } })
  child:open(nil, ADD)
  child:cmd('Inhouse why')
  wait(child, 'the window', function()
    return vim.tbl_contains(child:lines(), '  lib.py:2  line')
  end)

  equal(vim.list_slice(child:lines(), 1, 3), { 'Nothing was suggested: nothing to add', 'Before that:', 'Suggestion 1: x = 1' })
end)

test('a place of why is told from the root of its project, which need not be the first', function(child)
  local other = child.folder .. '/other'
  vim.fn.mkdir(other, 'p')
  vim.fn.writefile({ 'one', 'two' }, other .. '/lib.py')
  local item = { text = 'x', probability = 0.5, source = 'model', provenance = { { path = 'lib.py', line = 2, kind = 'copied' } } }
  child:say({ rules = RETURN.rules, why = { root = other, items = { item } } })
  child:open(nil, ADD)
  child:cmd('Inhouse why')
  wait(child, 'the window', function()
    return vim.tbl_contains(child:lines(), '  lib.py:2  copied')
  end)

  child:cmd([[call search('lib.py')]])
  child:keys('<CR>')

  wait(child, 'the place', function()
    return child:lua([[return vim.fn.expand('%:p')]]):find('/other/lib.py', 1, true) ~= nil
  end)
end)

test('the status line says what is going on', function(child)
  child:say({ rules = { { before = '    ', items = { 'return 1' }, delay_ms = 600 } } })
  child:open(nil, ADD)
  equal(child:lua("return require('inhouse').status()"), 'inhouse')
  child:keys('GA')
  wait(child, 'thinking', function()
    return child:lua("return require('inhouse').status()") == 'inhouse …'
  end)
  child:expect_ghost('return 1')
  equal(child:lua("return require('inhouse').status()"), 'inhouse')
end)

test('an answer that does not take long is no event for the status line', function(child)
  child:say(RETURN)
  child:open(nil, ADD)
  child:lua([[
    require('inhouse.ghost').THINKING_MS, Told = 3600000, 0
    vim.api.nvim_create_autocmd('User', { pattern = 'InhouseStatus', callback = function() Told = Told + 1 end })
  ]])
  child:keys('GA')
  child:expect_ghost('return a + b')
  equal(child:lua('return Told'), 0)
end)

test('the status line says what the server tells: loading, broken, saving on battery', function(child)
  local function tell(status)
    child:say({ rules = RETURN.rules, status = status })
    child:keys('<M-\\>')
  end
  local function expect(text)
    wait(child, text, function()
      return child:lua("return require('inhouse').status()") == text
    end)
  end
  child:open(nil, ADD)
  child:keys('GA')
  tell({ state = 'idle', model = 'core', power = 'battery', mode = 'saving' })
  expect('inhouse (saving)')
  tell({ state = 'idle', model = 'core', power = 'battery', mode = 'saving', index = 'temporary' })
  expect('inhouse (saving, temporary index)')
  equal(child:lua("return vim.fn.execute('Inhouse status')"), '\nidle, core, battery, saving, temporary index')
  child:cmd('stopinsert | checkhealth inhouse')
  local health = table.concat(child:lines(), '\n')
  assert(health:find('cache folder cannot be written', 1, true), health)
  child:cmd('bwipeout | startinsert!')
  tell({ state = 'idle', model = 'core', mode = 'full', index = 'temporary' })
  expect('inhouse (temporary index)')
  tell({ state = 'idle', model = 'core', power = 'battery', mode = 'saving', index = 'kept' })
  expect('inhouse (saving)')
  equal(child:lua("return vim.fn.execute('Inhouse status')"), '\nidle, core, battery, saving')
  tell({ state = 'idle', model = 'core', power = 'battery', mode = 'instant', engine = 'embedded' })
  expect('inhouse (instant)')
  tell({ state = 'idle', model = '', power = 'mains', mode = 'full', engine = 'away' })
  expect('inhouse: no engine')
  local uri = child:lua('return vim.uri_from_bufnr(0)')
  tell({ state = 'idle', model = 'core', off = { { uri = uri .. 'x', why = 'another' } } })
  expect('inhouse')
  tell({ state = 'idle', model = 'core', off = { { uri = uri, why = 'switched off for python' } } })
  expect('inhouse off')
  tell({ state = 'loading', model = '' })
  expect('inhouse loading')
  tell({ state = 'failed', model = '' })
  expect('inhouse without a model')
end)

test('the conventions open with places to go to, from the menu too', function(child)
  local text = 'Conventions of 2 files.\n  lib.greet  (lib.py:2)  wraps print: 3 calls\n'
  child:say({ rules = {}, conventions = { root = child.folder .. '/project', text = text } })
  child:open(nil, ADD)
  vim.fn.writefile({ 'one', 'two', 'three' }, child.folder .. '/project/lib.py')
  child:lua([[
    vim.ui.select = function(choices, options, done)
      Labels = vim.tbl_map(options.format_item, choices)
      for _, choice in ipairs(choices) do
        if options.format_item(choice):find('conventions') then
          return done(choice)
        end
      end
    end
  ]])
  child:cmd('Inhouse')
  wait(child, 'the window', function()
    return child:lines()[2] == '  lib.greet  (lib.py:2)  wraps print: 3 calls'
  end)
  local labels = table.concat(child:lua('return Labels'), '\n')
  for _, part in ipairs({ 'Pause', 'Turn off for python', 'Why', 'model', 'doctor', 'Restart' }) do
    equal({ part, labels:find(part, 1, true) ~= nil }, { part, true })
  end
  equal(child:lua('return vim.bo.modifiable'), false)

  child:keys('G<CR>')

  wait(child, 'the place', function()
    return child:lua([[return vim.fn.expand('%:t') .. vim.fn.line('.')]]) == 'lib.py2'
  end)
  child:cmd('Inhouse conventions')
  wait(child, 'the same window', function()
    return child:lua([[return vim.fn.bufname()]]) == 'inhouse://conventions'
  end)
end)

test('the doctor says in a window what the program finds, with the settings and for the project of the editor', function(child)
  child:open({ settings = { threads = 2 } }, ADD)
  child:cmd('Inhouse doctor')
  wait(child, 'the window', function()
    return child:lines()[1] == 'ok   scripted: all is well'
  end)
  equal(child:lines()[2], 'told {"threads":2} in project')
end)

test('another model is told to the running server, and the core again', function(child)
  child:open({ settings = { threads = 2 } }, ADD)
  vim.fn.writefile({ 'GGUF' }, child.folder .. '/project/own.gguf')
  child:cmd('Inhouse model own.gguf')
  child:cmd('Inhouse model core')
  wait(child, 'the settings', function()
    local last = child:heard('workspace/didChangeConfiguration')
    return #last > 0 and last[#last].params.settings.inhouse.model == 'embedded'
  end)

  local told = vim.tbl_map(function(message)
    return message.params.settings.inhouse
  end, child:heard('workspace/didChangeConfiguration'))
  -- Neovim itself tells the settings once at the start.
  equal(told[#told - 1], { threads = 2, model = child.folder .. '/project/own.gguf' })
  equal(told[#told], { threads = 2, model = 'embedded' })
  child:lua('vim.notify = function(text) Told = text end')
  child:cmd('Inhouse model nowhere.gguf')
  equal(child:lua('return Told'):find('cannot be read', 1, true) ~= nil, true)
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

test("a snippet's keys stay its own, and what is typed in its last place brings ghost text", function(child)
  child:say({ rules = { { before = '    ', items = { 'return a + b' } } } })
  child:open({ keys = { accept = '<Tab>' } }, { '' })
  child:keys('i')
  child:lua([[
    vim.keymap.set({ 'i', 's' }, '<C-j>', function() vim.snippet.jump(1) end)
    vim.snippet.expand('def ${1:name}(${2:given}):\n    $0')
  ]])
  local function expect_mode(mode)
    wait(child, 'mode ' .. mode, function()
      return child:call('nvim_get_mode').mode == mode
    end)
  end
  for _, keys in ipairs({ 'add', 'a, b' }) do
    expect_mode('s')
    child:keys(keys)
    expect_mode('i')
    child:keys('<C-j>')
  end
  child:expect_lines('def add(a, b):', '    ')
  child:keys('r')
  child:expect_ghost('eturn a + b')

  child:keys('<Tab>')

  child:expect_lines('def add(a, b):', '    return a + b')
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

test('checkhealth finds the server and the keys', function(child)
  adding(child)
  child:keys('<Esc>')
  child:cmd('checkhealth inhouse')
  local report = table.concat(child:lines(), '\n')

  for _, part in ipairs({ 'running, position encoding', 'accept_word: <M-w>', 'Neovim' }) do
    equal({ part, report:find(part, 1, true) ~= nil }, { part, true })
  end
  equal({ report:match('ERROR[^\n]*') }, {})
end)

test('checkhealth says what is wrong with a server that is missing, keeps ending, or has no model', function(child)
  local function expect_error(text, advice)
    child:cmd('checkhealth inhouse')
    local report = table.concat(child:lines(), '\n')
    local found = report:match('ERROR([^\n]*)') or ''
    equal({ found, found:find(text, 1, true) ~= nil }, { found, true })
    equal({ report, report:find(advice, 1, true) ~= nil }, { report, true })
    child:cmd('bwipeout')
  end
  child:lua('vim.notify = function() end')
  child:lua("require('inhouse').setup(...)", { cmd = { 'no-such-program' } })
  child:edit('a.py', { '' })
  expect_error('was not found', "uv tool install '" .. harness.repository .. "'")

  child:lua("require('inhouse.restarts').BACKOFF_MS = { 1, 1 }")
  child:lua("require('inhouse').setup(...)", { cmd = { harness.python, '-c', 'raise SystemExit(3)' } })
  wait(child, 'giving up', function()
    return child:lua("return require('inhouse.client').state") == 'failed'
  end)
  expect_error('the server keeps ending', ':Inhouse log')

  child:say({ rules = {}, status = { state = 'failed', model = '' } })
  child:open(nil, ADD)
  wait(child, 'the status', function()
    return child:lua("return require('inhouse').status()") == 'inhouse without a model'
  end)
  expect_error('the model cannot be loaded', ':Inhouse doctor')
end)

test('the menu leads to why, the doctor, another model, a restart, and off', function(child)
  child:say({ rules = RETURN.rules, why = { items = {}, silent = 'too unsure' } })
  child:open(nil, ADD)
  child:lua([[
    vim.ui.select = function(choices, options, done)
      for _, choice in ipairs(choices) do
        if options.format_item(choice):find(Wanted, 1, true) then
          return done(choice)
        end
      end
    end
    vim.ui.input = function(question, done) Asked = question.prompt done('core') end
  ]])
  local function pick(label)
    child:lua('Wanted = ...', label)
    child:cmd('Inhouse')
  end
  pick('Why this?')
  wait(child, 'why', function()
    return child:lines()[1] == 'Nothing was suggested: too unsure'
  end)
  child:cmd('close')
  pick('doctor')
  wait(child, 'the doctor', function()
    return child:lines()[1] == 'ok   scripted: all is well'
  end)
  child:cmd('close')
  pick('Pick a model')
  wait(child, 'the setting', function()
    local last = child:heard('workspace/didChangeConfiguration')
    return #last > 0 and vim.tbl_get(last[#last], 'params', 'settings', 'inhouse', 'model') == 'embedded'
  end)
  equal(child:lua('return Asked'):find('GGUF', 1, true) ~= nil, true)
  pick('Restart')
  wait(child, 'another server', function()
    return #child:heard('initialize') == 2
  end)
  child:expect_ready()
  pick('Turn off for python')
  equal(child:lua("return require('inhouse').status()"), 'inhouse off')
  pick('Turn on for python')
  pick('Pause')
  equal(child:lua("return require('inhouse').status()"), 'inhouse off')
  pick('Resume')
  equal(child:lua("return require('inhouse').status()"), 'inhouse')
end)

test('the help file has what it promises', function(child)
  child:cmd('helptags ' .. harness.plugin .. '/doc')
  for _, topic in ipairs({ 'inhouse', 'inhouse-options', 'inhouse-keys', 'inhouse-server-settings', ':Inhouse' }) do
    child:cmd('help ' .. topic)
  end
  equal(child:lua('return vim.bo.buftype'), 'help')
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

if has_builtin then
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
end

os.exit(harness.main(arg and arg[1]) and 0 or 1)
