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

# cpu_of PID: clock ticks of CPU time, of all its threads, those that have ended included (fields 14 and 15 of proc(5)'s stat).
cpu_of() {
    sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

describe_machine() {
    echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr), .NET $(dotnet --version), $(date -u +%F)"
}
