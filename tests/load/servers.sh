# The server under load, for the scripts beside this one: source it, build_servers, start_server, and ask. Needs wrk and curl.
# Every server started here ends with the script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_NOLOGO=1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
servers=()

end_servers() {
    for pid in "${servers[@]}"; do kill "$pid" 2> /dev/null || true; done
    for pid in "${servers[@]}"; do wait "$pid" 2> /dev/null || true; done
    rm -rf "$work"
}
trap end_servers EXIT

build_servers() {
    dotnet build -v quiet --nologo -c Release src/WebConcurrency.Server >&2
    dotnet build -v quiet --nologo -c Release tests/load/MemoryProbe >&2
}

# start_server PORT [NAME=VALUE …]: in Production, its log to nowhere; leaves its pid in $server.
start_server() {
    local port=$1
    shift
    env ASPNETCORE_ENVIRONMENT=Production MEMORY_PROBE_FILE="$work/memory.$port" \
        DOTNET_STARTUP_HOOKS="$PWD/tests/load/MemoryProbe/bin/Release/net10.0/MemoryProbe.dll" "$@" \
        dotnet src/WebConcurrency.Server/bin/Release/net10.0/WebConcurrency.Server.dll --urls "http://127.0.0.1:$port" > /dev/null &
    server=$!
    servers+=("$server")
    for _ in $(seq 300); do
        curl -sf -o /dev/null "http://127.0.0.1:$port/health/ready" && return
        kill -0 "$server" || { echo "The server ended." >&2; exit 1; }
        sleep 0.1
    done
    echo "The server was not ready after 30 s." >&2
    exit 1
}

# memory_of PID PORT: bytes allocated since the start, bytes alive after a full collection, collections.
memory_of() {
    local file="$work/memory.$2"
    rm -f "$file"
    kill -USR1 "$1"
    for _ in $(seq 100); do
        [ -f "$file" ] && { cat "$file"; return; }
        sleep 0.1
    done
    echo "The server told nothing of its memory within 10 s." >&2
    exit 1
}

# cpu_of PID…: clock ticks of CPU time, of all their threads, those that have ended included (fields 14 and 15 of proc(5)'s stat).
cpu_of() {
    local pid
    for pid in "$@"; do sed 's/.*) //' "/proc/$pid/stat" 2> /dev/null || true; done | awk '{ ticks += $12 + $13 } END { print ticks + 0 }'
}

# tree_of PID: a process and all below it: a server with its database.
tree_of() {
    local child
    echo "$1"
    for child in $(cat "/proc/$1/task/"*/children 2> /dev/null); do tree_of "$child"; done
}

# ask PID URL SECONDS CONNECTIONS: lets wrk ask. Prints requests per second, CPU microseconds of the server for a request, requests, and how many
# cores' worth of CPU time everybody else used meanwhile: figures of a moment in which others were busy are not worth much.
ask() {
    local me=$BASHPID own cpu began before after output
    own=$(tree_of "$1")
    began=$(date +%s%N) before=$(busy_ticks) cpu=$(cpu_of "$1") own_before=$(cpu_of $own)
    output=$(wrk -t1 -c"$4" -d"$3s" --timeout 30 "$2")
    if grep -q 'Non-2xx\|Socket errors' <<< "$output"; then
        echo "$output" >&2
        return 1
    fi
    after=$(busy_ticks)
    # What this shell has waited for (fields 16 and 17) is wrk.
    awk -v cpu="$(($(cpu_of "$1") - cpu))" -v own="$(($(cpu_of $own) - own_before))" -v all="$((after - before))" -v hertz="$(getconf CLK_TCK)" \
        -v seconds="$((($(date +%s%N) - began) / 1000000))e-3" -v children="$(sed 's/.*) //' "/proc/$me/stat" | awk '{ print $14 + $15 }')" \
        '/requests in/ { requests = $1 } /^Requests\/sec/ { rate = $2 }
         END { print rate, cpu / hertz / requests * 1e6, requests, (all - own - children) / hertz / seconds }' <<< "$output"
}

busy_ticks() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat; }

describe_machine() {
    echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr), .NET $(dotnet --version), $(date -u +%F)"
}
