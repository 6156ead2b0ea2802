-- Runs the Neovim tests: each in a child Neovim of its own, driven by keys and read by what its screen shows.
-- Usage: nvim -l harness.lua FOLDER [NAME-PATTERN]. Knows nothing of what is tested.
local M = {}

local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
M.repository = vim.fn.fnamemodify(here, ':h:h:h')
M.plugin = M.repository .. '/editor-plugins/neovim'
M.python = vim.env.INHOUSE_TEST_PYTHON or vim.fn.exepath('python3')

-- However busy the machine is, nothing here takes this long.
M.LIMIT_MS = tonumber(vim.env.INHOUSE_TEST_LIMIT_MS) or 30000

---A line of the report. Neovim's own print ends a line when the next one begins: the last one never.
function M.report(text)
  io.stdout:write(text, '\n')
  io.stdout:flush()
end

---@type { name: string, run: fun(child: table) }[]
local tests = {}

function M.test(name, run)
  tests[#tests + 1] = { name = name, run = run }
end

---Polls until `check` gives a true value; fails with the last state of the screen otherwise.
function M.wait(child, what, check)
  local found
  local done = vim.wait(M.LIMIT_MS, function()
    found = check()
    return found
  end, 10)
  if not done then
    error(('waited in vain for %s; the screen:\n%s'):format(what, table.concat(child:screen(), '\n')), 2)
  end
  return found
end

function M.equal(got, expected)
  if not vim.deep_equal(got, expected) then
    error(('got\n%s\nexpected\n%s'):format(vim.inspect(got), vim.inspect(expected)), 2)
  end
end

local Child = {}
Child.__index = Child
M.Child = Child

---A child Neovim with the plugin on its path and a folder of its own. `project`: where it works; default: below that.
function M.spawn(folder, project)
  local child = setmetatable({ folder = folder, project = project or folder .. '/project' }, Child)
  vim.fn.mkdir(folder, 'p')
  vim.fn.mkdir(child.project, 'p')
  child.script, child.trace = folder .. '/script.json', folder .. '/trace.jsonl'
  child:say({ rules = {} })
  local environment = {
    HOME = folder,
    XDG_STATE_HOME = folder .. '/state',
    XDG_DATA_HOME = folder .. '/data',
    XDG_CONFIG_HOME = folder .. '/config',
    XDG_CACHE_HOME = folder .. '/cache',
  }
  child.socket = folder .. '/nvim.sock'
  local arguments = { vim.v.progpath, '--clean', '-n', '-i', 'NONE', '--headless', '--listen', child.socket }
  vim.list_extend(arguments, { '--cmd', 'set lines=12 columns=70 nomore shortmess+=I termguicolors' })
  -- ftplugin/python.vim would look for a Python provider, which takes seconds.
  vim.list_extend(arguments, { '--cmd', 'let g:loaded_python3_provider = 0' })
  vim.list_extend(arguments, { '--cmd', 'set runtimepath^=' .. M.plugin })
  child.job = vim.fn.jobstart(arguments, { env = environment, cwd = child.project })
  assert(child.job > 0, 'the child did not start')
  local connected = vim.wait(M.LIMIT_MS, function()
    local ok, channel = pcall(vim.fn.sockconnect, 'pipe', child.socket, { rpc = true })
    child.channel = ok and channel or 0
    return child.channel > 0
  end, 10)
  assert(connected, 'the child did not listen')
  return child
end

function Child:say(script)
  local file = assert(io.open(self.script .. '.new', 'w'))
  file:write(vim.json.encode(script))
  file:close()
  assert(vim.uv.fs_rename(self.script .. '.new', self.script))
end

---What the server was sent, or the messages of one method.
function Child:heard(method)
  local file = io.open(self.trace)
  local found = {}
  for line in file and file:lines() or function() end do
    local ok, message = pcall(vim.json.decode, line)
    if ok and (not method or message.method == method) then
      found[#found + 1] = message
    end
  end
  if file then
    file:close()
  end
  return found
end

function Child:call(method, ...)
  local mode = vim.rpcrequest(self.channel, 'nvim_get_mode')
  if mode.blocking then
    error('the child waits for a key: ' .. table.concat(self.last or {}, '\n'), 2)
  end
  return vim.rpcrequest(self.channel, method, ...)
end

function Child:lua(code, ...)
  return self:call('nvim_exec_lua', code, { ... })
end

function Child:cmd(command)
  return self:call('nvim_command', command)
end

---Types keys as a user does.
function Child:keys(...)
  for _, keys in ipairs({ ... }) do
    self:call('nvim_input', keys)
  end
end

function Child:lines()
  return self:call('nvim_buf_get_lines', 0, 0, -1, false)
end

---The screen as it is seen, virtual text and menus included.
function Child:screen()
  self.last = self:lua([[
    vim.cmd('redraw')
    local rows = {}
    for row = 1, vim.o.lines do
      local cells = {}
      for column = 1, vim.o.columns do
        cells[column] = vim.fn.screenstring(row, column)
      end
      rows[row] = (table.concat(cells):gsub('%s+$', ''))
    end
    return rows
  ]])
  return self.last
end

---The text that is drawn but not in the buffer.
function Child:ghost()
  return self:lua([[
    local texts = {}
    for _, name in ipairs({ 'inhouse.ghost', 'nvim.lsp.inline_completion' }) do
      local space = vim.api.nvim_get_namespaces()[name]
      local marks = space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
      for _, mark in ipairs(marks) do
        local rows = vim.list_extend({ mark[4].virt_text or {} }, mark[4].virt_lines or {})
        for index, chunks in ipairs(rows) do
          rows[index] = table.concat(vim.tbl_map(function(chunk) return chunk[1] end, chunks))
        end
        texts[#texts + 1] = table.concat(rows, '\n')
      end
    end
    return texts
  ]])
end

function Child:expect_ghost(...)
  local expected = { ... }
  M.wait(self, 'ghost text ' .. vim.inspect(expected), function()
    return vim.deep_equal(self:ghost(), expected)
  end)
end

function Child:expect_lines(...)
  local expected = { ... }
  M.wait(self, 'lines ' .. vim.inspect(expected), function()
    return vim.deep_equal(self:lines(), expected)
  end)
end

---Sets the plugin up with the scripted server and opens a file.
function Child:open(options, lines, name)
  local server = { M.python, M.repository .. '/tests/editors/scripted_server.py', self.script, self.trace }
  server[#server + 1] = options and options.encoding or 'utf-16'
  server[#server + 1] = 'serve'
  local setup = vim.tbl_extend('force', { cmd = server, debounce_ms = 20 }, options or {})
  setup.encoding = nil
  self:lua("require('inhouse').setup(...)", setup)
  self:edit(name or 'shapes.py', lines)
  self:expect_ready()
end

function Child:expect_ready()
  M.wait(self, 'the server', function()
    return self:lua("return require('inhouse.client').state == 'ready'")
  end)
end

function Child:edit(name, lines)
  vim.fn.writefile(lines or { '' }, self.project .. '/' .. name)
  self:cmd('edit ' .. name)
end

function Child:stop()
  pcall(vim.rpcnotify, self.channel, 'nvim_command', 'qall!')
  if vim.fn.jobwait({ self.job }, 5000)[1] == -1 then
    vim.fn.jobstop(self.job)
    vim.fn.jobwait({ self.job }, 5000)
  end
end

local function run(test, folder)
  local child
  local started = vim.uv.hrtime()
  local ok, failure = xpcall(function()
    child = M.spawn(folder)
    test.run(child)
  end, function(failure)
    local where
    for file, line in debug.traceback('', 2):gmatch('/([%w_]+%.lua):(%d+)') do
      where = where or file ~= 'harness.lua' and file ~= 'deeds.lua' and file .. ':' .. line
    end
    return ('%s (%s)'):format(failure, where)
  end)
  if child then
    child:stop()
  end
  M.report(('%s  %5.1f s  %s'):format(ok and 'ok  ' or 'FAIL', (vim.uv.hrtime() - started) / 1e9, test.name))
  if not ok then
    M.report(tostring(failure))
  end
  return ok
end

function M.main(pattern)
  local root = vim.fn.tempname()
  local failed, count = 0, 0
  for number, test in ipairs(tests) do
    if not pattern or test.name:find(pattern) then
      count = count + 1
      failed = failed + (run(test, ('%s/%d'):format(root, number)) and 0 or 1)
    end
  end
  vim.fn.delete(root, 'rf')
  local version = tostring(vim.version())
  M.report(('Neovim %s: %d tests, %d failed'):format(version, count, failed))
  return failed == 0 and count > 0
end

return M
