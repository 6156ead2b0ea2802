-- What is drawn while one types: never stale, in its place, and hidden where it would be in the way.
-- Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, adding = deeds.ADD, deeds.adding

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

test('two windows on one buffer', function(child)
  adding(child)
  child:keys('<Esc>')
  child:cmd('split')
  child:keys('A')
  child:expect_ghost('return a + b')

  child:keys('<M-l>')

  child:expect_lines(ADD[1], '    return a + b')
end)
