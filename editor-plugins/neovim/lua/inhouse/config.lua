---What the user can set, with the defaults. Reads no files and starts nothing.
local M = {}

---@class inhouse.Config
M.defaults = {
  ---@type string[]? the server; nil: `inhouse serve --stdio`, from PATH or ~/.local/bin
  cmd = nil,
  ---@type string[] in these a server is started and asked; '*' stands for all
  filetypes = {
    'c',
    'cpp',
    'cs',
    'go',
    'java',
    'javascript',
    'javascriptreact',
    'lua',
    'php',
    'python',
    'ruby',
    'rust',
    'typescript',
    'typescriptreact',
  },
  ---@type string[] files or folders that mark a project's root
  root_markers = { 'inhouse.toml', '.git', 'pyproject.toml', 'package.json' },
  ---@type boolean suggest while typing; false: only by the trigger key
  automatic = true,
  ---@type integer pause after the last key before the server is asked
  debounce_ms = 50,
  ---@type 'own'|'builtin' who draws: the plugin, or Neovim 0.12 itself
  renderer = 'own',
  ---@type boolean hide while a completion menu is open
  hide_with_menu = true,
  ---@type integer larger files are left alone
  max_bytes = 1024 * 1024,
  ---Insert-mode keys in buffers with a server; false: no key
  ---@type table<string, string|false>
  keys = {
    accept = '<M-l>',
    accept_word = '<M-w>',
    accept_line = '<M-e>',
    next = '<M-n>',
    previous = '<M-p>',
    dismiss = '<C-]>',
    trigger = '<M-\\>',
  },
  ---the server's own, see |inhouse-server-settings|
  ---@type table<string, any>
  settings = {},
}

---@type inhouse.Config
M.current = vim.deepcopy(M.defaults)

---@type table<string, true> keys that the user has chosen, which may take over a mapped key
M.chosen_keys = {}

local KINDS = {
  cmd = 'table',
  filetypes = 'table',
  root_markers = 'table',
  automatic = 'boolean',
  debounce_ms = 'number',
  renderer = 'string',
  hide_with_menu = 'boolean',
  max_bytes = 'number',
  keys = 'table',
  settings = 'table',
}

---@param name string
---@param value any
---@return string? what is wrong
local function problem(name, value)
  if not KINDS[name] then
    return ('unknown option %q'):format(name)
  elseif type(value) ~= KINDS[name] then
    return ('option %q must be a %s'):format(name, KINDS[name])
  elseif name == 'renderer' and value ~= 'own' and value ~= 'builtin' then
    return "option \"renderer\" must be 'own' or 'builtin'"
  elseif name == 'keys' then
    for action in pairs(value) do
      if M.defaults.keys[action] == nil then
        return ('unknown key %q in option "keys"'):format(tostring(action))
      end
    end
  end
end

---Takes the user's options. What is not usable is returned as a list of lines, and its default stays.
---@param options table?
---@return string[] problems
function M.set(options)
  M.current = vim.deepcopy(M.defaults)
  M.chosen_keys = {}
  local problems = {}
  for name, value in pairs(options or {}) do
    local wrong = problem(name, value)
    if wrong then
      problems[#problems + 1] = wrong
    elseif name == 'keys' then
      M.current.keys = vim.tbl_extend('force', M.current.keys, value)
      for action in pairs(value) do
        M.chosen_keys[action] = true
      end
    else
      M.current[name] = vim.deepcopy(value)
    end
  end
  if M.current.renderer == 'builtin' and not vim.lsp.inline_completion then
    problems[#problems + 1] = "renderer 'builtin' needs Neovim 0.12; the plugin draws by itself"
    M.current.renderer = 'own'
  end
  table.sort(problems)
  return problems
end

return M
