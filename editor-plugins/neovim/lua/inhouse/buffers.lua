---Which buffers get a server, and which project each of them belongs to. Starts nothing.
local config = require('inhouse.config')

local M = {}

---Why a buffer gets no server; nil if it gets one.
---@param buf integer
---@return string?
function M.refusal(buf)
  local filetype, name = vim.bo[buf].filetype, vim.api.nvim_buf_get_name(buf)
  local listed = vim.tbl_contains(config.current.filetypes, filetype)
  if not listed and not (filetype ~= '' and vim.tbl_contains(config.current.filetypes, '*')) then
    return 'its file type is not listed'
  elseif vim.bo[buf].buftype ~= '' then
    return 'it is no file'
  elseif name == '' or name:match('^%a[%w+.-]+://') then
    return 'it is not on this machine' -- scp://, fugitive:// and the like
  elseif vim.api.nvim_buf_get_offset(buf, vim.api.nvim_buf_line_count(buf)) > config.current.max_bytes then
    return 'it is too large'
  end
end

---@param buf integer
---@return string the project's folder; the file's own where nothing marks one
function M.root(buf)
  return vim.fs.root(buf, config.current.root_markers) or vim.fs.dirname(vim.fs.normalize(vim.api.nvim_buf_get_name(buf)))
end

return M
