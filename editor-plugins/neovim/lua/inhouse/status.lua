---What the plugin is doing, for a status line. Asks nobody; reads only what is known.
local M = {}

---@param buf? integer
---@return 'none'|'off'|'missing'|'starting'|'restarting'|'failed'|'loading'|'broken'|'away'|'thinking'|'idle'
function M.state(buf)
  local client, ghost = require('inhouse.client'), require('inhouse.ghost')
  buf = buf or vim.api.nvim_get_current_buf()
  if require('inhouse.buffers').refusal(buf) then
    return 'none'
  elseif require('inhouse.switch').is_off(buf) or client.state == 'off' then
    return 'off'
  elseif client.state ~= 'ready' then
    return client.state
  end
  local told = client.report.state
  if client.report.engine == 'away' then
    return 'away'
  elseif told == 'loading' then
    return 'loading'
  elseif told == 'failed' then
    return 'broken'
  end
  for _, document in ipairs(client.report.off or {}) do
    if document.uri == vim.uri_from_bufnr(buf) then
      return 'off' -- by the project's settings, or because the file must not leave the machine
    end
  end
  local drawn = ghost.of(buf)
  return drawn and drawn.slow and 'thinking' or 'idle'
end

local TEXTS = {
  none = '',
  off = 'inhouse off',
  missing = 'inhouse not installed',
  starting = 'inhouse starting',
  restarting = 'inhouse restarting',
  failed = 'inhouse failed',
  loading = 'inhouse loading',
  broken = 'inhouse without a model',
  away = 'inhouse: no engine',
  thinking = 'inhouse …',
  idle = 'inhouse',
}

---@return string empty in a buffer that gets no suggestions
function M.text()
  local text, report, less = TEXTS[M.state()], require('inhouse.client').report, {}
  if report.mode == 'saving' or report.mode == 'instant' then
    less[#less + 1] = report.mode
  end
  if report.index == 'temporary' then
    less[#less + 1] = 'temporary index'
  end
  return text ~= '' and #less > 0 and ('%s (%s)'):format(text, table.concat(less, ', ')) or text
end

---What the server says of itself: `model`, and where it can tell, `power` (mains, battery), `mode`
---(full, saving, instant), `engine` (embedded, server, away) and `index` (kept, or temporary where the cache folder
---cannot be written).
---@return { model?: string, power?: string, mode?: string, engine?: string, index?: string }
function M.report()
  return vim.deepcopy(require('inhouse.client').report)
end

return M
