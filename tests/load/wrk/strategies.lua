-- One piece of work under all strategies in turn, request by request; a table of how many of each were good and what they took.
--   WORK='io?ms=20' wrk -t1 -c16 -d10s -s tests/load/wrk/strategies.lua http://localhost:8080
-- Side by side they disturb each other: for figures of one strategy use work.lua, or the Lab's compare.
local strategies = { "serial", "thread", "pool", "threadpool", "async", "gil" }
local work = os.getenv("WORK") or "mixed?io=20&cpu=5"
local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init()
    turn = 0
    for _, strategy in ipairs(strategies) do
        _G["good_" .. strategy], _G["work_" .. strategy], _G["queue_" .. strategy] = 0, 0, 0
    end
end

function request()
    turn = turn % #strategies + 1
    return wrk.format("GET", "/" .. strategies[turn] .. "/" .. work)
end

function response(status, _, body)
    local strategy = body:match('"strategy":"(%a+)"')
    if status == 200 and strategy then
        _G["good_" .. strategy] = _G["good_" .. strategy] + 1
        _G["work_" .. strategy] = _G["work_" .. strategy] + (tonumber(body:match('"cpu_ms":([%d.]+)')) or 0)
        _G["queue_" .. strategy] = _G["queue_" .. strategy] + (tonumber(body:match('"queue_ms":([%d.]+)')) or 0)
    end
end

function done(summary)
    print(string.format("%-12s %10s %12s %12s", "strategy", "good", "queue ms", "CPU ms"))
    for _, strategy in ipairs(strategies) do
        local good, worked, queued = 0, 0, 0
        for _, thread in ipairs(threads) do
            good = good + thread:get("good_" .. strategy)
            worked = worked + thread:get("work_" .. strategy)
            queued = queued + thread:get("queue_" .. strategy)
        end
        print(string.format("%-12s %10d %12.2f %12.2f", strategy, good, queued / math.max(good, 1), worked / math.max(good, 1)))
    end
    print(string.format("answers that were no good ones: %d", summary.errors.status))
end
