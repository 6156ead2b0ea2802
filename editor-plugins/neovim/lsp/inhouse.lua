-- For `vim.lsp.enable('inhouse')` without setup(): Neovim 0.12 then draws by itself, see |inhouse-without-setup|.
return {
  cmd = { 'inhouse', 'serve', '--stdio' },
  filetypes = require('inhouse.config').defaults.filetypes,
  root_markers = require('inhouse.config').defaults.root_markers,
}
