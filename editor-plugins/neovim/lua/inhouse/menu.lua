---Whether a completion menu is open: Neovim's own, nvim-cmp's or blink.cmp's. Opens and closes none.
local M = {}

---@return boolean
function M.visible()
  if vim.fn.pumvisible() == 1 then
    return true
  end
  -- Only plugins that are loaded already are asked: a check at every key must not load one.
  local cmp, blink = package.loaded['cmp'], package.loaded['blink.cmp']
  return (type(cmp) == 'table' and cmp.visible and cmp.visible() or false)
    or (type(blink) == 'table' and blink.is_visible and blink.is_visible() or false)
end

return M
