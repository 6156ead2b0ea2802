-- The plugin with the real server and its embedded core, in the real editor. Usage: nvim -l real.lua [NAME-PATTERN]
-- tests.lua has everything else, with a server that says what it is told to. INHOUSE_TEST_SERVER names the program.
local here = vim.fs.dirname(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p'))
local harness = dofile(here .. '/harness.lua')
local test, equal, wait = harness.test, harness.equal, harness.wait
harness.LIMIT_MS = tonumber(vim.env.INHOUSE_TEST_LIMIT_MS) or 120000

local own = harness.repository .. '/.venv/bin/inhouse'
local server = vim.env.INHOUSE_TEST_SERVER or (vim.fn.executable(own) == 1 and own) or vim.fn.exepath('inhouse')
if server == '' then
  harness.report('SKIPPED: NO SERVER IS INSTALLED; THE REAL ONE WAS NOT TRIED')
  os.exit(77)
end

local USE = { 'from house import get_house_logger', '', 'log = get_house_logger(__name__)', '' }

---Types along a line until the project's own helper is suggested; what is shown must be what the line still lacks.
local function expect_helper(child, line)
  child:keys(line)
  wait(child, 'the helper', function()
    local ghost = child:ghost()[1]
    return ghost and vim.startswith('log = get_house_logger(__name__)', line .. ghost) and ghost
  end)
  return child:ghost()[1]
end

local function current(child)
  return child:lua('return vim.api.nvim_get_current_line()')
end

test('the embedded core suggests what the project does, and learns of edits and of the accept', function(child)
  vim.fn.writefile({ 'def get_house_logger(name):', '    return name' }, child.project .. '/house.py')
  for _, name in ipairs({ 'a', 'b', 'c', 'd', 'e' }) do
    vim.fn.writefile(USE, ('%s/%s.py'):format(child.project, name))
  end
  child:lua("require('inhouse').setup(...)", { cmd = { server, 'serve', '--stdio' }, settings = { show_above = 0 } })
  child:edit('main.py', { USE[1], '', '# größe 😀', '' })
  child:expect_ready()
  wait(child, 'the model', function()
    return (child:lua("return require('inhouse.status').report().model") or '') ~= ''
  end)
  wait(child, 'the status', function()
    local status = child:lua("return require('inhouse').status()")
    return status == 'inhouse' or status == 'inhouse (saving)' -- on a busy machine
  end)

  -- Edits of every kind before the first request: the server is told of each by its place alone.
  child:keys('Go', 'x = 1<Esc>', 'ggO', '# 漢字<Esc>', '3ggA 😀 é<Esc>', 'jxx<Esc>', 'Gdd', 'uuu', '<C-r>', '<Esc>Go')
  local ghost = expect_helper(child, 'log = get_h')
  child:keys('<M-l>')
  wait(child, 'the text', function()
    return current(child) == 'log = get_h' .. ghost
  end)
  child:keys('<Esc>')
  child:cmd('Inhouse why')
  wait(child, 'why', function()
    local text = table.concat(child:lines(), '\n')
    return text:find('Suggestion 1: ', 1, true) and text:find('%d+ %% sure, from ') and text:find(' 1 accepted', 1, true)
  end)
  child:cmd('close')

  child:keys('u', '0C')
  expect_helper(child, 'log = get_ho')
  child:keys('<Esc>')
  child:cmd('Inhouse conventions')
  wait(child, 'the conventions', function()
    return child:lua('return vim.fn.bufname()') == 'inhouse://conventions'
  end)
  child:cmd('checkhealth inhouse')
  local report = table.concat(child:lines(), '\n')
  equal({ report:match('running, position encoding'), report:match('ERROR[^\n]*') }, { 'running, position encoding' })
end)

os.exit(harness.main(arg and arg[1]) and 0 or 1)
