-- What a user of the Neovim plugin sees, in the real editor. Usage: nvim -l tests.lua [NAME-PATTERN]
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local deeds = assert(loadfile(here .. '/deeds.lua'))(harness)

for _, part in ipairs({ 'accepting', 'drawing', 'asking', 'servers', 'pages', 'telling' }) do
  assert(loadfile(('%s/%s.lua'):format(here, part)))(harness, deeds)
end
if vim.lsp.inline_completion then
  assert(loadfile(here .. '/builtin.lua'))(harness, deeds)
end

os.exit(harness.main(arg and arg[1]) and 0 or 1)
