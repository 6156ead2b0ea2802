---Ghost text drawn by vim.lsp.inline_completion (Neovim 0.12 and later) instead of by this plugin.
---Adds what it lacks: accepting a word or a line, one undo for what was accepted, and that what other text has made
---wrong is not put in. It cannot ask by a key, and waits 200 ms after every key.
local items = require('inhouse.item')
local rpc = require('inhouse.rpc')

local api = vim.api

local M = {}

---@param buf integer
---@param on boolean
function M.enable(buf, on)
  vim.lsp.inline_completion.enable(on, { bufnr = buf })
end

---@return boolean
function M.visible()
  local drawings = api.nvim_get_namespaces()['nvim.lsp.inline_completion']
  return drawings ~= nil and #api.nvim_buf_get_extmarks(0, drawings, 0, -1, { limit = 1 }) > 0
end

---What of an item is still to come; nil if the buffer has taken another way since it came. Neovim itself would go by the
---place that the item had then: what was typed since would stand behind the accepted text once more.
---@param item vim.lsp.inline_completion.Item
---@return inhouse.Left?
local function left(item)
  local cursor = api.nvim_win_get_cursor(0)
  local row, col = cursor[1] - 1, cursor[2]
  local first_row, first_col, last_row, last_col = row, col, row, col
  if item.range then
    first_row, first_col, last_row, last_col = item.range:to_extmark()
  end
  if row < first_row or (row == first_row and col < first_col) or last_row > row then
    return nil
  end
  local suggested = item.insert_text:gsub('\r\n?', '\n')
  local typed = table.concat(api.nvim_buf_get_text(0, first_row, first_col, row, col, {}), '\n')
  if not vim.startswith(suggested, typed) or #suggested == #typed then
    return nil
  end
  local replaced = last_row == row and math.max(last_col, col) or col
  local after = api.nvim_buf_get_text(0, row, col, row, replaced, {})[1]
  return { rest = suggested:sub(#typed + 1), after = after, row = row, col = col }
end

---@param unit 'word'|'line'|'all'
function M.take(unit)
  vim.lsp.inline_completion.get({
    on_accept = function(item)
      if type(item.insert_text) ~= 'string' then
        return item -- another server's snippet
      end
      local rest = left(item)
      -- The command says that all was accepted.
      if rest and items.put(api.nvim_get_current_buf(), rest, unit) and item.command then
        local client = assert(vim.lsp.get_client_by_id(item.client_id))
        rpc.execute(client, item.command.command, item.command.arguments or {}, api.nvim_get_current_buf())
      end
      api.nvim_feedkeys(vim.keycode('<C-g>u'), 'in', false)
    end,
  })
end

---@param by integer
function M.cycle(by)
  vim.lsp.inline_completion.select({ count = by })
end

---@param buf integer
function M.dismiss(buf)
  M.enable(buf, false)
  M.enable(buf, true)
end

return M
