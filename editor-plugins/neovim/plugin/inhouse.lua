-- Defines :Inhouse. The rest is loaded when it is used.
if vim.g.loaded_inhouse then
  return
end
vim.g.loaded_inhouse = true

local function inhouse(call, ...)
  return require('inhouse')[call](...)
end

local COMMANDS = {
  on = function(scope)
    inhouse('toggle', scope, true)
  end,
  off = function(scope)
    inhouse('toggle', scope, false)
  end,
  toggle = function(scope)
    inhouse('toggle', scope)
  end,
  why = function()
    inhouse('why')
  end,
  conventions = function()
    inhouse('conventions')
  end,
  doctor = function()
    inhouse('doctor')
  end,
  model = function(path)
    inhouse('model', path)
  end,
  menu = function()
    inhouse('menu')
  end,
  restart = function()
    inhouse('restart')
  end,
  status = function()
    local said, report = { require('inhouse.status').state() }, require('inhouse.status').report()
    for _, name in ipairs({ 'model', 'power', 'mode' }) do
      said[#said + 1] = report[name] ~= '' and report[name] or nil
    end
    said[#said + 1] = report.index == 'temporary' and 'temporary index' or nil
    print(table.concat(said, ', '))
  end,
  log = function()
    vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.get_log_path and vim.lsp.get_log_path() or vim.lsp.log.get_filename()))
  end,
  health = function()
    vim.cmd.checkhealth('inhouse')
  end,
}
local SCOPES = { 'all', 'filetype', 'buffer' }

vim.api.nvim_create_user_command('Inhouse', function(command)
  local name, scope = command.fargs[1] or 'menu', command.fargs[2]
  local run = COMMANDS[name]
  if not run or (scope and name ~= 'model' and not vim.tbl_contains(SCOPES, scope)) then
    vim.notify('inhouse: use :Inhouse ' .. table.concat(vim.fn.sort(vim.tbl_keys(COMMANDS)), '|'), vim.log.levels.ERROR)
    return
  end
  run(scope)
end, {
  nargs = '*',
  desc = 'inhouse: inline completions',
  complete = function(typed, line)
    local words = #vim.split(vim.trim(line:sub(1, #line - #typed)), '%s+')
    if words > 1 and line:match('^%s*%S+%s+model%s') then
      return vim.list_extend(vim.startswith('core', typed) and { 'core' } or {}, vim.fn.getcompletion(typed, 'file'))
    end
    return vim.tbl_filter(function(word)
      return vim.startswith(word, typed)
    end, words == 1 and vim.fn.sort(vim.tbl_keys(COMMANDS)) or SCOPES)
  end,
})
