---What the plugin is doing, for a status line. Asks nobody; reads only what is known.
local M = {}

---@param buf? integer
---@return 'none'|'off'|'missing'|'starting'|'restarting'|'failed'|'thinking'|'idle'
function M.state(buf)
  local client, ghost = require('inhouse.client'), require('inhouse.ghost')
  buf = buf or vim.api.nvim_get_current_buf()
  if client.refusal(buf) then
    return 'none'
  elseif require('inhouse.switch').is_off(buf) or client.state == 'off' then
    return 'off'
  elseif client.state ~= 'ready' then
    return client.state
  end
  local drawn = ghost.of(buf)
  return drawn and drawn.pending and 'thinking' or 'idle'
end

local TEXTS = {
  none = '',
  off = 'inhouse off',
  missing = 'inhouse not installed',
  starting = 'inhouse starting',
  restarting = 'inhouse restarting',
  failed = 'inhouse failed',
  thinking = 'inhouse …',
  idle = 'inhouse',
}

---@return string empty in a buffer that gets no suggestions
function M.text()
  return TEXTS[M.state()]
end

return M
