-- Places orders, each with a key of its own.
--   wrk -t2 -c16 -d10s -s tests/load/wrk/orders.lua http://localhost:8080
local number = 0
local threads = 0

function setup(thread)
    threads = threads + 1
    thread:set("own", threads)
end

function init()
    -- Keys live for a day: no run may meet another's.
    run = os.time()
end

function request()
    number = number + 1
    return wrk.format("POST", "/orders", {
        ["Content-Type"] = "application/json",
        ["Idempotency-Key"] = string.format("wrk-%d-%d-%d", run, own, number),
    }, string.format('{"customer_id":%d,"lines":[{"product_id":%d,"quantity":1}]}', number % 100 + 1, number % 100 + 1))
end

function done(summary)
    print(string.format("orders/s %.1f, answers that placed none: %d", (summary.requests - summary.errors.status) / (summary.duration / 1e6), summary.errors.status))
end
