-- How many requests went which way, since nginx started, for the numbers in CloudWatch: each worker counts by itself, and
-- puts what it has counted into memory that all share once a second.
local match, find = string.match, string.find

local SECONDS = 1

local request_counts = {}
local counted, ending = {}, false

local function share()
  local all = ngx.shared.request_counts
  for name, number in pairs(counted) do
    all:incr(name, number, 0)
  end
  counted = {}
end

local function count(name)
  counted[name] = (counted[name] or 0) + 1
  -- Timers end before the last requests of a worker that is to stop.
  if ending then
    share()
  end
end

-- Called when a worker starts.
function request_counts.begin()
  ngx.timer.every(SECONDS, function(is_last)
    ending = is_last
    share()
  end)
end

-- A page from the store. It costs an addition.
function request_counts.hit()
  count("hit")
end

-- The same where a node's own cache answers: a page too, but for nginx's own words to hosts that it does not know, and loops.
function request_counts.node_hit()
  count((ngx.status == 421 or ngx.status == 508) and "refused" or "hit")
end

-- What is answered in the place of a hit and is none: nginx's own refusals.
function request_counts.refused()
  count("refused")
end

-- Everything else, when it is over, by what Cache-Status said of it: `uri-miss:stored`, `bypass:cookie`, `hit:stale-while-revalidate`.
function request_counts.told(status)
  local way = match(status or "", "; fwd=([a-z-]+)") or (find(status or "", "; hit", 1, true) and "hit") or "none"
  local detail = match(status or "", "; detail=([a-z-]+)")
    or match(status or "", "; (stored)") or match(status or "", "; (collapsed)")
  count(detail and way .. ":" .. detail or way)
end

-- As JSON: the names have no characters that it would escape.
function request_counts.answer()
  share()
  local all, lines = ngx.shared.request_counts, {}
  for _, name in ipairs(all:get_keys(0)) do
    lines[#lines + 1] = '"' .. name .. '":' .. all:get(name)
  end
  ngx.print("{", table.concat(lines, ","), "}\n")
end

return request_counts
