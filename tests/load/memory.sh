#!/usr/bin/env bash
# Whether memory stays flat: a server in Release that records is asked a million times and more, under several strategies, a thread for each request among them.
# Prints after each round what is alive after a full collection and what the process holds. Exits with 1 when the last round's is more than the second's (by
# then the ledger is full) by a tenth and two megabytes, or what the process holds by a tenth and 32.
#   REQUESTS  how many at least (1000000)      PORT  where (18096)
# Needs wrk and curl.
set -euo pipefail
source "$(dirname "$0")/servers.sh"
requests=${REQUESTS:-1000000} port=${PORT:-18096}
base=http://127.0.0.1:$port

build_servers
start_server "$port" Concurrency__Enabled=true
describe_machine
echo
echo '| requests | alive, MB | resident, MB | threads |'
echo '|---:|---:|---:|---:|'
sent=0 round=0 alive=0 second=0 resident=0 second_resident=0
while [ "$sent" -lt "$requests" ] || [ "$round" -lt 3 ]; do
    for path in plain plain plain async/db pool/db thread/db; do
        answer=$(ask "$server" "$base/$path" 3 32)
        sent=$((sent + $(cut -d' ' -f3 <<< "$answer")))
    done
    alive=$(memory_of "$server" "$port" | cut -d' ' -f2)
    resident=$(($(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status") * 1024))
    round=$((round + 1))
    [ "$round" -ne 2 ] || second=$alive second_resident=$resident
    awk -v sent="$sent" -v alive="$alive" -v resident="$resident" -v threads="$(ls "/proc/$server/task" | wc -l)" \
        'BEGIN { printf "| %d | %.1f | %.1f | %d |\n", sent, alive / 1e6, resident / 1e6, threads }'
done

awk -v alive="$alive" -v second="$second" 'BEGIN { exit !(alive <= 1.1 * second + 2e6) }' || { echo "What is alive grows." >&2; exit 1; }
awk -v now="$resident" -v second="$second_resident" 'BEGIN { exit !(now <= 1.1 * second + 32e6) }' || { echo "What the process holds grows." >&2; exit 1; }
