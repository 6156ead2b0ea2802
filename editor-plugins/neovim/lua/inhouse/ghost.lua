---One buffer's ghost text: when the server is asked, what of its answer is shown, and what was accepted.
---Knows nothing of processes, keys or settings files; drawing.lua draws, item.lua reads and writes the buffer.
local config = require('inhouse.config')
local drawing = require('inhouse.drawing')
local items = require('inhouse.item')
local moment = require('inhouse.moment')
local rpc = require('inhouse.rpc')

local api = vim.api
local METHOD = 'textDocument/inlineCompletion'
local INVOKED, AUTOMATIC = 1, 2

---@class inhouse.Ghost
---@field buf integer
---@field client vim.lsp.Client
---@field items inhouse.Item[]
---@field index integer of the item that is drawn
---@field counted boolean whether "(1/3)" is drawn behind it
---@field pending? integer the newest request, while it is not answered
---@field slow boolean whether it takes long enough to be seen
---@field tick integer the buffer's state when it was last looked at
---@field cursor integer[]
---@field timer uv.uv_timer_t
---@field group integer
local Ghost = {}
Ghost.__index = Ghost

local M = {}

---@type table<integer, inhouse.Ghost>
local all = {}

---Most answers are there before this: a sign that came and went with every key would only flicker.
M.THINKING_MS = 150

---@type fun() told whenever a request begins to take long, and when such a one ends
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
    slow = false,
    tick = -1,
    cursor = { 0, 0 },
    timer = assert(vim.uv.new_timer()),
    group = api.nvim_create_augroup('inhouse.ghost.' .. buf, { clear = true }),
  }, Ghost)
  all[buf] = ghost
  moment.watch(buf, ghost.group, {
    update = function()
      ghost:update()
    end,
    -- When these come, insert mode has not begun, or the menu has not opened or closed, yet.
    soon = function()
      ghost.tick = -1
      vim.schedule(function()
        ghost:update()
      end)
    end,
    clear = function()
      ghost:clear()
    end,
  })
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
---@return boolean
function Ghost:welcome()
  return all[self.buf] == self and moment.welcome(self.buf)
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
    drawing.clear(self.buf)
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
    self:over()
    rpc.cancel(self.client, id)
  end
end

---The newest request is answered or given up.
---@package
function Ghost:over()
  self.pending = nil
  if self.slow then
    self.slow = false
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
  local id
  id = rpc.request(self.client, METHOD, moment.params(self.buf, self.client.offset_encoding, kind), function(failure, result)
    if self.pending ~= id then
      return -- a newer request, or a key, has made this answer old
    end
    self:over()
    local same = api.nvim_buf_is_loaded(self.buf)
      and api.nvim_buf_get_changedtick(self.buf) == tick
      and self:welcome()
      and vim.deep_equal(api.nvim_win_get_cursor(0), cursor)
    if same and not failure and result then
      self:take_answer(result.items or result)
    end
  end, self.buf)
  self.pending = id
  vim.defer_fn(function()
    if id and self.pending == id then
      self.slow = true
      M.on_state()
    end
  end, M.THINKING_MS)
end

---@package
---@param found lsp.InlineCompletionItem[]
function Ghost:take_answer(found)
  self:clear()
  for _, item in ipairs(found) do
    self.items[#self.items + 1] = items.usable(self.buf, item, self.client.offset_encoding)
  end
  self:draw()
end

---Draws the current item; false if there is none that fits the buffer.
---@package
---@return boolean
function Ghost:draw()
  drawing.clear(self.buf)
  local item = self.items[self.index]
  local left = item and items.left(self.buf, item)
  if not left then
    return false
  end
  drawing.draw(self.buf, left, self:counter())
  return true
end

---@package
---@return string? counter "(2/3)", once the user has begun to choose
function Ghost:counter()
  if self.counted and #self.items > 1 then
    return (' (%d/%d)'):format(self.index, #self.items)
  end
end

---Forgets everything that was suggested.
function Ghost:clear()
  self:cancel()
  drawing.clear(self.buf)
  items.forget(self.buf)
  self.items, self.index, self.counted = {}, 1, false
end

---@return boolean
function Ghost:visible()
  return drawing.visible(self.buf)
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
  local left = item and items.left(self.buf, item)
  if left and self:visible() and items.put(self.buf, left, unit) then
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
