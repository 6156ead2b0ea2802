---Plain functions on text: what is left to draw, what one word of it is. Touches no buffer, window or server.
local M = {}

local CHARACTER = '[%z\1-\127\194-\244][\128-\191]*'

---Where each character of `after` is found again in `rest`, in order: byte positions in `rest`, from 1.
---The text behind the cursor is looked for at the very end first, where a closing bracket belongs.
---@param rest string what a suggestion still adds
---@param after string what stands behind the cursor and would be replaced
---@return integer[]? positions one for each byte of `after`; nil if it cannot be drawn by inserting alone
local function align(rest, after)
  local positions = {}
  if vim.endswith(rest, after) then
    for byte = 1, #after do
      positions[byte] = #rest - #after + byte
    end
    return positions
  end
  local from = 1
  for character in after:gmatch(CHARACTER) do
    local first, last = rest:find(character, from, true)
    if not first then
      return nil
    end
    for byte = first, last do
      positions[#positions + 1] = byte
    end
    from = last + 1
  end
  return positions
end

---The pieces that have to be drawn between the characters that are there already.
---@param rest string
---@param after string
---@return { text: string, offset: integer }[]? pieces `offset` is in bytes behind the cursor; nil if not drawable
function M.pieces(rest, after)
  local positions = align(rest, after)
  if not positions then
    return nil
  end
  local pieces, from = {}, 1
  for offset = 0, #positions do
    local stop = positions[offset + 1] or #rest + 1
    if stop > from then
      pieces[#pieces + 1] = { text = rest:sub(from, stop - 1), offset = offset }
    end
    from = stop + 1
  end
  return pieces
end

---How many bytes behind the cursor the first `length` bytes of `rest` replace.
---@param rest string
---@param after string
---@param length integer
---@return integer
function M.replaced(rest, after, length)
  local count = 0
  for _, position in ipairs(align(rest, after) or {}) do
    count = position <= length and count + 1 or count
  end
  return count
end

---The first piece of `rest`: the next word with the white space before it, the rest of the line, or everything.
---@param rest string
---@param unit 'word'|'line'|'all'
---@return string
function M.first(rest, unit)
  if unit == 'word' then
    -- 'iskeyword' decides what a word is, as for every motion in this buffer.
    local word = vim.fn.matchstr(rest, [=[\v^\_s*(\k+|[^[:keyword:][:space:]]+)]=])
    return word ~= '' and word or rest
  elseif unit == 'line' then
    return rest:match('^\n*[^\n]*')
  end
  return rest
end

---A column of the protocol as a byte column.
---@param line string
---@param character integer
---@param encoding string 'utf-8', 'utf-16' or 'utf-32'
---@return integer
function M.byte_column(line, character, encoding)
  if encoding == 'utf-8' then
    return math.min(character, #line)
  end
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_byteindex(line, encoding, character, false)
  end
  local utf32, utf16 = vim.str_utfindex(line)
  local limit = encoding == 'utf-16' and utf16 or utf32
  return vim.str_byteindex(line, math.min(character, limit), encoding == 'utf-16')
end

---A byte column as a column of the protocol. Neovim 0.10's own conversion is wrong behind wide characters: it
---compares bytes with UTF-16 units.
---@param line string
---@param column integer
---@param encoding string
---@return integer
function M.character(line, column, encoding)
  if encoding == 'utf-8' then
    return column
  end
  if vim.fn.has('nvim-0.11') == 1 then
    return vim.str_utfindex(line, encoding, column, false)
  end
  local utf32, utf16 = vim.str_utfindex(line, column)
  return encoding == 'utf-16' and utf16 or utf32
end

---The text with its tabs as spaces: Neovim draws a tab in virtual text with no regard to 'tabstop'.
---@param text string one line
---@param column integer display column at which it begins
---@param tabstop integer
---@return string
function M.expand_tabs(text, column, tabstop)
  local done = {}
  for part, tab in text:gmatch('([^\t]*)(\t?)') do
    done[#done + 1] = part
    column = column + vim.fn.strdisplaywidth(part, column)
    if tab ~= '' then
      local width = tabstop - column % tabstop
      done[#done + 1] = (' '):rep(width)
      column = column + width
    end
  end
  return table.concat(done)
end

return M
