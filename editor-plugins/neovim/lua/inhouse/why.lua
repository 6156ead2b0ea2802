---A small window that says what the last suggestion was made from, or why there was none.
local rpc = require('inhouse.rpc')

local M = {}

---Who said it, in words.
local SOURCES = {
  model = 'the model',
  project = 'a line of the project',
  ngram = "the project's wording alone",
  cache = 'an earlier answer',
}

---@param answer table what the server's command `inhouse.why` returns
---@return string[] lines
---@return table<integer, { path: string, line: integer }> places by line number
function M.lines(answer)
  local lines, places = {}, {}
  local function add(format, ...)
    lines[#lines + 1] = format:format(...)
  end
  local function add_items(found)
    for number, item in ipairs(found) do
      add('Suggestion %d: %s', number, (vim.split(item.text, '\n', { plain = true })[1]))
      add('  %.0f %% sure, from %s', (item.probability or 0) * 100, SOURCES[item.source] or item.source or '?')
      for _, place in ipairs(item.provenance or {}) do
        add('  %s:%d  %s', place.path, place.line, place.kind)
        places[#lines] = { path = place.path, line = place.line }
      end
    end
  end
  add_items(answer.items or {})
  if #lines == 0 then
    add('Nothing was suggested: %s', type(answer.silent) == 'string' and answer.silent or 'unknown')
    if answer.before then
      add('Before that:')
      add_items(answer.before.items or {})
    end
  end
  for _, note in ipairs(answer.notes or {}) do
    add('Note: %s', (note:gsub('%s+', ' ')))
  end
  add('')
  local times = {}
  for name, ms in vim.spairs(answer.timings_ms or {}) do
    times[#times + 1] = ('%s %.0f ms'):format(name, ms)
  end
  if #times > 0 then
    add('Time: %s', table.concat(times, ', '))
  end
  add('Model: %s', answer.model and answer.model ~= '' and answer.model or 'not loaded yet')
  add('This session: %d shown, %d accepted', answer.shown or 0, answer.accepted or 0)
  return lines, places
end

---@param client vim.lsp.Client
---@param buf integer
function M.show(client, buf)
  rpc.execute(client, 'inhouse.why', { vim.uri_from_bufnr(buf) }, buf, function(failure, answer)
    if failure or type(answer) ~= 'table' then
      vim.notify('inhouse: the server gave no reason', vim.log.levels.WARN)
      return
    end
    -- One server serves several projects: only it knows which of them the file belongs to.
    M.open(answer, answer.root or client.config.root_dir or vim.uv.cwd())
  end)
end

---@param answer table
---@param root string
function M.open(answer, root)
  local lines, places = M.lines(answer)
  local buf, win = vim.lsp.util.open_floating_preview(lines, '', { border = 'rounded', focus_id = 'inhouse.why' })
  vim.api.nvim_set_current_win(win)
  vim.keymap.set('n', '<CR>', function()
    local place = places[vim.api.nvim_win_get_cursor(win)[1]]
    if place then
      vim.api.nvim_win_close(win, true)
      local whole = vim.startswith(place.path, '/') or place.path:find('^%a:/')
      local path = whole and place.path or vim.fs.joinpath(root, place.path)
      vim.cmd.edit(vim.fn.fnameescape(path))
      pcall(vim.api.nvim_win_set_cursor, 0, { place.line, 0 })
    end
  end, { buffer = buf, desc = 'inhouse: open the place' })
end

return M
