-- What a user does in more than one test. Knows no test. Usage: loadfile(deeds.lua)(harness)
local harness = ...
local M = {}

M.ADD = { 'def add(a, b):', '    ' }
M.RETURN = { rules = { { before = '    ', items = { 'return a + b', 'return b + a', 'pass' } } } }

---Opens a file in which `return a + b` is suggested.
function M.adding(child, options)
  child:say(M.RETURN)
  child:open(options, M.ADD)
  child:keys('GA')
  child:expect_ghost('return a + b')
end

---Fills in a snippet `def NAME(GIVEN):` that has been expanded, and takes the suggestion in its last place.
---@param jump string the key that goes to the next place
function M.fill_snippet(child, jump)
  local function expect_mode(mode)
    harness.wait(child, 'mode ' .. mode, function()
      return child:call('nvim_get_mode').mode == mode
    end)
  end
  for _, keys in ipairs({ 'add', 'a, b' }) do
    expect_mode('s')
    child:keys(keys)
    expect_mode('i')
    child:keys(jump)
  end
  child:expect_lines('def add(a, b):', '    ')
  child:keys('r')
  child:expect_ghost('eturn a + b')

  child:keys('<Tab>')

  child:expect_lines('def add(a, b):', '    return a + b')
end

return M
