---The server process: for which buffers it runs, how it is started and ended, and that it comes back when it dies.
---Draws nothing and asks for no suggestions.
local buffers = require('inhouse.buffers')
local builtin = require('inhouse.builtin')
local config = require('inhouse.config')
local ghost = require('inhouse.ghost')
local launch = require('inhouse.launch')
local program = require('inhouse.program')
local restarts = require('inhouse.restarts')
local rpc = require('inhouse.rpc')

local M = {}

---@type integer? of the running client
M.id = nil
---@type 'off'|'starting'|'ready'|'missing'|'restarting'|'failed'
M.state = 'off'
---@type { state?: string, model?: string, power?: string, mode?: string, engine?: string, off?: { uri: string, why: string }[] } what the server last said of itself
M.report = {}
---@type fun() told whenever the state changes
M.on_state = function() end

local started_ms = 0

---@param state string
local function set_state(state)
  M.state = state
  M.on_state()
end

---@return vim.lsp.Client?
function M.get()
  return M.id and vim.lsp.get_client_by_id(M.id) or nil
end

---Starts the server if it does not run, and opens the buffer in it.
---@param buf integer
function M.attach(buf)
  if buffers.refusal(buf) or M.state == 'failed' or M.state == 'restarting' then
    return
  end
  local cmd = program.command()
  if not cmd then
    if M.state ~= 'missing' then
      set_state('missing')
      program.tell_missing()
    end
    return
  end
  local root = buffers.root(buf)
  local client = M.get()
  if client then
    M.add_folder(client, root)
    vim.lsp.buf_attach_client(buf, client.id)
  else
    M.start(buf, cmd, root)
  end
end

---@package
---@param buf integer
---@param cmd string[]
---@param root string
function M.start(buf, cmd, root)
  set_state('starting')
  started_ms, M.report = vim.uv.now(), {}
  local settings = next(config.current.settings) and config.current.settings or vim.empty_dict()
  M.id = vim.lsp.start({
    name = 'inhouse',
    cmd = launch.quietly(cmd),
    root_dir = root,
    capabilities = launch.capabilities(),
    init_options = settings,
    settings = { inhouse = settings },
    handlers = {
      ['inhouse/status'] = function(_, report)
        M.report = report or {}
        M.on_state()
      end,
    },
    on_init = function()
      set_state('ready')
      M.restarted()
    end,
    on_attach = function(client, attached)
      M.attached(client, attached)
    end,
    on_exit = function(_, _, id)
      vim.schedule(function()
        M.exited(id)
      end)
    end,
  }, {
    bufnr = buf,
    reuse_client = function()
      return false
    end,
  })
  if not M.id then
    set_state('failed')
  end
end

---The buffer was taken from a server, by whatever means: it is asked no more.
---@param buf integer
---@param id integer
function M.detached(buf, id)
  local drawn = ghost.of(buf)
  if drawn and drawn.client.id == id then
    ghost.detach(buf)
  end
end

---@package
---@param client vim.lsp.Client
---@param buf integer
function M.attached(client, buf)
  local own = config.current.renderer == 'own'
  if own then
    ghost.attach(buf, client)
    if vim.lsp.inline_completion then
      -- Whoever has it on for other servers would see this one's text twice.
      vim.lsp.inline_completion.enable(false, { client_id = client.id })
    end
  else
    builtin.enable(buf, true)
  end
  require('inhouse.keys').map(buf)
end

---One process serves every project: a model in memory is too large to have it twice.
---@package
---@param client vim.lsp.Client
---@param root string
function M.add_folder(client, root)
  local uri = vim.uri_from_fname(root)
  for _, folder in ipairs(client.workspace_folders or {}) do
    if folder.uri == uri then
      return
    end
  end
  local folder = { uri = uri, name = root }
  client.workspace_folders = vim.list_extend(client.workspace_folders or {}, { folder })
  rpc.notify(client, 'workspace/didChangeWorkspaceFolders', { event = { added = { folder }, removed = {} } })
end

---Opens every buffer that gets a server; those that have it already stay as they are.
function M.attach_all()
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) and vim.bo[buf].filetype ~= '' then
      M.attach(buf)
    end
  end
end

---@package
---@param id integer
function M.exited(id)
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    M.detached(buf, id)
  end
  if id ~= M.id then
    return
  end
  M.id, M.report = nil, {}
  if M.state == 'off' or vim.v.exiting ~= vim.NIL then
    return -- it was asked to end
  end
  M.restarted()
  local delay_ms = restarts.after_death_ms(vim.uv.now() - started_ms)
  if not delay_ms then
    set_state('failed')
    vim.notify('inhouse: the server keeps ending. :Inhouse log shows why, :Inhouse restart tries again.', vim.log.levels.ERROR)
    return
  end
  set_state('restarting')
  vim.defer_fn(function()
    if M.state == 'restarting' then
      set_state('off')
      M.attach_all()
    end
  end, delay_ms)
end

---Lets a server that was given up or not found be tried again.
function M.forgive()
  restarts.forgive()
  if M.state == 'failed' or M.state == 'missing' then
    set_state('off')
  end
end

---Ends the server and starts it anew. One restart runs at a time; asked for again meanwhile, one more follows.
function M.restart()
  if not restarts.begin() then
    return
  end
  restarts.forgive()
  M.stop(function()
    M.attach_all()
    if M.state ~= 'starting' then
      M.restarted()
    end
  end)
end

---The new server is ready, or there will be none.
---@package
function M.restarted()
  if restarts.finish() then
    M.restart()
  end
end

---A server that does not end by itself in this time is killed.
M.STOP_MS = 3000

---@param done fun()
function M.stop(done)
  local client = M.get()
  set_state('off')
  if not client then
    done()
    return
  end
  rpc.stop(client, false)
  local deadline, timer = vim.uv.now() + M.STOP_MS, assert(vim.uv.new_timer())
  timer:start(
    20,
    20,
    vim.schedule_wrap(function()
      if timer:is_closing() then
        return
      end
      if not M.get() then
        timer:stop()
        timer:close()
        done()
      elseif vim.uv.now() > deadline then
        deadline = math.huge
        rpc.stop(client, true)
      end
    end)
  )
end

return M
