#!/usr/bin/env bash
# The strategies side by side: starts the server in Release, asks it with wrk, and prints a table of requests per second in Markdown.
#   SECONDS_EACH  how long each figure is measured (2)      CONNECTIONS  at which concurrency ("1 8 64")      PORT  where (18088)
# Needs wrk and curl. The load runs on the same cores as the server: the figures compare strategies on one machine and are no server's limit.
set -euo pipefail
cd "$(dirname "$0")/../.."
each=${SECONDS_EACH:-2} port=${PORT:-18088}
read -ra connections <<< "${CONNECTIONS:-1 8 64}"
strategies=(serial thread pool threadpool async gil)
declare -A paths=([io]='io?ms=20' [cpu]='cpu?ms=5' [mixed]='mixed?io=20&cpu=5' [db]='db')

dotnet build -v quiet --nologo -c Release src/WebConcurrency.Server >&2
log=$(mktemp)
ASPNETCORE_ENVIRONMENT=Production dotnet src/WebConcurrency.Server/bin/Release/net10.0/WebConcurrency.Server.dll \
    --urls "http://127.0.0.1:$port" > "$log" &
server=$!
trap 'kill $server 2> /dev/null; wait $server 2> /dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 100); do
    curl -sf -o /dev/null "http://127.0.0.1:$port/health/ready" && break
    kill -0 $server || { echo "The server ended." >&2; exit 1; }
    sleep 0.1
done

echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr), .NET $(dotnet --version), $(date -u +%F); ${each} s each"
echo
printf '| requests/s |'; printf ' %s |' "${strategies[@]}"; echo
printf '|---|'; printf -- '---:|%.0s' "${strategies[@]}"; echo
for workload in io cpu mixed db; do
    for count in "${connections[@]}"; do
        printf '| `%s`, %s connections |' "${paths[$workload]}" "$count"
        for strategy in "${strategies[@]}"; do
            output=$(wrk -t1 -c"$count" -d"${each}s" --timeout 30 "http://127.0.0.1:$port/$strategy/${paths[$workload]}")
            rate=$(sed -n 's/^Requests\/sec: *//p' <<< "$output")
            refused=$(sed -n 's/^ *Non-2xx or 3xx responses: *//p' <<< "$output")
            printf ' %.0f%s |' "$rate" "${refused:+ ($refused refused)}"
        done
        echo
    done
done
