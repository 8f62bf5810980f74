#!/usr/bin/env bash
# Whether a full server still answers those who only look: starts the server in Release with its default limits, fills one strategy after another with
# requests that wait for the database, as many as may run and as many as may queue, and meanwhile asks for health and records at a fixed rate. Prints
# a table in Markdown of the 99th percentiles in milliseconds; fails when one is over the limit or an answer is not 200.
#   SAMPLES  how often each path is asked under each strategy (200)      STRATEGIES  which ("serial thread pool gil async")
#   RATE     how often in a second (10)      LIMIT_MS  what is still well (100)      PORT  where (18088)
# Needs wrk and curl. The first row is an idle server: what the machine itself, and whoever else uses it, adds to the others.
set -euo pipefail
cd "$(dirname "$0")/../.."
samples=${SAMPLES:-200} rate=${RATE:-10} limit=${LIMIT_MS:-100} port=${PORT:-18088}
read -ra strategies <<< "${STRATEGIES:-serial thread pool gil async}"
paths=(health/live health/ready metrics concurrency/summary 'concurrency/requests?last=10')
base=http://127.0.0.1:$port

dotnet build -v quiet --nologo -c Release src/WebConcurrency.Server >&2
work=$(mktemp -d)
ASPNETCORE_ENVIRONMENT=Production Concurrency__Open=true dotnet src/WebConcurrency.Server/bin/Release/net10.0/WebConcurrency.Server.dll \
    --urls "$base" > "$work/log" &
server=$! fill=
trap 'kill $server $fill 2> /dev/null; wait; rm -rf "$work"' EXIT

figure() { curl -sf "$base/concurrency/summary" | sed -n "s/^{.*\"$1\":\([0-9]*\),.*/\1/p"; }

# Waits up to a minute until a figure of the summary is at least (-ge), or at most (-le), so large.
until_figure() {
    for _ in $(seq 600); do
        [ "$(figure "$1")" "$2" "$3" ] 2> /dev/null && return
        kill -0 $server || { echo "The server ended." >&2; exit 1; }
        sleep 0.1
    done
    echo "'$1' of the summary is $(figure "$1") and did not become $2 $3." >&2
    exit 1
}

# Never written to: what a shell can wait on without starting a process.
exec 9<> <(:)

pause() { [ "$1" -le 0 ] || read -rt "$(($1 / 1000000)).$(printf %06d $(($1 % 1000000)))" -u 9 || true; }

# Asks once, on a connection of its own: the status, and the microseconds until the last byte.
ask_once() {
    local began=${EPOCHREALTIME/./} answer
    exec 3<> "/dev/tcp/127.0.0.1/$port"
    printf 'GET /%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&3
    mapfile -t -u 3 answer
    echo "${answer[0]:9:3} $((${EPOCHREALTIME/./} - began))"
}

# Asks for every path at a fixed rate, whatever became of the questions before: whoever waits for one answer before asking again counts a stall once,
# however long it was.
ask() {
    local step=$((1000000 / rate / ${#paths[@]})) next=${EPOCHREALTIME/./} asking=() i
    rm -f "$work"/[0-9]
    for _ in $(seq "$samples"); do
        for i in "${!paths[@]}"; do
            next=$((next + step))
            pause $((next - ${EPOCHREALTIME/./}))
            ask_once "${paths[$i]}" >> "$work/$i" &
            asking+=($!)
        done
    done
    wait "${asking[@]}" || true
}

# Prints a row: what the answers took. Sets slow when one is not well.
row() {
    local i bad p99
    printf '| %s | %s | %s | %s |' "$@"
    for i in "${!paths[@]}"; do
        bad=$(grep -vc '^200 ' "$work/$i" || true)
        p99=$(sed -n 's/^200 //p' "$work/$i" | sort -g | awk '{ all[NR] = $1 } END { print all[int((NR * 99 + 99) / 100)] / 1000 }')
        printf ' %.1f%s |' "$p99" "$([ "$bad" -eq 0 ] || echo " ($bad failed)")"
        if [ "$bad" -gt 0 ] || awk "BEGIN { exit !($p99 > $limit) }"; then slow=1; fi
    done
    echo
}

until_figure running -ge 0
echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr), .NET $(dotnet --version), $(date -u +%F); $samples questions each, $rate a second"
echo
printf '| p99 in ms | running | queued | refused/s |'; printf ' `/%s` |' "${paths[@]}"; echo
printf '|---|---:|---:|---:|'; printf -- '---:|%.0s' "${paths[@]}"; echo
slow=0
ask
row idle 0 0 0

# The defaults where the system leaves 800 threads and more; half as many may queue; under serial nearly the 1,000 that may.
declare -A running=([serial]=1 [thread]=200 [pool]=200 [gil]=200 [async]=4096) queued=([serial]=990 [thread]=100 [pool]=100 [gil]=100 [async]=2048)
for strategy in "${strategies[@]}"; do
    count=$((running[$strategy] + queued[$strategy]))
    if [ $((count + 500)) -gt "$(ulimit -n)" ]; then
        echo "$strategy is left out: its $count connections need more open files than the $(ulimit -n) that are allowed (ulimit -n)." >&2
        continue
    fi
    wrk -t1 -c$count -d300s --timeout 60 "$base/$strategy/io?ms=10000" > "$work/wrk" &
    fill=$!

    # Whoever queues is turned away after a second and comes again, so some are always on their way. The first seconds are those of the compiler, and
    # of connections that are opened by the thousand.
    until_figure running -ge "${running[$strategy]}"
    until_figure queued -ge $((queued[$strategy] * 8 / 10))
    pause 10000000
    run=$(figure running) queue=$(figure queued) before=$(figure finished) started=${EPOCHREALTIME/./}
    ask
    refused=$((($(figure finished) - before) * 1000000 / (${EPOCHREALTIME/./} - started)))
    kill $fill
    wait $fill 2> /dev/null || true
    fill=
    row "\`$strategy\`" "$run" "$queue" "$refused"

    # The next one begins with an empty server.
    until_figure running -le 0
    until_figure leftover -le 0
done
exit $slow
