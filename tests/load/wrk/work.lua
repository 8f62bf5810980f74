-- Prints what wrk's own summary leaves out: percentiles, and answers that were no good ones by status.
--   wrk -t1 -c16 -d10s -s tests/load/wrk/work.lua 'http://localhost:8080/pool/mixed?io=80&cpu=5'
local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function init()
    statuses = ""
    counts = {}
end

function response(status)
    if status ~= 200 then
        counts[status] = (counts[status] or 0) + 1
        -- Only strings and numbers go from a thread to the summary.
        statuses = ""
        for code, count in pairs(counts) do
            statuses = statuses .. code .. "=" .. count .. " "
        end
    end
end

function done(summary, latency)
    print(string.format("requests/s %.1f", summary.requests / (summary.duration / 1e6)))
    for _, percentile in ipairs({ 50, 90, 99, 99.9 }) do
        print(string.format("p%-5g %.2f ms", percentile, latency:percentile(percentile) / 1e3))
    end
    for number, thread in ipairs(threads) do
        local refused = thread:get("statuses")
        if refused ~= "" then
            print(string.format("thread %d, other answers than 200: %s", number, refused))
        end
    end
    local errors = summary.errors
    if errors.connect + errors.read + errors.write + errors.timeout > 0 then
        print(string.format("errors: connect %d, read %d, write %d, timeout %d", errors.connect, errors.read, errors.write, errors.timeout))
    end
end
