# What the tests of packages have in common; sourced from the root of the repository, after packaging/common.sh.

# A port below the range that the system gives to outgoing connections.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

# Waits until a server answers: ADDRESS, FILE of what it printed, PROCESS.
wait_for() {
    for _ in $(seq 300); do
        curl -fsk -o /dev/null "$1" 2>/dev/null && return
        kill -0 "$3" 2>/dev/null || { cat "$2"; fail "the server ended before it answered $1"; }
        sleep 0.2
    done
    cat "$2"
    fail "no answer of $1 within 60 s"
}

# Ends a process as a service manager does, and what it started.
end() {
    local child
    for child in $(pgrep -P "$1") "$1"; do kill -TERM "$child" 2>/dev/null || true; done
    wait "$1" 2>/dev/null || true
}

is() { [ "$2" = "$3" ] || fail "$1: '$2', and not '$3'"; }

# The models of the example as a repository of their own: FOLDER.
models_repository() {
    cp -R examples/models-repo "$1"
    git -C "$1" init -q -b main
    git -C "$1" add .
    git -C "$1" -c user.name=test -c user.email=test@localhost commit -q -m "The first models"
}

chat='{"model": "assistant", "stream": false, "options": {"temperature": 0}, "messages": [{"role": "user", "content": "Why is the sky blue?"}]}'
