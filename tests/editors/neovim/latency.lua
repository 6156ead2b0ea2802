-- How long from a key to the ghost text it brings, while real code is typed anew at a person's pace.
-- Usage: nvim -l latency.lua COMMAND PROJECT FILE [own|builtin] [LINES]. The last line of its output is JSON.
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local command, project, file, renderer, count = unpack(arg)
local LINES = tonumber(count or 12)
-- Three keys a second: an unhurried typist, and long enough for every key to get its own answer.
local KEY_MS = 350
local LONGEST = 24

local folder = vim.fn.tempname()
local child = harness.spawn(folder)
vim.fn.system({ 'cp', '-r', project .. '/.', folder .. '/project' })
local times = folder .. '/times'
local cmd = { harness.python, vim.fs.dirname(here) .. '/timing_proxy.py', times }
vim.list_extend(cmd, vim.split(command, ' '))
-- Everything is shown, however unsure: that makes more samples of the same way.
local settings = { show_above = 0 }
child:lua("require('inhouse').setup(...)", { cmd = cmd, renderer = renderer or 'own', settings = settings })
child:lua([[
  Key, Last, Times = nil, '', {}
  vim.on_key(function(_, typed)
    if typed ~= '' then Key = vim.uv.hrtime() end
  end)
  local set = vim.api.nvim_buf_set_extmark
  vim.api.nvim_buf_set_extmark = function(buf, space, row, column, options)
    local drawn = options.virt_text and options.virt_text[1][1]
    -- What gets shorter while it is typed along is not new.
    if drawn and Key and not vim.endswith(Last, drawn) then
      Times[#Times + 1], Key = (vim.uv.hrtime() - Key) / 1e6, nil
    end
    Last = drawn or Last
    return set(buf, space, row, column, options)
  end
]])
child:cmd('edit ' .. file)
child:expect_ready()
-- The first request waits for the model to be loaded.
child:keys('ggA')
vim.wait(1000)
harness.wait(child, 'the model', function()
  return child:lua("return next(vim.lsp.get_clients({ name = 'inhouse' })[1].requests) == nil")
end)
child:keys('<Esc>')
child:lua('Times = {}')
local before = vim.uv.fs_stat(times) and #vim.fn.readfile(times) or 0

local lines = child:lines()
local every = math.max(1, math.floor(#lines / (LINES + 1)))
for number = every, #lines - 1, every do
  local line = lines[number]
  local code = vim.trim(line)
  if code ~= '' and #code > 6 then
    child:keys('<Esc>', ('%dG'):format(number), 'cc')
    for at = 1, math.min(#code, LONGEST) do
      vim.wait(KEY_MS)
      child:call('nvim_input', (code:sub(at, at):gsub('<', '<lt>')))
    end
    vim.wait(KEY_MS * 4)
    child:keys('<Esc>', 'u')
  end
end

local total = child:lua('return Times')
child:stop()
local server = vim.list_slice(vim.tbl_map(tonumber, vim.fn.readfile(times)), before + 1)
table.sort(total)
table.sort(server)
local function share(list, part)
  return list[math.max(1, math.ceil(#list * part))]
end
print(vim.json.encode({
  editor = 'Neovim ' .. tostring(vim.version()),
  renderer = renderer or 'own',
  shown = #total,
  answers = #server,
  key_to_ghost_ms = { p50 = share(total, 0.5), p95 = share(total, 0.95) },
  server_ms = { p50 = share(server, 0.5), p95 = share(server, 0.95) },
}))
