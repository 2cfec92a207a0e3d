-- Sends ready-made requests one after another; `wrk-load.ts` writes them to a file, each after its length in 8 digits.
local requests, at, expect, isOnce = {}, 0, "", false
-- Global: `done` runs elsewhere and asks for it.
bad = 0

function setup(thread) driver = thread end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  expect, isOnce = args[2], args[3] == "once"
  local length = file:read(8)
  while length do
    requests[#requests + 1] = file:read(tonumber(length))
    length = file:read(8)
  end
  file:close()
end

function request()
  -- A token is good for one call: those under way when the last one leaves are not counted.
  if isOnce and at == #requests then wrk.thread:stop() end
  at = at % #requests + 1
  return requests[at]
end

function response(status, headers, body)
  if status ~= 200 or not body:find(expect, 1, true) then bad = bad + 1 end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"perSecond":%f,"p50Ms":%f,"p99Ms":%f,"done":%d,"bad":%d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.requests, driver:get("bad") + errors.connect + errors.read + errors.write + errors.timeout))
end
