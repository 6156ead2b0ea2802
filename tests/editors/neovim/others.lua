-- The plugin beside other people's plugins, the real ones, in the real editor. Usage: nvim -l others.lua FOLDER
-- FOLDER holds clones of nvim-autopairs, nvim-cmp, LuaSnip and vim-visual-multi; what is not there is skipped.
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local deeds = assert(loadfile(here .. '/deeds.lua'))(harness)
local equal, wait = harness.equal, harness.wait
local folder = assert(arg[1], 'name the folder with the clones')

local ADD = { 'def add(a, b):', '    ' }
local RETURN = { rules = { { before = '    ', items = { 'return a + b' } } } }

---A test with a plugin in the child's path; `plugin` is the clone's name.
local function with(plugin, name, run)
  if not vim.uv.fs_stat(folder .. '/' .. plugin) then
    harness.report(('SKIPPED: %s is not in %s'):format(plugin, folder))
    return
  end
  harness.test(('%s: %s'):format(plugin, name), function(child)
    child:cmd('set runtimepath^=' .. vim.fn.fnameescape(folder .. '/' .. plugin))
    run(child)
  end)
end

with('nvim-autopairs', 'brackets and quotes that it closed are drawn once and accepted once', function(child)
  child:lua("require('nvim-autopairs').setup({})")
  child:say({ rules = { { before = 'x = ', items = { 'area(width, "wide")' } } } })
  child:open(nil, { 'x = ' })
  child:keys('A')
  child:expect_ghost('area(width, "wide")')

  child:keys('area(')
  child:expect_lines('x = area()')
  child:expect_ghost('width, "wide"')
  child:keys('width, "')
  child:expect_lines('x = area(width, "")')
  child:expect_ghost('wide')
  child:keys('<M-l>')

  child:expect_lines('x = area(width, "wide")')
  child:keys('<Esc>u')
  child:expect_lines('x = area(width, "")')
end)

with('nvim-cmp', 'its menu hides the ghost text, and closing it brings the text back', function(child)
  child:lua([[
    local cmp = require('cmp')
    cmp.register_source('two', { complete = function(_, _, done) done({ { label = 'respond' }, { label = 'result' } }) end })
    cmp.setup({
      sources = { { name = 'two' } },
      completion = { autocomplete = false },
      mapping = { ['<C-Space>'] = cmp.mapping.complete(), ['<C-e>'] = cmp.mapping.abort() },
    })
    vim.keymap.set('i', '<C-g>c', function() cmp.complete() end)
    vim.keymap.set('i', '<C-g>e', function() cmp.abort() end)
  ]])
  child:say({ rules = { { before = '    re', items = { 'turn a + b' } } } })
  child:open(nil, ADD)
  child:keys('GAre')
  child:expect_ghost('turn a + b')

  child:keys('<C-g>c')
  wait(child, 'the menu', function()
    return child:lua("return require('cmp').visible()")
  end)
  child:keys('t')
  child:expect_ghost()
  child:keys('<C-g>e')
  wait(child, 'no menu', function()
    return not child:lua("return require('cmp').visible()")
  end)
  child:keys('u')

  child:expect_ghost('rn a + b')
end)

with('LuaSnip', "its Tab jumps, and behind the last place the ghost text is there", function(child)
  child:lua([[
    local snip = require('luasnip')
    vim.keymap.set({ 'i', 's' }, '<Tab>', function()
      if snip.jumpable(1) then
        snip.jump(1)
      end
    end)
  ]])
  child:say(RETURN)
  child:open({ keys = { accept = '<Tab>' } }, { '' })
  child:keys('i')
  child:lua([[require('luasnip').lsp_expand('def ${1:name}(${2:given}):\n    $0')]])
  deeds.fill_snippet(child, '<Tab>')
end)

with('vim-visual-multi', 'while its cursors are at work nothing is asked; afterwards it is', function(child)
  child:cmd('runtime plugin/visual-multi.vim')
  child:say({ rules = { { before = 'x = ', items = { 'new + 1' } } } })
  child:open(nil, { 'x = old', 'x = old', '' })
  child:keys('gg$<C-n><C-n>c')
  wait(child, 'its insert mode', function()
    return child:call('nvim_get_mode').mode == 'i' and child:lua('return vim.b.visual_multi ~= nil')
  end)
  child:keys('n', 'e')
  wait(child, 'both lines', function()
    local lines = child:lines() -- it keeps a blank behind some of the cursors
    return vim.trim(lines[1]) == 'x = ne' and vim.trim(lines[2]) == 'x = ne'
  end)
  child:lua('vim.wait(200)')
  equal(child:heard('textDocument/inlineCompletion'), {})
  equal(child:ghost(), {})
  child:keys('<Esc><Esc>')
  wait(child, 'its end', function()
    return child:lua('return vim.b.visual_multi == nil')
  end)

  child:keys('ggA')
  child:expect_ghost('w + 1')
end)

os.exit(harness.main(arg[2]) and 0 or 1)
