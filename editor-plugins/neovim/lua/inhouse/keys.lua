---Insert-mode keys that fall through: while nothing is shown, a key does what it did before.
local config = require('inhouse.config')

local M = {}

---@type table<string, fun(): boolean>
local function actions()
  local inhouse = require('inhouse')
  return {
    accept = inhouse.accept,
    accept_word = inhouse.accept_word,
    accept_line = inhouse.accept_line,
    next = inhouse.next,
    previous = inhouse.previous,
    dismiss = inhouse.dismiss,
    trigger = inhouse.trigger,
  }
end

---The key's global mapping as keys to feed, or the key itself.
---@param key string
---@return string
local function before(key)
  local chord = key:lower():match('^<[am]%-.+>$')
  local raw = vim.keycode(key)
  for _, mapping in ipairs(vim.api.nvim_get_keymap('i')) do
    if mapping.lhsraw == raw then
      -- A buffer's mapping hides the global one, so the global one is put under a name of its own.
      local name = '<Plug>(inhouse-before-' .. key:gsub('[<>]', '') .. ')'
      mapping.lhs, mapping.lhsraw, mapping.lhsrawalt, mapping.buffer = name, vim.keycode(name), nil, 0
      vim.fn.mapset('i', false, mapping)
      return name
    end
  end
  if chord then
    -- Neovim takes an Alt key that nothing is mapped to for <Esc> and the key, since that is what a terminal sends for
    -- both; but only of keys that are typed. A quick <Esc> and w must not leave a w in the text.
    vim.api.nvim_feedkeys(vim.keycode(key), 'nit', false)
    return ''
  end
  return key
end

---@param buf integer
function M.map(buf)
  for name, action in pairs(actions()) do
    local key = config.current.keys[name]
    if key and (config.chosen_keys[name] or not M.taken(buf, key)) then
      vim.keymap.set('i', key, function()
        return action() and '' or before(key)
      end, { buffer = buf, expr = true, remap = true, desc = 'inhouse: ' .. name:gsub('_', ' ') })
    end
  end
end

---@param buf integer
---@param key string
---@return boolean
function M.taken(buf, key)
  return vim.api.nvim_buf_call(buf, function()
    local mapping = vim.fn.maparg(key, 'i', false, true)
    return next(mapping) ~= nil and not vim.startswith(mapping.desc or '', 'inhouse: ')
  end)
end

return M
