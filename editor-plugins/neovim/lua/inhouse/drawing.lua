---Draws what an item still adds as virtual text, in the line and below it. Knows nothing of how it came about.
local text = require('inhouse.text')

local api = vim.api
local drawings = api.nvim_create_namespace('inhouse.ghost')

local M = {}

---@param buf integer
---@param left inhouse.Left
---@param counter? string drawn behind it
local function draw_pieces(buf, left, counter)
  local column, tabstop = vim.fn.virtcol('.') - 1, vim.bo[buf].tabstop
  local pieces = assert(text.pieces(left.rest, left.after))
  for number, piece in ipairs(pieces) do
    local chunks = { { text.expand_tabs(piece.text, column, tabstop), 'InhouseGhost' } }
    if number == #pieces and counter then
      chunks[#chunks + 1] = { counter, 'InhouseGhostMore' }
    end
    api.nvim_buf_set_extmark(buf, drawings, left.row, left.col + piece.offset, {
      virt_text = chunks,
      virt_text_pos = 'inline',
      hl_mode = 'combine',
    })
  end
end

---Several lines: the line's tail moves behind the last of them, as it will when the text is accepted.
---@param buf integer
---@param left inhouse.Left
---@param counter? string drawn behind it
local function draw_lines(buf, left, counter)
  local line = api.nvim_buf_get_lines(buf, left.row, left.row + 1, true)[1]
  local tail = line:sub(left.col + 1)
  local column, tabstop = vim.fn.virtcol('.') - 1, vim.bo[buf].tabstop
  local lines = vim.split(left.rest, '\n', { plain = true })
  local first = text.expand_tabs(lines[1], column, tabstop)
  -- An overlay covers the tail where it stands now.
  local cover = math.max(0, vim.fn.strdisplaywidth(tail, column) - vim.fn.strdisplaywidth(first, column))
  local below = {}
  for number = 2, #lines do
    below[#below + 1] = { { text.expand_tabs(lines[number], 0, tabstop), 'InhouseGhost' } }
  end
  local last = below[#below]
  last[#last + 1] = tail ~= '' and { tail:sub(#left.after + 1), 'Normal' } or nil
  last[#last + 1] = counter and { counter, 'InhouseGhostMore' } or nil
  api.nvim_buf_set_extmark(buf, drawings, left.row, left.col, {
    virt_text = { { first .. (' '):rep(cover), 'InhouseGhost' } },
    virt_text_pos = tail == '' and 'inline' or 'overlay',
    virt_lines = below,
    hl_mode = tail == '' and 'combine' or 'replace',
  })
end

---@param buf integer
---@param left inhouse.Left
---@param counter? string drawn behind it, such as " (2/3)"
function M.draw(buf, left, counter)
  local draw = left.rest:find('\n', 1, true) and draw_lines or draw_pieces
  draw(buf, left, counter)
end

---@param buf integer
function M.clear(buf)
  api.nvim_buf_clear_namespace(buf, drawings, 0, -1)
end

---@param buf integer
---@return boolean
function M.visible(buf)
  return #api.nvim_buf_get_extmarks(buf, drawings, 0, -1, { limit = 1 }) > 0
end

return M
