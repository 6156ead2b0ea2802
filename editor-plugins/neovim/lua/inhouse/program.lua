---Where the server's program is, and how it is installed. Starts nothing.
local config = require('inhouse.config')

local M = {}

---The command of the server; nil if it is not installed.
---@return string[]?
function M.command()
  local cmd = config.current.cmd
  if cmd then
    return vim.fn.executable(cmd[1]) == 1 and cmd or nil
  end
  -- uv tool install and pipx link programs into the last one, which is not on every PATH.
  for _, program in ipairs({ 'inhouse', vim.fn.expand('~/.local/bin/inhouse') }) do
    if vim.fn.executable(program) == 1 then
      return { vim.fn.exepath(program), 'serve', '--stdio' }
    end
  end
end

---The server's program asked for something else than to serve; nil if it is not clear how.
---@param ... string
---@return string[]?
function M.other_command(...)
  local serve = M.command() or {}
  for at = 2, #serve do
    if serve[at] == 'serve' then
      return vim.list_extend(vim.list_slice(serve, 1, at - 1), { ... })
    end
  end
end

---How the server is installed: from the clone that this plugin lies in, for it is in no package registry.
---@param program 'uv'|'pipx'
---@return string
function M.install_line(program)
  local clone = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h:h:h:h')
  local folder = vim.uv.fs_stat(clone .. '/pyproject.toml') and vim.fn.shellescape(clone) or '/path/to/inhouse'
  return (program == 'uv' and 'uv tool install ' or 'pipx install ') .. folder
end

---Says that the program was not found, and how it is installed.
function M.tell_missing()
  local name = (config.current.cmd or { 'inhouse' })[1]
  vim.notify(
    ('inhouse: the server %q was not found. Install it with `%s` or `%s`; :checkhealth inhouse says more.'):format(
      name,
      M.install_line('uv'),
      M.install_line('pipx')
    ),
    vim.log.levels.WARN
  )
end

return M
