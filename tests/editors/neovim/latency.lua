-- How long from a key to the ghost text it brings, while real code is typed anew at a person's pace.
-- Usage: nvim -l latency.lua COMMAND PROJECT FILE [own|builtin] [SAMPLES] [LIMIT_S]. The last line of its output is JSON.
-- It ends when so many ghost texts were seen, or after that many seconds, whichever is first.
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local command, project, file, renderer, count, limit = unpack(arg)
local SAMPLES, LIMIT_S = tonumber(count or 100), tonumber(limit or 200)
-- Five keys a second, or 60 words a minute, as unevenly as people type: an even pace can beat in time with an editor's own
-- pause, so that a key seems to bring what the one before has asked for.
local SHORTEST_MS, SPREAD_MS = 120, 160
local KEY_MS = SHORTEST_MS + SPREAD_MS / 2
local LONGEST = 24
local typed = 0

local function pause_ms()
  typed = typed + 1
  return math.floor(SHORTEST_MS + SPREAD_MS * (typed * 0.6180339887 % 1))
end

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
  Keys, Last, Shown = {}, '', {}
  local function now()
    local clock = vim.uv.clock_gettime('realtime')
    return clock.sec * 1e3 + clock.nsec / 1e6
  end
  vim.on_key(function(_, typed)
    if typed ~= '' then Keys[#Keys + 1] = now() end
  end)
  local set = vim.api.nvim_buf_set_extmark
  vim.api.nvim_buf_set_extmark = function(buf, space, row, column, options)
    local drawn = options.virt_text and options.virt_text[1][1]
    -- What gets shorter while it is typed along is not new.
    if drawn and drawn ~= '' and not vim.endswith(Last, drawn) then
      Shown[#Shown + 1] = { at = now(), text = drawn }
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
child:lua('Shown = {}')

local lines = child:lines()
local started = vim.uv.now()
local function enough()
  return vim.uv.now() - started > LIMIT_S * 1000 or child:lua('return #Shown') >= SAMPLES
end
-- The golden section spreads the lines evenly, however many of them there is time for.
for step = 1, #lines do
  local number = 1 + math.floor(#lines * (step * 0.6180339887 % 1))
  local code = vim.trim(lines[number])
  if enough() then
    break
  end
  if #code > 6 then
    child:keys('<Esc>', ('%dG'):format(number), 'cc')
    for at = 1, math.min(#code, LONGEST) do
      vim.wait(pause_ms())
      child:call('nvim_input', (code:sub(at, at):gsub('<', '<lt>')))
    end
    vim.wait(KEY_MS * 3)
    child:keys('<Esc>', 'u')
  end
end

local shown, keys = child:lua('return Shown'), child:lua('return Keys')
child:stop()
local answers = vim.tbl_map(vim.json.decode, vim.fn.readfile(times))

---The last entry that `fits`.
local function last(list, fits)
  for number = #list, 1, -1 do
    if fits(list[number]) then
      return list[number]
    end
  end
end

-- What is drawn belongs to the newest answer until then that has its text, and that to the key before its request: by
-- the time that it is drawn, a fast typist has pressed another.
local total, server = {}, {}
for _, sample in ipairs(shown) do
  local answer = last(answers, function(answer)
    return answer.answered <= sample.at
      and vim.iter(answer.texts):any(function(text)
        return vim.endswith(vim.split(text, '\n', { plain = true })[1], sample.text)
      end)
  end)
  local key = answer and last(keys, function(key)
    return key <= answer.asked
  end)
  if key then
    total[#total + 1] = sample.at - key
    server[#server + 1] = answer.answered - answer.asked
  end
end
table.sort(total)
table.sort(server)
local function share(list, part)
  return list[math.max(1, math.ceil(#list * part))]
end
harness.report(vim.json.encode({
  editor = 'Neovim ' .. tostring(vim.version()),
  renderer = renderer or 'own',
  shown = #shown,
  samples_ms = vim.tbl_map(math.floor, total),
  server_samples_ms = vim.tbl_map(math.floor, server),
  answers = #answers,
  matched = #total, -- of those shown: the times are of these
  key_to_ghost_ms = { p50 = share(total, 0.5), p95 = share(total, 0.95) },
  server_ms = { p50 = share(server, 0.5), p95 = share(server, 0.95) },
}))
