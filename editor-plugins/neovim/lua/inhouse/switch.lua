---Where the user has switched suggestions off for now: everywhere, for a file type, or in one buffer.
---Lasts as long as this Neovim; the options say what holds at the start.
local M = { everywhere = false }

---@type table<string, boolean>
local filetypes = {}

---@param buf integer
---@return boolean
function M.is_off(buf)
  return M.everywhere or filetypes[vim.bo[buf].filetype] == true or vim.b[buf].inhouse_off == true
end

---@param scope 'all'|'filetype'|'buffer'
---@param off boolean
---@param buf integer
function M.set(scope, off, buf)
  if scope == 'filetype' then
    filetypes[vim.bo[buf].filetype] = off
  elseif scope == 'buffer' then
    vim.b[buf].inhouse_off = off
  else
    M.everywhere = off
  end
end

---@param scope 'all'|'filetype'|'buffer'
---@param buf integer
---@return boolean
function M.get(scope, buf)
  if scope == 'filetype' then
    return filetypes[vim.bo[buf].filetype] == true
  elseif scope == 'buffer' then
    return vim.b[buf].inhouse_off == true
  end
  return M.everywhere
end

return M
