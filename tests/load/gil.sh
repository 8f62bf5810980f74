#!/usr/bin/env bash
# Whether gil behaves as CPython does: starts the server in Release and compares, with wrk, what several connections get done with what one does.
# Prints a table in Markdown; fails when a ratio is out of its bounds. The bounds are those of two cores that nobody else uses.
#   SECONDS_EACH  how long each figure is measured (6)      ROUNDS  how often; the median ratio counts (3)      PORT  where (18088)
# Needs wrk and curl.
set -euo pipefail
cd "$(dirname "$0")/../.."
each=${SECONDS_EACH:-6} rounds=${ROUNDS:-3} port=${PORT:-18088}

dotnet build -v quiet --nologo -c Release src/WebConcurrency.Server >&2
work=$(mktemp -d)
ASPNETCORE_ENVIRONMENT=Production dotnet src/WebConcurrency.Server/bin/Release/net10.0/WebConcurrency.Server.dll \
    --urls "http://127.0.0.1:$port" > "$work/log" &
server=$!
trap 'kill $server 2> /dev/null; wait $server 2> /dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    curl -sf -o /dev/null "http://127.0.0.1:$port/health/ready" && break
    kill -0 $server || { echo "The server ended." >&2; exit 1; }
    sleep 0.1
done

# Requests per second of a path with so many connections.
rate() { wrk -t1 -c"$2" -d"${each}s" --timeout 30 "http://127.0.0.1:$port/$1" | sed -n 's/^Requests\/sec: *//p'; }

median() { sort -g | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

# One after the other within a round, so that what a round's moment does to the machine is in both.
for _ in $(seq "$rounds"); do
    gil=$(rate 'gil/cpu?ms=20' 1) two=$(rate 'gil/cpu?ms=20' 2) eight=$(rate 'gil/cpu?ms=20' 8)
    thread=$(rate 'thread/cpu?ms=20' 1) threads=$(rate 'thread/cpu?ms=20' 2)
    io=$(rate 'gil/io?ms=100' 1) ios=$(rate 'gil/io?ms=100' 8)
    awk "BEGIN { print $two / $gil, $eight / $gil, $threads / $thread, $ios / $io }"
done > "$work/ratios"

echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr), .NET $(dotnet --version), $(date -u +%F); median of $rounds, ${each} s each"
echo
echo '| as many times as one connection | measured | expected |'
echo '|---|---:|---:|'
failed=0
compare() {
    local ratio
    ratio=$(cut -d' ' -f"$2" "$work/ratios" | median)
    printf '| %s | %.2f | %s |\n' "$1" "$ratio" "$3 ${4:+to }${4:-or more}"
    awk "BEGIN { exit !($ratio >= $3 && $ratio <= ${4:-$ratio}) }" || failed=1
}
compare '`gil/cpu`, 2 connections' 1 0.85 1.05
compare '`gil/cpu`, 8 connections' 2 0.85 1.05
compare '`thread/cpu`, 2 connections' 3 1.8 2.0
compare '`gil/io`, 8 connections' 4 7.5
exit $failed
