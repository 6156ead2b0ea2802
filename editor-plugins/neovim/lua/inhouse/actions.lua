---What :Inhouse does beside switching on and off: conventions, doctor, another model, and the menu of all of it.
local client = require('inhouse.client')
local config = require('inhouse.config')
local rpc = require('inhouse.rpc')

local M = {}

---Says that something has begun which takes seconds in a large project or on a busy machine.
---@param text string
local function tell_begun(text)
  vim.api.nvim_echo({ { 'inhouse: ' .. text .. ' …' } }, false, {})
end

---Shows what the buffer's project does its own way, mined by the running server from the index that it has.
function M.conventions()
  local running, buf = client.get(), vim.api.nvim_get_current_buf()
  if not running then
    vim.notify('inhouse: no server is running (' .. client.state .. ')', vim.log.levels.WARN)
    return
  end
  tell_begun('looking at what the project does')
  local uri = running.attached_buffers[buf] and vim.uri_from_bufnr(buf) or nil
  rpc.execute(running, 'inhouse.conventions', { uri }, buf, function(failure, answer)
    if failure or type(answer) ~= 'table' or type(answer.text) ~= 'string' then
      local why = failure and failure.message or type(answer) == 'table' and answer.problem or 'the server does not know them'
      vim.notify('inhouse: no conventions: ' .. tostring(why), vim.log.levels.WARN)
      return
    end
    require('inhouse.page').open('conventions', answer.text, answer.root)
  end)
end

---Shows what `inhouse doctor` says of the configuration that the server has.
function M.doctor()
  local command = require('inhouse.program').other_command('doctor')
  if not command then
    vim.cmd.checkhealth('inhouse')
    return
  end
  tell_begun('looking for what is wrong')
  vim.system(
    command,
    require('inhouse.launch').beside(60000),
    vim.schedule_wrap(function(result)
      require('inhouse.page').open('doctor', result.stdout ~= '' and result.stdout or result.stderr)
    end)
  )
end

---Lets the running server use another model, for as long as this Neovim runs.
---@param path? string a GGUF file, a name of `inhouse model list`, or 'core', the embedded one; nil: asks for it
function M.model(path)
  if not path then
    local question = { prompt = 'inhouse: a GGUF file, a name of `inhouse model list`, or core: ', completion = 'file' }
    vim.ui.input(question, function(answer)
      if answer and answer ~= '' then
        M.model(answer)
      end
    end)
    return
  end
  local model = path == 'core' and 'embedded' or path
  if path:find('[/\\]') or vim.endswith(path, '.gguf') then
    model = vim.fn.fnamemodify(vim.fn.expand(path), ':p')
    if vim.fn.filereadable(model) == 0 then
      vim.notify(('inhouse: %s cannot be read; name a GGUF file, or core'):format(model), vim.log.levels.ERROR)
      return
    end
  end
  config.current.settings.model = model
  local running = client.get()
  if running then
    local settings = { inhouse = config.current.settings }
    -- Where the server asks for them again; the field's place differs between versions.
    running.config.settings, running.settings = settings, settings
    rpc.notify(running, 'workspace/didChangeConfiguration', { settings = settings })
  end
end

---All that can be done, to pick from.
function M.menu()
  local inhouse, switch = require('inhouse'), require('inhouse.switch')
  local buf = vim.api.nvim_get_current_buf()
  local filetype = vim.bo[buf].filetype
  local choices = {
    { switch.everywhere and 'Resume' or 'Pause', inhouse.toggle },
    { 'Why this?', inhouse.why },
    { "This project's conventions", M.conventions },
    { 'Pick a model', M.model },
    { 'Look for what is wrong (doctor)', M.doctor },
    { 'Restart the server', inhouse.restart },
  }
  if filetype ~= '' then
    local label = (switch.get('filetype', buf) and 'Turn on for ' or 'Turn off for ') .. filetype
    table.insert(choices, 2, {
      label,
      function()
        inhouse.toggle('filetype')
      end,
    })
  end
  local options = {
    prompt = 'inhouse (' .. require('inhouse.status').state(buf) .. ')',
    format_item = function(choice)
      return choice[1]
    end,
  }
  vim.ui.select(choices, options, function(choice)
    if choice then
      choice[2]()
    end
  end)
end

return M
