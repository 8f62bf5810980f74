#!/usr/bin/env bash
# What recording costs, end to end: two servers in Release, one that records and one that does not, asked by wrk in short turns, the order swapped in
# every round. Prints for each path the ratio of throughput, the CPU time that the server used for a request, and what recording allocates for one.
# Exits with 1 when a ratio of throughput or the allocation is beyond its budget.
#   ROUNDS  how many (10)      SECONDS_EACH  how long each turn is (2)      CONNECTIONS  of wrk (32)      PORT  the first of two (18090)
# The load runs on the same cores as the servers: at saturation throughput goes with CPU time, so both ratios should say the same. That of
# CPU time suffers less from other programs.
set -euo pipefail
source "$(dirname "$0")/servers.sh"
rounds=${ROUNDS:-10} each=${SECONDS_EACH:-2} connections=${CONNECTIONS:-32} port=${PORT:-18090}
paths=(plain db async/db)
# At least so much of the throughput must be left, and so many bytes may be allocated for a request.
declare -A budget=([plain]=0.90 [db]=0.97)
allocation_budget=1024

build_servers
declare -A pids ports=([on]=$port [off]=$((port + 1)))
start_server "${ports[on]}" Concurrency__Enabled=true; pids[on]=$server
start_server "${ports[off]}" Concurrency__Enabled=false; pids[off]=$server

# turn SIDE PATH SECONDS: requests per second, and CPU microseconds per request.
turn() {
    local pid=${pids[$1]} before output
    before=$(cpu_of "$pid")
    output=$(wrk -t1 -c"$connections" -d"$3s" "http://127.0.0.1:${ports[$1]}/$2")
    if grep -q 'Non-2xx\|Socket errors' <<< "$output"; then
        echo "$output" >&2
        exit 1
    fi
    awk -v ticks="$(($(cpu_of "$pid") - before))" -v hertz="$(getconf CLK_TCK)" \
        '/requests in/ { requests = $1 } /^Requests\/sec/ { rate = $2 } END { print rate, ticks / hertz / requests * 1e6, requests }' <<< "$output"
}

# allocated SIDE PATH: bytes per request.
allocated() {
    local before after requests
    before=$(memory_of "${pids[$1]}" "${ports[$1]}")
    requests=$(turn "$1" "$2" "$each" | cut -d' ' -f3)
    after=$(memory_of "${pids[$1]}" "${ports[$1]}")
    echo $(((${after%% *} - ${before%% *}) / requests))
}

quartiles() { sort -g | awk '{ v[NR] = $1 } END { printf "%.3f %.3f %.3f\n", v[int((NR + 3) / 4)], (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2, v[int((3 * NR + 3) / 4)] }'; }

# The compiler of the runtime goes on for a while with what is new to it, and so does the garbage collector with what it may keep.
for path in "${paths[@]}"; do for side in on off; do turn "$side" "$path" 12 > /dev/null; done; done

describe_machine
echo "$rounds rounds of ${each} s each, $connections connections; median of the rounds' ratios (quartiles)"
echo
echo '| path | requests/s off | on | on/off | budget | CPU µs/request off | on | off/on | bytes/request on − off |'
echo '|---|---:|---:|---:|---:|---:|---:|---:|---:|'
failed=0
for path in "${paths[@]}"; do
    for round in $(seq "$rounds"); do
        sides=(on off)
        ((round % 2)) || sides=(off on)
        declare -A seen=()
        for side in "${sides[@]}"; do seen[$side]=$(turn "$side" "$path" "$each"); done
        echo "${seen[off]} ${seen[on]}"
    done > "$work/rounds"
    read -r low ratio high < <(awk '{ print $4 / $1 }' "$work/rounds" | quartiles)
    read -r cpu_low cpu cpu_high < <(awk '{ print $2 / $5 }' "$work/rounds" | quartiles)
    read -r _ rate_off _ < <(awk '{ print $1 }' "$work/rounds" | quartiles)
    read -r _ rate_on _ < <(awk '{ print $4 }' "$work/rounds" | quartiles)
    read -r _ cpu_off _ < <(awk '{ print $2 }' "$work/rounds" | quartiles)
    read -r _ cpu_on _ < <(awk '{ print $5 }' "$work/rounds" | quartiles)
    bytes=$(($(allocated on "$path") - $(allocated off "$path")))
    printf '| `/%s` | %.0f | %.0f | %.3f (%.3f–%.3f) | %s | %.1f | %.1f | %.3f (%.3f–%.3f) | %d |\n' \
        "$path" "$rate_off" "$rate_on" "$ratio" "$low" "$high" "${budget[$path]:-}" "$cpu_off" "$cpu_on" "$cpu" "$cpu_low" "$cpu_high" "$bytes"
    if [ -n "${budget[$path]:-}" ] && awk "BEGIN { exit !($ratio < ${budget[$path]}) }"; then
        echo "/$path: recording leaves $ratio of the throughput, less than its budget of ${budget[$path]}." >&2
        failed=1
    fi
    if [ -n "${budget[$path]:-}" ] && ((bytes > allocation_budget)); then
        echo "/$path: recording allocates $bytes bytes for a request, more than its budget of $allocation_budget." >&2
        failed=1
    fi
done
exit $failed
