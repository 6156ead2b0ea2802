---Items as the buffer has them: each marks the text that it replaces, and what of it is still to come is read off there.
---Asks no server and draws nothing.
local text = require('inhouse.text')

local api = vim.api
local anchors = api.nvim_create_namespace('inhouse.anchor')

---@class inhouse.Item
---@field text string
---@field anchor integer extmark over the text that it replaces; follows the buffer's changes
---@field command? lsp.Command

---@class inhouse.Left
---@field rest string what the item still adds
---@field after string what of the replaced text stands behind the cursor
---@field row integer
---@field col integer the cursor

local M = {}

---The item with its place marked in the buffer; nil if it cannot be shown at the cursor.
---@param buf integer
---@param item lsp.InlineCompletionItem
---@param encoding string of the item's columns
---@return inhouse.Item?
function M.usable(buf, item, encoding)
  local row, range = api.nvim_win_get_cursor(0)[1] - 1, item.range
  if type(item.insertText) ~= 'string' or not range or range.start.line ~= row or range['end'].line ~= row then
    return nil
  end
  local line = api.nvim_buf_get_lines(buf, row, row + 1, true)[1]
  local first = text.byte_column(line, range.start.character, encoding)
  local last = text.byte_column(line, range['end'].character, encoding)
  local anchor = api.nvim_buf_set_extmark(buf, anchors, row, first, {
    end_row = row,
    end_col = last,
    right_gravity = false,
    end_right_gravity = true,
  })
  local usable = { text = item.insertText:gsub('\r\n?', '\n'), anchor = anchor, command = item.command }
  return M.left(buf, usable) and usable or nil
end

---What of an item is still to come after what has been typed; nil if the buffer has taken another way.
---@param buf integer
---@param item inhouse.Item
---@return inhouse.Left?
function M.left(buf, item)
  local mark = api.nvim_buf_get_extmark_by_id(buf, anchors, item.anchor, { details = true })
  if #mark == 0 then
    return nil
  end
  local cursor = api.nvim_win_get_cursor(0)
  local row, col, details = cursor[1] - 1, cursor[2], mark[3]
  local before_start = row < mark[1] or (row == mark[1] and col < mark[2])
  if before_start or row ~= details.end_row or col > details.end_col then
    return nil
  end
  local typed = table.concat(api.nvim_buf_get_text(buf, mark[1], mark[2], row, col, {}), '\n')
  local after = api.nvim_buf_get_text(buf, row, col, row, details.end_col, {})[1]
  local rest = item.text:sub(#typed + 1)
  if not vim.startswith(item.text, typed) or rest == after or not text.pieces(rest, after) then
    return nil
  end
  return { rest = rest, after = after, row = row, col = col }
end

---Puts the first word, the line or all of what is left into the buffer. Must not run under a text lock.
---@param buf integer
---@param left inhouse.Left
---@param unit 'word'|'line'|'all'
---@return boolean whether that was all of it
function M.put(buf, left, unit)
  local piece = text.first(left.rest, unit)
  local replaced = text.replaced(left.rest, left.after, #piece)
  local lines = vim.split(piece, '\n', { plain = true })
  api.nvim_buf_set_text(buf, left.row, left.col, left.row, left.col + replaced, lines)
  local column = (#lines == 1 and left.col or 0) + #lines[#lines]
  api.nvim_win_set_cursor(0, { left.row + #lines, column })
  return #piece == #left.rest
end

---Forgets the places of all items.
---@param buf integer
function M.forget(buf)
  api.nvim_buf_clear_namespace(buf, anchors, 0, -1)
end

return M
