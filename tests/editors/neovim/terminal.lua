-- The plugin in a real terminal (tmux), by what its screen shows and in which colour. Usage: nvim -l terminal.lua [SSH]
-- tests.lua has the same list and more, faster, without a terminal. SSH is a configuration for `ssh -F` with a host
-- `faraway`: then Neovim, the plugin and the server run there, in a session that the terminal has logged in to.
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local equal = harness.equal
local ssh = arg[1]

local folder = vim.fn.tempname()
local socket = 'inhouse-terminal-' .. vim.uv.os_getpid()
vim.fn.mkdir(folder .. '/project', 'p')
-- A colour that nothing else on the screen has tells ghost text from text.
local GHOST = '38;2;1;2;3'
local ADD = { 'def add(a, b):', '    ' }
local RETURN = { rules = { { before = '    ', items = { 'return a + b', 'return b + a' } } } }

-- `say` and `heard` of a child without one: the script and the trace of the server.
local child = setmetatable({ script = folder .. '/script.json', trace = folder .. '/trace.jsonl' }, harness.Child)

local function tmux(...)
  local result = vim.system({ 'tmux', '-L', socket, ... }, { text = true }):wait()
  assert(result.code == 0, result.stderr)
  return result.stdout
end

function child:screen()
  return vim.split(tmux('capture-pane', '-p'), '\n', { plain = true })
end

---The ghost text, line by line, as the terminal has it.
local function ghost()
  local found = {}
  for _, row in ipairs(vim.split(tmux('capture-pane', '-p', '-e'), '\n', { plain = true })) do
    local inside, drawn = false, ''
    for text, codes in (row .. '\27[0m'):gmatch('([^\27]*)\27%[([%d;:]*)m') do
      drawn = inside and drawn .. text or drawn
      if codes:find(GHOST, 1, true) then
        inside = true
      elseif codes == '0' or codes == '' or codes:find('39', 1, true) or codes:find('38', 1, true) then
        inside = false
      end
    end
    if drawn ~= '' then
      found[#found + 1] = (drawn:gsub('%s+$', ''))
    end
  end
  return found
end

local function keys(...)
  tmux('send-keys', ...)
end

local function expect_ghost(...)
  local expected = { ... }
  harness.wait(child, 'ghost text ' .. vim.inspect(expected), function()
    return vim.deep_equal(ghost(), expected)
  end)
end

local function expect_row(number, text)
  harness.wait(child, ('row %d: %s'):format(number, text), function()
    return child:screen()[number] == text
  end)
end

local function expect_status(text)
  harness.wait(child, 'the status ' .. text, function()
    return vim.iter(child:screen()):any(function(row)
      return vim.endswith(vim.trim(row), text)
    end)
  end)
end

---A fresh line to complete in, in Insert mode at its end.
local function again()
  keys('Escape', ':', '%', 'd', 'Enter', 'i')
  keys('-l', ADD[1])
  keys('Enter')
end

local STEPS = {
  { 'ghost text has a colour of its own, and the status line says so', function()
    again()
    expect_ghost('return a + b')
    expect_row(2, '    return a + b')
    expect_status('inhouse')
  end },
  { 'typing along shortens it', function()
    keys('r', 'e')
    expect_ghost('turn a + b')
    expect_row(2, '    return a + b')
  end },
  { 'accept a word, then all of it; one undo takes back the last accept', function()
    keys('M-w')
    expect_ghost(' a + b')
    keys('M-l')
    expect_ghost()
    expect_row(2, '    return a + b')
    keys('Escape', 'u')
    expect_row(2, '    return')
  end },
  { 'next and previous', function()
    again()
    expect_ghost('return a + b')
    keys('M-n')
    harness.wait(child, 'the second', function()
      return child:screen()[2] == '    return b + a (2/2)'
    end)
    keys('M-p')
    harness.wait(child, 'the first', function()
      return child:screen()[2] == '    return a + b (1/2)'
    end)
  end },
  { 'dismiss', function()
    keys('C-]')
    expect_ghost()
    expect_row(2, '')
  end },
  { 'several lines, accepted by line', function()
    child:say({ rules = { { before = '    ', items = { 'total = a + b\n    return total' } } } })
    again()
    expect_ghost('total = a + b', '    return total')
    keys('M-e')
    expect_ghost('    return total')
    expect_row(2, '    total = a + b')
    child:say(RETURN)
  end },
  { 'a killed server comes back', function()
    local before = #child:heard('initialize')
    vim.uv.kill(child:heard('initialize')[before].pid, 'sigkill')
    harness.wait(child, 'another server', function()
      return #child:heard('initialize') == before + 1
    end)
    expect_status('inhouse')
    again()
    expect_ghost('return a + b')
  end },
  { 'a file type that is switched off', function()
    keys('Escape')
    keys('-l', ':Inhouse off filetype')
    keys('Enter')
    expect_status('inhouse off')
    local asked = #child:heard('textDocument/inlineCompletion')
    again()
    expect_row(1, ADD[1])
    vim.wait(300)
    equal(ghost(), {})
    equal(#child:heard('textDocument/inlineCompletion'), asked)
  end },
}

---The process of the newest server.
local function server_pid()
  local started = child:heard('initialize')
  return started[#started].pid
end

if ssh then
  table.insert(STEPS, 1, { 'the server runs where the session is', function()
    local environment = assert(io.open(('/proc/%d/environ'):format(server_pid()), 'rb')):read('*a')
    equal(environment:find('SSH_CONNECTION=127.0.0.1', 1, true) ~= nil, true)
  end })
  table.insert(STEPS, { 'a connection that breaks takes Neovim and its server along', function()
    local pid = server_pid()
    tmux('respawn-pane', '-k', 'sleep 1000')
    harness.wait(child, 'the end of the server', function()
      return vim.uv.kill(pid, 0) ~= 0
    end)
  end })
end

child:say(RETURN)
vim.fn.writefile(ADD, folder .. '/project/shapes.py')
local server = { harness.python, harness.repository .. '/tests/editors/scripted_server.py', child.script, child.trace, 'utf-8', 'serve' }
vim.fn.writefile(
  vim.split(
    ([[
vim.g.loaded_python3_provider = 0
vim.o.termguicolors, vim.o.showmode, vim.o.ruler, vim.o.swapfile, vim.o.more = true, false, false, false, false
vim.opt.runtimepath:prepend(%q)
vim.o.statusline = "%%f %%{v:lua.require'inhouse'.status()}"
vim.api.nvim_create_autocmd('User', { pattern = 'InhouseStatus', command = 'redrawstatus' })
vim.api.nvim_set_hl(0, 'InhouseGhost', { fg = '#010203' })
require('inhouse').setup({ cmd = vim.json.decode(%q), debounce_ms = 20 })]]):format(harness.plugin, vim.json.encode(server)),
    '\n'
  ),
  folder .. '/init.lua'
)
local command = ("cd '%s/project' && HOME='%s' '%s' --clean -i NONE -u '%s/init.lua' shapes.py"):format(folder, folder, vim.v.progpath, folder)
if ssh then
  command = ('exec ssh -tt -F %s faraway %s'):format(ssh, vim.fn.shellescape(command))
end
tmux('-f', '/dev/null', 'new-session', '-d', '-x', '70', '-y', '12', command)
tmux('set-option', '-g', 'default-terminal', 'tmux-256color')
tmux('set-option', '-sa', 'terminal-overrides', ',*:Tc')
tmux('set-option', '-s', 'escape-time', '0')

local failed = 0
local ready, why = pcall(expect_status, 'inhouse')
for _, step in ipairs(ready and STEPS or {}) do
  local ok, failure = pcall(step[2])
  harness.report((ok and 'ok    ' or 'FAIL  ') .. step[1])
  if not ok then
    failed = failed + 1
    harness.report(failure)
    break -- the steps build on each other
  end
end
pcall(tmux, 'kill-server')
vim.fn.delete(folder, 'rf')
local where = ssh and 'in a terminal over SSH' or 'in a terminal'
harness.report(('Neovim %s %s: %d steps, %d failed'):format(tostring(vim.version()), where, #STEPS, failed))
if not ready then
  harness.report(why)
end
os.exit(ready and failed == 0 and 0 or 1)
