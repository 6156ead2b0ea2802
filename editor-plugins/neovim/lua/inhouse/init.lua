---inhouse for Neovim: setup and everything that a user calls. Each verb returns whether there was something to do,
---so that a key can fall through.
local builtin = require('inhouse.builtin')
local client = require('inhouse.client')
local config = require('inhouse.config')
local ghost = require('inhouse.ghost')
local switch = require('inhouse.switch')

local M = {}

---@param options? table see |inhouse-options|
function M.setup(options)
  local problems = config.set(options)
  if #problems > 0 then
    vim.notify('inhouse: ' .. table.concat(problems, '; '), vim.log.levels.WARN)
  end
  local announce = vim.schedule_wrap(function()
    vim.api.nvim_exec_autocmds('User', { pattern = 'InhouseStatus', modeline = false })
  end)
  client.on_state, ghost.on_state = announce, announce
  M.highlight()
  local group = vim.api.nvim_create_augroup('inhouse', { clear = true })
  vim.api.nvim_create_autocmd('ColorScheme', { group = group, callback = M.highlight })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    callback = function(event)
      client.attach(event.buf)
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    callback = function(event)
      client.detached(event.buf, event.data.client_id)
    end,
  })
  client.forgive()
  client.attach_all() -- files that were opened before the plugin was loaded
end

---@package
function M.highlight()
  local modern = vim.fn.hlexists('ComplHint') == 1
  vim.api.nvim_set_hl(0, 'InhouseGhost', { default = true, link = modern and 'ComplHint' or 'Comment' })
  vim.api.nvim_set_hl(0, 'InhouseGhostMore', { default = true, link = modern and 'ComplHintMore' or 'NonText' })
end

---@return boolean
function M.visible()
  if config.current.renderer == 'builtin' then
    return builtin.visible()
  end
  local drawn = ghost.of()
  return drawn ~= nil and drawn:visible()
end

---@param unit 'word'|'line'|'all'
---@return boolean
local function accept(unit)
  if not M.visible() then
    return false
  end
  -- As keys, not at once: keys typed ahead stay behind it, the text lock of an <expr> mapping has ended by then,
  -- and CTRL-G u on both sides makes the accepted text one step of its own for undo.
  local keys = ("<C-g>u<Cmd>lua require('inhouse')._take('%s')<CR>"):format(unit)
  -- Neovim's own way puts it in a moment later; builtin.lua then sends the second one.
  local own = config.current.renderer == 'own'
  vim.api.nvim_feedkeys(vim.keycode(own and keys .. '<C-g>u' or keys), 'in', false)
  return true
end

---@package
---@param unit 'word'|'line'|'all'
function M._take(unit)
  local drawn = ghost.of()
  if config.current.renderer == 'builtin' then
    builtin.take(unit)
  elseif drawn then
    drawn:accept(unit)
  end
end

---@return boolean
function M.accept()
  return accept('all')
end

---@return boolean
function M.accept_word()
  return accept('word')
end

---@return boolean
function M.accept_line()
  return accept('line')
end

---@param by integer
---@return boolean
local function cycle(by)
  if not M.visible() then
    return false
  elseif config.current.renderer == 'builtin' then
    builtin.cycle(by)
  else
    assert(ghost.of()):cycle(by)
  end
  return true
end

---@return boolean
function M.next()
  return cycle(1)
end

---@return boolean
function M.previous()
  return cycle(-1)
end

---@return boolean
function M.dismiss()
  if not M.visible() then
    return false
  elseif config.current.renderer == 'builtin' then
    builtin.dismiss(0)
  else
    assert(ghost.of()):clear()
  end
  return true
end

---Asks now, also where suggestions while typing are off.
---@return boolean
function M.trigger()
  local drawn = ghost.of()
  if drawn then
    drawn:trigger()
  end
  return drawn ~= nil
end

---Switches suggestions while typing off or on.
---@param scope? 'all'|'filetype'|'buffer' default: all
---@param on? boolean default: the other way round
function M.toggle(scope, on)
  scope = scope or 'all'
  local buf = vim.api.nvim_get_current_buf()
  local off = on == nil and not switch.get(scope, buf) or on == false
  switch.set(scope, off, buf)
  local drawn = ghost.of(buf)
  if drawn and off then
    drawn:clear()
  end
  if config.current.renderer == 'builtin' then
    builtin.enable(buf, not switch.is_off(buf))
  end
  client.on_state()
end

---Shows what the last suggestion was made from, or why there was none.
function M.why()
  local running, buf = client.get(), vim.api.nvim_get_current_buf()
  local refusal = require('inhouse.buffers').refusal(buf)
  if refusal then
    vim.notify('inhouse: nothing is suggested in this buffer: ' .. refusal)
  elseif running then
    require('inhouse.why').show(running, buf)
  else
    vim.notify('inhouse: no server is running (' .. client.state .. ')', vim.log.levels.WARN)
  end
end

---Shows what the project does its own way, with the places that show it.
function M.conventions()
  require('inhouse.actions').conventions()
end

---Shows what `inhouse doctor` finds.
function M.doctor()
  require('inhouse.actions').doctor()
end

---Lets the server use another model for now.
---@param path? string a GGUF file; 'core': the embedded one; nil: asks for it
function M.model(path)
  require('inhouse.actions').model(path)
end

---Lets the user pick one of all of these.
function M.menu()
  require('inhouse.actions').menu()
end

function M.restart()
  client.restart()
end

---For a status line: '' in buffers without suggestions.
---@return string
function M.status()
  return require('inhouse.status').text()
end

return M
