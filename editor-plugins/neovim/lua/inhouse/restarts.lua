---When a server is started again: by itself, later and later, or by the user, one restart at a time. Starts nothing.
local M = {}

---Delays before a server that died is started again; after the last one the user is told.
M.BACKOFF_MS = { 500, 1000, 2000, 4000, 8000 }

---A server that has run this long had no trouble starting: its next death is a first one again.
M.STEADY_MS = 60000

local deaths = 0
local running, queued = false, false

---The delay before the next start; nil: give up.
---@param ran_ms integer how long the server that died had run
---@return integer?
function M.after_death_ms(ran_ms)
  deaths = ran_ms > M.STEADY_MS and 1 or deaths + 1
  return M.BACKOFF_MS[deaths]
end

---The next death counts as the first one.
function M.forgive()
  deaths = 0
end

---Whether a restart that the user asks for may begin now; if one is running, one more follows it.
---@return boolean
function M.begin()
  if running then
    queued = true
    return false
  end
  running = true
  return true
end

---The restart is over.
---@return boolean whether another one was asked for meanwhile
function M.finish()
  local again = queued
  running, queued = false, false
  return again
end

return M
