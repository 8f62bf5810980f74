# Keeps a private PostgreSQL cluster for as long as standard input stays open: however the server that holds the other end goes, the
# kernel closes it, and the cluster is stopped. Started in a session of its own, so that a terminal's Ctrl-C reaches neither.
#
#   sh -c "$this" private-postgres BIN OWNER DATA ROOT
#
#   BIN    the folder with initdb, pg_ctl and postgres
#   OWNER  the server's process id
#   DATA   where to keep the data across starts; empty: the cluster is thrown away
#   ROOT   the directory of a cluster that runs already and whose guard was killed; empty: start one
#
# Says "directory D" once D, with the socket, exists, and "ready" when connections are taken. Fails with a message on standard error.
set -u
umask 077
trap '' INT QUIT TERM HUP PIPE
bin=$1 owner=$2 kept=$3 root=$4

own() {
    log=$root/log
    data=${kept:-$root/data}
    printf '%s\n%s\n' "$$ $owner" "$data" > "$root/owner"
    echo "directory $root"
}

# A process that has ended stays a zombie for as long as nobody asks for its exit code; to kill -0 it is still there.
alive() {
    if [ -d /proc/self ]; then
        [ -d "/proc/$1" ] && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2> /dev/null
    else
        kill -0 "$1" 2> /dev/null
    fi
}

# Whether the postmaster of data $1 has its socket in $2: another server may use the same data by now. The fifth line of its file is the socket's directory.
serves() {
    [ -O "$1" ] && [ "$(sed -n 5p "$1/postmaster.pid" 2> /dev/null)" = "$2" ] || return 1
    pid=$(sed -n 1p "$1/postmaster.pid")
    [ ! -d /proc/self ] || tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -qF "unix_socket_directories=$2"
}

fail() {
    echo "$1" >&2
    tail -n 20 "$log" >&2
    rm -rf "$root"
    exit 1
}

start() {
    # A socket's path may have 107 bytes, and PostgreSQL takes a list of directories, with commas and quotes of its own.
    base=${TMPDIR:-/tmp}
    case $base in
        [!/]* | *[!A-Za-z0-9/._-]*) base=/tmp ;;
    esac
    if [ ! -w "$base" ] || [ ${#base} -gt 60 ]; then base=/tmp; fi

    # What a crash of both a server and its guard has left behind.
    for old in "$base"/webconcurrency-*; do
        # Only one's own: anybody may put a directory of that name here.
        [ -O "$old" ] && [ ! -L "$old" ] && [ -r "$old/owner" ] || continue
        { read -r old_guard old_owner && read -r old_data; } < "$old/owner" || continue
        if alive "$old_guard" || alive "$old_owner"; then continue; fi
        if serves "$old_data" "$old"; then "$bin/pg_ctl" stop -D "$old_data" -m fast -w -t 10 -s > /dev/null 2>&1; fi
        rm -rf "$old"
    done

    root=$(mktemp -d "$base/webconcurrency-XXXXXXXX") || exit 1
    own

    # A cluster that is thrown away has nothing to lose in a power cut.
    if [ -n "$kept" ]; then
        init= durability=
    else
        init=--no-sync durability='-c fsync=off -c full_page_writes=off'
    fi

    # Two servers may start on one new directory at once: one makes the cluster, the other finds it made, and in use.
    if [ -n "$kept" ] && command -v flock > /dev/null; then
        exec 9< "$kept"
        flock -w 30 9 || fail "Another server has been starting on '$kept' for 30 s."
    fi

    if [ ! -s "$data/PG_VERSION" ]; then
        "$bin/initdb" -D "$data" -U webconcurrency -A trust -E UTF8 --locale=C $init > "$log" 2>&1 || fail "initdb failed in '$data':"
    fi

    # A waiting request holds its connection, and waits are what the server shows: hence 300.
    "$bin/pg_ctl" start -D "$data" -l "$log" -w -t 60 -s -o "-c listen_addresses='' -c unix_socket_directories='$root' \
        -c unix_socket_permissions=0700 -c max_connections=300 $durability" > "$root/pg_ctl" 2>&1 9<&- || fail "PostgreSQL did not start on '$data':"
    exec 9<&-
}

if [ -n "$root" ]; then own; else start; fi
echo ready

# Nothing is ever written: this ends when the server does.
read -r _
"$bin/pg_ctl" stop -D "$data" -m fast -w -t 60 -s > /dev/null 2>&1
rm -rf "$root"
