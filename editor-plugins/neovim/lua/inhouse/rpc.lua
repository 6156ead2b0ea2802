---Calls on a language client that work in every supported Neovim: 0.10 knows them as functions, not methods.
local M = {}

local METHODS = vim.fn.has('nvim-0.11') == 1

---@param client vim.lsp.Client
---@param method string
---@param params table
---@param handler function
---@param buf integer
---@return integer? id nil if the server is gone
function M.request(client, method, params, handler, buf)
  local sent, id
  if METHODS then
    sent, id = client:request(method, params, handler, buf)
  else
    sent, id = client.request(method, params, handler, buf)
  end
  return sent and id or nil
end

---@param client vim.lsp.Client
---@param method string
---@param params table
function M.notify(client, method, params)
  if METHODS then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

---@param client vim.lsp.Client
---@param id integer
function M.cancel(client, id)
  if METHODS then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

---@param client vim.lsp.Client
---@param force boolean
function M.stop(client, force)
  if METHODS then
    client:stop(force)
  else
    client.stop(force)
  end
end

---@param client vim.lsp.Client
---@param command string
---@param arguments any[]
---@param buf integer
---@param handler? function
function M.execute(client, command, arguments, buf, handler)
  local params = { command = command, arguments = arguments }
  M.request(client, 'workspace/executeCommand', params, handler or function() end, buf)
end

return M
