---One buffer's ghost text: asks the server, draws, and puts accepted text into the buffer.
---Knows nothing of processes, keys or settings files.
local config = require('inhouse.config')
local menu = require('inhouse.menu')
local rpc = require('inhouse.rpc')
local text = require('inhouse.text')

local api = vim.api
local METHOD = 'textDocument/inlineCompletion'
local INVOKED, AUTOMATIC = 1, 2

local drawings = api.nvim_create_namespace('inhouse.ghost')
local anchors = api.nvim_create_namespace('inhouse.anchor')

---@class inhouse.Item
---@field text string
---@field anchor integer extmark over the text that it replaces; follows the buffer's changes
---@field command? lsp.Command

---@class inhouse.Ghost
---@field buf integer
---@field client vim.lsp.Client
---@field items inhouse.Item[]
---@field index integer of the item that is drawn
---@field counted boolean whether "(1/3)" is drawn behind it
---@field pending? integer the newest request, while it is not answered
---@field tick integer the buffer's state when it was last looked at
---@field cursor integer[]
---@field timer uv.uv_timer_t
---@field group integer
local Ghost = {}
Ghost.__index = Ghost

local M = {}

---@type table<integer, inhouse.Ghost>
local all = {}

---@type fun() told whenever a request begins or ends
M.on_state = function() end

---@param buf integer
---@param client vim.lsp.Client
function M.attach(buf, client)
  M.detach(buf)
  local ghost = setmetatable({
    buf = buf,
    client = client,
    items = {},
    index = 1,
    counted = false,
    tick = -1,
    cursor = { 0, 0 },
    timer = assert(vim.uv.new_timer()),
    group = api.nvim_create_augroup('inhouse.ghost.' .. buf, { clear = true }),
  }, Ghost)
  all[buf] = ghost
  ghost:watch()
end

---@param buf integer
function M.detach(buf)
  local ghost = all[buf]
  if not ghost then
    return
  end
  all[buf] = nil
  ghost.timer:stop()
  ghost.timer:close()
  pcall(api.nvim_del_augroup_by_id, ghost.group)
  if api.nvim_buf_is_loaded(buf) then
    ghost:clear()
  end
end

---@param buf? integer
---@return inhouse.Ghost?
function M.of(buf)
  return all[buf or api.nvim_get_current_buf()]
end

---@package
function Ghost:watch()
  local function on(events, callback)
    api.nvim_create_autocmd(events, {
      group = self.group,
      buffer = self.buf,
      callback = function()
        callback()
      end,
    })
  end
  -- When these come, insert mode has not begun, or the menu has not opened or closed, yet.
  local function soon()
    self.tick = -1
    vim.schedule(function()
      self:update()
    end)
  end
  -- stylua: ignore start
  on({ 'InsertEnter', 'CompleteDone' }, soon)
  on({ 'TextChangedI', 'CursorMovedI', 'TextChangedP', 'CompleteChanged' }, function() self:update() end)
  on({ 'InsertLeave', 'BufLeave', 'WinLeave' }, function() self:clear() end)
  -- stylua: ignore end
  api.nvim_create_autocmd('User', {
    group = self.group,
    pattern = { 'BlinkCmpMenuOpen', 'BlinkCmpMenuClose' },
    callback = soon,
  })
end

---Whether this is a moment for ghost text at all.
---@package
---@return boolean
function Ghost:welcome()
  return all[self.buf] == self
    and api.nvim_get_current_buf() == self.buf
    and api.nvim_get_mode().mode:sub(1, 1) == 'i'
    and vim.bo[self.buf].modifiable
    and not vim.bo[self.buf].readonly
    and vim.fn.reg_executing() == ''
    and not vim.b[self.buf].visual_multi -- several cursors: the text would go in at one of them only
    and not (config.current.hide_with_menu and menu.visible())
end

---Looks at the buffer after a key: draws what is left of the suggestion in the same moment, so that nothing
---flickers while it is typed along, or asks for another one.
---@package
function Ghost:update()
  if all[self.buf] ~= self or api.nvim_get_current_buf() ~= self.buf then
    return
  end
  local tick, cursor = api.nvim_buf_get_changedtick(self.buf), api.nvim_win_get_cursor(0)
  local changed, moved = tick ~= self.tick, not vim.deep_equal(cursor, self.cursor)
  self.tick, self.cursor = tick, cursor
  if not self:welcome() then
    self:undraw()
    self:cancel()
    return
  end
  if not changed then
    if moved then
      self:clear()
    end
    return
  end
  self:cancel()
  if self:draw() then
    return
  end
  self:clear()
  if config.current.automatic and not require('inhouse.switch').is_off(self.buf) then
    self.timer:start(
      config.current.debounce_ms,
      0,
      vim.schedule_wrap(function()
        self:request(AUTOMATIC)
      end)
    )
  end
end

---@package
function Ghost:cancel()
  self.timer:stop()
  if self.pending then
    local id = self.pending
    self.pending = nil
    rpc.cancel(self.client, id)
    M.on_state()
  end
end

---@package
---@param kind integer
function Ghost:request(kind)
  if not self:welcome() then
    return
  end
  self:cancel()
  local tick, cursor = api.nvim_buf_get_changedtick(self.buf), api.nvim_win_get_cursor(0)
  local character = text.character(api.nvim_get_current_line(), cursor[2], self.client.offset_encoding)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(self.buf),
    position = { line = cursor[1] - 1, character = character },
    context = { triggerKind = kind },
  }
  local id
  id = rpc.request(self.client, METHOD, params, function(failure, result)
    if self.pending ~= id then
      return -- a newer request, or a key, has made this answer old
    end
    self.pending = nil
    M.on_state()
    local same = api.nvim_buf_is_loaded(self.buf)
      and api.nvim_buf_get_changedtick(self.buf) == tick
      and self:welcome()
      and vim.deep_equal(api.nvim_win_get_cursor(0), cursor)
    if same and not failure and result then
      self:take_answer(result.items or result)
    end
  end, self.buf)
  self.pending = id
  M.on_state()
end

---@package
---@param found lsp.InlineCompletionItem[]
function Ghost:take_answer(found)
  self:clear()
  for _, item in ipairs(found) do
    self.items[#self.items + 1] = self:usable(item)
  end
  self:draw()
end

---The item with its place marked in the buffer; nil if it cannot be shown at the cursor.
---@package
---@param item lsp.InlineCompletionItem
---@return inhouse.Item?
function Ghost:usable(item)
  local row, range = api.nvim_win_get_cursor(0)[1] - 1, item.range
  if type(item.insertText) ~= 'string' or not range or range.start.line ~= row or range['end'].line ~= row then
    return nil
  end
  local line = api.nvim_buf_get_lines(self.buf, row, row + 1, true)[1]
  local first = text.byte_column(line, range.start.character, self.client.offset_encoding)
  local last = text.byte_column(line, range['end'].character, self.client.offset_encoding)
  local anchor = api.nvim_buf_set_extmark(self.buf, anchors, row, first, {
    end_row = row,
    end_col = last,
    right_gravity = false,
    end_right_gravity = true,
  })
  local usable = { text = item.insertText:gsub('\r\n?', '\n'), anchor = anchor, command = item.command }
  return self:left(usable) and usable or nil
end

---@class inhouse.Left
---@field rest string what the item still adds
---@field after string what of the replaced text stands behind the cursor
---@field row integer
---@field col integer the cursor

---What of an item is still to come after what has been typed; nil if the buffer has taken another way.
---@package
---@param item inhouse.Item
---@return inhouse.Left?
function Ghost:left(item)
  local mark = api.nvim_buf_get_extmark_by_id(self.buf, anchors, item.anchor, { details = true })
  if #mark == 0 then
    return nil
  end
  local cursor = api.nvim_win_get_cursor(0)
  local row, col, details = cursor[1] - 1, cursor[2], mark[3]
  local before_start = row < mark[1] or (row == mark[1] and col < mark[2])
  if before_start or row ~= details.end_row or col > details.end_col then
    return nil
  end
  local typed = table.concat(api.nvim_buf_get_text(self.buf, mark[1], mark[2], row, col, {}), '\n')
  local after = api.nvim_buf_get_text(self.buf, row, col, row, details.end_col, {})[1]
  local rest = item.text:sub(#typed + 1)
  if not vim.startswith(item.text, typed) or rest == after or not text.pieces(rest, after) then
    return nil
  end
  return { rest = rest, after = after, row = row, col = col }
end

---Draws the current item; false if there is none that fits the buffer.
---@package
---@return boolean
function Ghost:draw()
  self:undraw()
  local item = self.items[self.index]
  local left = item and self:left(item)
  if not left then
    return false
  end
  if left.rest:find('\n', 1, true) then
    self:draw_lines(left)
  else
    self:draw_pieces(left)
  end
  return true
end

---@package
---@return table? chunk "(2/3)", once the user has begun to choose
function Ghost:counter()
  if self.counted and #self.items > 1 then
    return { (' (%d/%d)'):format(self.index, #self.items), 'InhouseGhostMore' }
  end
end

---@package
---@param left inhouse.Left
function Ghost:draw_pieces(left)
  local column, tabstop = vim.fn.virtcol('.') - 1, vim.bo[self.buf].tabstop
  local pieces = assert(text.pieces(left.rest, left.after))
  for number, piece in ipairs(pieces) do
    local chunks = { { text.expand_tabs(piece.text, column, tabstop), 'InhouseGhost' } }
    if number == #pieces then
      chunks[#chunks + 1] = self:counter()
    end
    api.nvim_buf_set_extmark(self.buf, drawings, left.row, left.col + piece.offset, {
      virt_text = chunks,
      virt_text_pos = 'inline',
      hl_mode = 'combine',
    })
  end
end

---Several lines: the line's tail moves behind the last of them, as it will when the text is accepted.
---@package
---@param left inhouse.Left
function Ghost:draw_lines(left)
  local line = api.nvim_buf_get_lines(self.buf, left.row, left.row + 1, true)[1]
  local tail = line:sub(left.col + 1)
  local column, tabstop = vim.fn.virtcol('.') - 1, vim.bo[self.buf].tabstop
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
  last[#last + 1] = self:counter()
  api.nvim_buf_set_extmark(self.buf, drawings, left.row, left.col, {
    virt_text = { { first .. (' '):rep(cover), 'InhouseGhost' } },
    virt_text_pos = tail == '' and 'inline' or 'overlay',
    virt_lines = below,
    hl_mode = tail == '' and 'combine' or 'replace',
  })
end

---@package
function Ghost:undraw()
  api.nvim_buf_clear_namespace(self.buf, drawings, 0, -1)
end

---Forgets everything that was suggested.
function Ghost:clear()
  self:cancel()
  self:undraw()
  api.nvim_buf_clear_namespace(self.buf, anchors, 0, -1)
  self.items, self.index, self.counted = {}, 1, false
end

---@return boolean
function Ghost:visible()
  return #api.nvim_buf_get_extmarks(self.buf, drawings, 0, -1, { limit = 1 }) > 0
end

---@param by integer
function Ghost:cycle(by)
  self.index = (self.index - 1 + by) % #self.items + 1
  self.counted = true
  self:draw()
end

---Asks at once, whatever the settings say about typing.
function Ghost:trigger()
  self.tick, self.cursor = api.nvim_buf_get_changedtick(self.buf), api.nvim_win_get_cursor(0)
  self:request(INVOKED)
end

---Puts the first word, the line or all of the drawn item into the buffer. Must not run under a text lock.
---@param unit 'word'|'line'|'all'
function Ghost:accept(unit)
  local item = self.items[self.index]
  local left = item and self:left(item)
  if not left or not self:visible() then
    return
  end
  local piece = text.first(left.rest, unit)
  local replaced = text.replaced(left.rest, left.after, #piece)
  local lines = vim.split(piece, '\n', { plain = true })
  api.nvim_buf_set_text(self.buf, left.row, left.col, left.row, left.col + replaced, lines)
  local column = (#lines == 1 and left.col or 0) + #lines[#lines]
  api.nvim_win_set_cursor(0, { left.row + #lines, column })
  if #piece == #left.rest then
    self:clear()
    self:tell_accepted(item)
  end
end

---@package
---@param item inhouse.Item
function Ghost:tell_accepted(item)
  if item.command then
    rpc.execute(self.client, item.command.command, item.command.arguments or {}, self.buf)
  end
end

return M
