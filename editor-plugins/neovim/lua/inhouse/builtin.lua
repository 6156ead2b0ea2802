---Ghost text drawn by vim.lsp.inline_completion (Neovim 0.12 and later) instead of by this plugin.
---Adds what it lacks: accepting a word or a line. It cannot ask by a key and waits 200 ms after every key.
local text = require('inhouse.text')

local M = {}

---@param buf integer
---@param on boolean
function M.enable(buf, on)
  vim.lsp.inline_completion.enable(on, { bufnr = buf })
end

---@param unit 'word'|'line'|'all'
---@return boolean
function M.accept(unit)
  if unit == 'all' then
    return vim.lsp.inline_completion.get()
  end
  return vim.lsp.inline_completion.get({
    on_accept = function(item)
      local column = vim.api.nvim_win_get_cursor(0)[2]
      local start = item.range and item.range.start_col or column
      local typed = item.insert_text:sub(1, column - start)
      local rest = item.insert_text:sub(#typed + 1)
      local piece = text.first(rest, unit)
      if #piece < #rest then
        item.insert_text = typed .. piece
        item.command = nil -- it says that all was accepted
      end
      return item
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
