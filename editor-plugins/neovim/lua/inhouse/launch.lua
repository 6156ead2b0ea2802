---How programs are started: what the server is told of this client, that nothing is said when it ends, and what those
---that run beside it get to see.
local config = require('inhouse.config')

local M = {}

---What this client can do, as the server is told.
---@return table
function M.capabilities()
  local known = vim.lsp.protocol.make_client_capabilities()
  known.textDocument.inlineCompletion = { dynamicRegistration = false } -- 0.11 and older do not know it
  known.experimental = vim.tbl_extend('force', known.experimental or {}, { inhouseStatus = true })
  return known
end

---Runs the server's program. How it ended goes to the log alone: Neovim would say it in a message that may ask for Enter
---in the middle of typing, while the server comes back by itself, or the plugin says that it does not.
---@param cmd string[]
---@return fun(dispatchers: vim.lsp.rpc.Dispatchers): vim.lsp.rpc.PublicClient
function M.quietly(cmd)
  return function(dispatchers)
    local function on_exit(code, signal)
      vim.lsp.log.info('inhouse ended', code, signal)
      dispatchers.on_exit(0, 0)
    end
    return vim.lsp.rpc.start(cmd, vim.tbl_extend('force', dispatchers, { on_exit = on_exit }))
  end
end

---How a program that is run beside the server, such as the doctor, gets to see what the server sees.
---@param timeout_ms integer
---@return vim.SystemOpts
function M.beside(timeout_ms)
  local running, settings = require('inhouse.client').get(), config.current.settings
  return {
    text = true,
    timeout = timeout_ms,
    cwd = vim.fs.root(0, config.current.root_markers) or running and running.config.root_dir or nil,
    env = {
      INHOUSE_EDITOR = vim.json.encode(next(settings) and settings or vim.empty_dict()),
      -- A project's folder must not become a place that Python imports from, should the command be `python -m ...`.
      PYTHONSAFEPATH = '1',
    },
  }
end

return M
