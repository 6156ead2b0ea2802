---:checkhealth inhouse. Says what is wrong and how to mend it; changes nothing.
local M = {}

local function check_neovim()
  local health = vim.health
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()))
  elseif vim.fn.has('nvim-0.10') == 1 then
    health.warn('Neovim ' .. tostring(vim.version()) .. ' works, but 0.11 or later is what the plugin is made for')
  else
    health.error('Neovim 0.10 is the oldest that works', { 'Update Neovim to 0.11 or later' })
  end
end

---@param arguments string[]
---@return { code: integer, stdout: string }
local function run(arguments)
  local ran, result = pcall(function()
    return vim.system(arguments, require('inhouse.launch').beside(20000)):wait()
  end)
  return ran and result or { code = 1, stdout = '' }
end

local function check_server()
  local health, client, program = vim.health, require('inhouse.client'), require('inhouse.program')
  local cmd = program.command()
  if not cmd then
    health.error('the server `inhouse` was not found', {
      program.install_line('uv'),
      program.install_line('pipx'),
      "or name it: require('inhouse').setup({ cmd = { '/path/to/inhouse', 'serve', '--stdio' } })",
    })
    return
  end
  health.ok('server: ' .. table.concat(cmd, ' '))
  local running = client.get()
  if running then
    health.ok(
      ('running, position encoding %s, %d buffers'):format(
        running.offset_encoding,
        vim.tbl_count(running.attached_buffers or {})
      )
    )
    local report = client.report
    if report.state == 'failed' then
      health.error('the model cannot be loaded', { ':Inhouse doctor', ':Inhouse model core' })
    elseif report.model and report.model ~= '' then
      local power = report.power and (', on %s, %s'):format(report.power, report.mode or 'full') or ''
      health.ok(('model: %s%s'):format(report.model, power))
    end
    if report.index == 'temporary' then
      health.warn('the cache folder cannot be written: the index is read anew at each start', { ':Inhouse doctor' })
    end
    if not running.server_capabilities.inlineCompletionProvider then
      health.error('the server offers no inline completions', { 'Update inhouse' })
    end
  elseif client.state == 'failed' then
    health.error('the server keeps ending', { ':Inhouse log', ':Inhouse restart' })
  else
    health.info('not running: it starts with the first file of an enabled type')
  end
  local command = program.other_command('doctor')
  if command then
    local doctor = run(command)
    local say = doctor.code == 0 and health.ok or health.warn
    say('`inhouse doctor`:\n' .. vim.trim(doctor.stdout or ''))
  end
end

local function check_keys()
  local health, config = vim.health, require('inhouse.config')
  for name, key in vim.spairs(config.current.keys) do
    if key then
      local mapping = vim.fn.maparg(key, 'i', false, true)
      if next(mapping) and not vim.startswith(mapping.desc or '', 'inhouse: ') and not config.chosen_keys[name] then
        health.warn(('%s (%s) is mapped already and was left alone'):format(key, name), {
          ("choose another: require('inhouse').setup({ keys = { %s = '<...>' } })"):format(name),
        })
      else
        health.ok(('%s: %s'):format(name, key))
      end
    end
  end
end

local function check_others()
  for _, name in ipairs({ 'copilot', 'supermaven-nvim', 'codeium', 'minuet', 'tabby' }) do
    if package.loaded[name] then
      vim.health.warn(('%s is loaded too: two ghost texts at one cursor cover each other'):format(name))
    end
  end
end

function M.check()
  vim.health.start('inhouse')
  check_neovim()
  check_server()
  check_keys()
  check_others()
end

return M
