---When ghost text is in place: after which keys it is looked at, whether this is a moment for it, and how the cursor's
---place is told. Draws nothing and asks nobody.
local config = require('inhouse.config')
local menu = require('inhouse.menu')
local text = require('inhouse.text')

local api = vim.api

local M = {}

---@param buf integer
---@param group integer of the autocommands
---@param calls { update: fun(), soon: fun(), clear: fun() }
function M.watch(buf, group, calls)
  local function on(events, call)
    api.nvim_create_autocmd(events, {
      group = group,
      buffer = buf,
      callback = function()
        call() -- without the event, and without a result: true would remove the autocommand
      end,
    })
  end
  on({ 'InsertEnter', 'CompleteDone' }, calls.soon)
  on({ 'TextChangedI', 'CursorMovedI', 'TextChangedP', 'CompleteChanged' }, calls.update)
  on({ 'InsertLeave', 'BufLeave', 'WinLeave' }, calls.clear)
  api.nvim_create_autocmd('User', {
    group = group,
    pattern = { 'BlinkCmpMenuOpen', 'BlinkCmpMenuClose' },
    callback = function()
      calls.soon()
    end,
  })
end

---@param buf integer
---@return boolean
function M.welcome(buf)
  return api.nvim_get_current_buf() == buf
    and api.nvim_get_mode().mode:sub(1, 1) == 'i'
    and vim.bo[buf].modifiable
    and not vim.bo[buf].readonly
    and vim.fn.reg_executing() == ''
    and not vim.b[buf].visual_multi -- several cursors: the text would go in at one of them only
    and not (config.current.hide_with_menu and menu.visible())
end

---What is asked at the cursor of the current window.
---@param buf integer
---@param encoding string of the columns
---@param kind integer 1: asked by a key, 2: by typing
---@return lsp.InlineCompletionParams
function M.params(buf, encoding, kind)
  local cursor = api.nvim_win_get_cursor(0)
  local character = text.character(api.nvim_get_current_line(), cursor[2], encoding)
  return {
    textDocument = vim.lsp.util.make_text_document_params(buf),
    position = { line = cursor[1] - 1, character = character },
    context = { triggerKind = kind },
  }
end

return M
