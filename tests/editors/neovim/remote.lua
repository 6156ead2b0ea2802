-- Files of another machine in a Neovim of this one, by netrw's scp://, which comes with Neovim.
-- Usage: nvim -l remote.lua SSH [NAME-PATTERN]; SSH is a configuration for `ssh -F` with a host `faraway`.
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local test, equal, wait = harness.test, harness.equal, harness.wait
local ssh = assert(arg[1], 'name the configuration of ssh')

local ADD = { 'def add(a, b):', '    ' }
local RETURN = { rules = { { before = '    ', items = { 'return a + b' } } } }

---What lies below a folder, without the places that Neovim keeps for itself and the server's script and trace.
local function files(folder)
  local found = {}
  for name, kind in vim.fs.dir(folder, { depth = 8 }) do
    if kind == 'file' and not name:match('^state/') and not name:match('^cache/') and not name:match('^[^/]*%.jsonl?$') then
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found
end

---Opens a file by netrw, as `:edit scp://…` does, and returns where it lies.
local function open_far(child)
  local far = child.folder .. '/faraway'
  vim.fn.mkdir(far, 'p')
  vim.fn.writefile(ADD, far .. '/shapes.py')
  child:lua('Told = {} vim.notify = function(text) Told[#Told + 1] = text end')
  child:lua('vim.g.netrw_scp_cmd, vim.g.netrw_silent = ...', 'scp -q -F ' .. ssh, 1)
  child:cmd('edit scp://faraway/' .. far .. '/shapes.py')
  wait(child, 'the file', function()
    return vim.deep_equal(child:lines(), ADD)
  end)
  equal(child:lua('return vim.bo.filetype'), 'python')
  return far .. '/shapes.py'
end

---Types a line in Insert mode and saves, as one does who does not think of where the file lies.
local function write_there(child, far)
  child:keys('GAreturn a<Esc>')
  child:expect_lines(ADD[1], '    return a')
  child:cmd('write')
  wait(child, 'the file over there', function()
    return vim.deep_equal(vim.fn.readfile(far), { ADD[1], '    return a' })
  end)
end

test('a file of another machine starts no server, and is written as ever', function(child)
  child:say(RETURN)
  child:lua("require('inhouse').setup(...)", { cmd = { harness.python, '-c', 'raise SystemExit(3)' } })
  local far = open_far(child)
  local before = files(child.folder)
  write_there(child, far)

  equal(child:lua('return #vim.lsp.get_clients()'), 0)
  equal(child:lua("return require('inhouse').status()"), '')
  equal(child:ghost(), {})
  equal(child:lua('return Told'), {})
  equal(files(child.folder), before)
end)

test('beside a file of this machine it stays unknown to the server, and no command fails on it', function(child)
  child:say(RETURN)
  child:open(nil, ADD, 'near.py')
  child:keys('GA')
  child:expect_ghost('return a + b')
  child:keys('<Esc>')
  local asked = #child:heard('textDocument/inlineCompletion')
  local far = open_far(child)
  write_there(child, far)
  child:keys('A<M-\\>')
  child:lua('vim.wait(200)')
  equal(child:ghost(), {})
  child:keys('<Esc>')
  for _, command in ipairs({ 'why', 'conventions', 'status', 'toggle buffer', 'toggle filetype', 'toggle filetype', 'off', 'on' }) do
    child:cmd('Inhouse ' .. command)
  end
  wait(child, 'what is said', function()
    return #child:lua('return Told') >= 2
  end)
  equal(child:lua('return Told'), {
    'inhouse: nothing is suggested in this buffer: it is not on this machine',
    'inhouse: no conventions: scripted',
  })

  local told = vim.iter(child:heard()):any(function(message)
    return vim.json.encode(message):find('scp:', 1, true) ~= nil
  end)
  equal(told, false)
  child:cmd('buffer near.py')
  child:keys('GA')
  child:expect_ghost('return a + b')
  equal(#child:heard('textDocument/inlineCompletion') > asked, true)
  equal(#child:heard('initialize'), 1)
end)

os.exit(harness.main(arg[2]) and 0 or 1)
