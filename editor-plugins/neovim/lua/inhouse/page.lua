---A window with a text to read, whose `path:line` places can be gone to with <CR>. Knows nothing of what it says.
local M = {}

---The place that a line of text names.
---@param line string
---@param column integer byte column of the cursor, from 0: of several places the one under it counts
---@return string? path
---@return integer? number
function M.place(line, column)
  local from, path, number = 1, nil, nil
  while true do
    local first, last, found, at = line:find('([%w@%%+~./_-]+%.%w+):(%d+)', from)
    if not first then
      return path, number
    end
    if not path or column + 1 >= first then
      path, number = found, tonumber(at)
    end
    from = last + 1
  end
end

---@param title string
---@param text string
---@param root? string folder that the places are below
function M.open(title, text, root)
  local name = 'inhouse://' .. title
  local buf = vim.fn.bufnr('^' .. name .. '$')
  if buf < 0 then
    buf = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buf, name)
  end
  vim.bo[buf].modifiable = true
  vim.api.nvim_buf_set_lines(buf, 0, -1, true, vim.split(vim.trim(text), '\n', { plain = true }))
  vim.bo[buf].modifiable, vim.bo[buf].bufhidden = false, 'hide'
  local win = vim.fn.bufwinid(buf)
  if win < 0 then
    vim.cmd('botright sbuffer ' .. buf)
  else
    vim.api.nvim_set_current_win(win)
  end
  local window = vim.wo[0][0] -- for this text in this window alone
  window.wrap, window.linebreak, window.breakindent, window.number = true, true, true, false
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buf, desc = 'inhouse: close' })
  vim.keymap.set('n', '<CR>', function()
    local column = vim.api.nvim_win_get_cursor(0)[2]
    local path, number = M.place(vim.api.nvim_get_current_line(), column)
    if path then
      vim.cmd.wincmd('p')
      vim.cmd.edit(vim.fn.fnameescape(vim.startswith(path, '/') and path or vim.fs.joinpath(root or '.', path)))
      pcall(vim.api.nvim_win_set_cursor, 0, { number, 0 })
    end
  end, { buffer = buf, desc = 'inhouse: open the place' })
end

return M
