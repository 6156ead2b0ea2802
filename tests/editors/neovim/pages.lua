-- Windows with places to go to: why, the conventions, the doctor. Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, RETURN = deeds.ADD, deeds.RETURN

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
