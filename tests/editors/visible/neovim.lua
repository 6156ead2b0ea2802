-- Shows items to a real Neovim: what the plugin draws and puts in, and what Neovim's own edit puts in.
-- Usage: nvim --clean -l neovim.lua PLUGIN ITEMS.jsonl. Fails if the text is not what test_visible.py expects.
local plugin, items = unpack(arg)
vim.opt.runtimepath:prepend(plugin)
local ghost = require('inhouse.ghost')
vim.cmd('set noswapfile undolevels=-1')
local buf = vim.api.nvim_get_current_buf()
local commands = 0

---As much of a client as drawing needs.
local function client(encoding)
  return {
    offset_encoding = encoding,
    request = function()
      commands = commands + 1
      return true, commands
    end,
  }
end

local function lines_of(text)
  return vim.split(text, '\n', { plain = true })
end

---@return string? problem
local function by_plugin(item, encoding)
  local columns = item[encoding]
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, { item.line })
  ghost.attach(buf, client(encoding))
  local drawn = assert(ghost.of(buf))
  -- In Normal mode the cursor cannot stand behind the last character.
  vim.o.virtualedit = 'onemore'
  vim.api.nvim_win_set_cursor(0, { 1, item['utf-8'].cursor })
  local place = { start = { line = 0, character = columns.start }, ['end'] = { line = 0, character = columns['end'] } }
  drawn:take_answer({ { insertText = item.text, range = place } })
  if not drawn:visible() then
    return 'not drawn'
  end
  drawn:accept('all')
  ghost.detach(buf)
  local got = vim.api.nvim_buf_get_lines(buf, 0, -1, false)
  return not vim.deep_equal(got, lines_of(item.expected)) and 'put in wrongly: ' .. vim.inspect(got) or nil
end

---@return string? problem
local function by_neovim(item, encoding)
  local columns = item[encoding]
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, { item.line })
  local place = { start = { line = 0, character = columns.start }, ['end'] = { line = 0, character = columns['end'] } }
  vim.lsp.util.apply_text_edits({ { newText = item.text, range = place } }, buf, encoding)
  local got = vim.api.nvim_buf_get_lines(buf, 0, -1, false)
  return not vim.deep_equal(got, lines_of(item.expected)) and 'edited wrongly: ' .. vim.inspect(got) or nil
end

local count, wrong = 0, 0
for line in io.lines(items) do
  local item = vim.json.decode(line, { luanil = { object = true } })
  count = count + 1
  for _, encoding in ipairs({ 'utf-8', 'utf-16' }) do
    -- With an entry of the menu selected the plugin draws nothing: it hides while the menu is open.
    local problem = (item.selected == nil and by_plugin(item, encoding)) or by_neovim(item, encoding)
    if problem then
      wrong = wrong + 1
      print(encoding, problem, line)
      break
    end
  end
end
-- Neovim's own print ends a line when the next one begins: the last one never
io.stdout:write(('Neovim %s: %d items, %d drawn and put in rightly\n'):format(tostring(vim.version()), count, count - wrong))
os.exit(wrong == 0 and count > 0 and 0 or 1)
