-- How servers start, end and come back. Run by tests.lua.
local harness, deeds = ...
local test, equal, wait = harness.test, harness.equal, harness.wait
local ADD, RETURN, adding = deeds.ADD, deeds.RETURN, deeds.adding

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
