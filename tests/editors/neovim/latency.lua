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
child:lua("require('inhouse').setup(...)", { cmd = vim.split(command, ' '), renderer = renderer or 'own' })
child:lua([[
  Key, Asked, Answered, Times = 0, nil, nil, {}
  vim.on_key(function() Key, Asked, Answered = vim.uv.hrtime(), nil, nil end)
  local set = vim.api.nvim_buf_set_extmark
  vim.api.nvim_buf_set_extmark = function(buf, space, row, column, options)
    if options.virt_text and Asked and Answered and not Times[Key] then
      Times[Key] = { total = (vim.uv.hrtime() - Key) / 1e6, server = (Answered - Asked) / 1e6 }
    end
    return set(buf, space, row, column, options)
  end
  vim.api.nvim_create_autocmd('LspRequest', { callback = function(event)
    local request = event.data.request
    if request.method == 'textDocument/inlineCompletion' then
      if request.type == 'pending' then Asked, Answered = vim.uv.hrtime(), nil
      elseif request.type == 'complete' then Answered = vim.uv.hrtime() end
    end
  end })
]])
child:cmd('edit ' .. file)
child:expect_ready()
harness.wait(child, 'a first answer', function()
  child:keys('<Esc>', 'ggA')
  vim.wait(500)
  return child:lua('return Answered ~= nil')
end)

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

local total, server = {}, {}
for _, time in pairs(child:lua('return vim.tbl_values(Times)')) do
  total[#total + 1], server[#server + 1] = time.total, time.server
end
child:stop()
table.sort(total)
table.sort(server)
local function share(list, part)
  return list[math.max(1, math.ceil(#list * part))]
end
print(vim.json.encode({
  editor = 'Neovim ' .. tostring(vim.version()),
  renderer = renderer or 'own',
  shown = #total,
  key_to_ghost_ms = { p50 = share(total, 0.5), p95 = share(total, 0.95) },
  server_ms = { p50 = share(server, 0.5), p95 = share(server, 0.95) },
}))
