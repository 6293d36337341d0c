-- Asks for many pages in turn: wrk … -s distinct.lua http://address -- <kilobytes> <pages>
local requests = {}
local last = 0

function init(args)
  for number = 0, tonumber(args[2]) - 1 do
    requests[number + 1] = wrk.format("GET", "/" .. args[1] .. "kb/" .. number .. ".html")
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end
