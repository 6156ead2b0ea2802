-- What the plugin says: the status line, the menu, checkhealth and the help; another model. Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, RETURN, adding = deeds.ADD, deeds.RETURN, deeds.adding

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
