#!/usr/bin/env bash
# The image: built with buildah, started with it, with a root that nothing can be written to, behind nginx, and with podman where that works.
# Usage: packaging/tests/container.sh modelops-VERSION-linux-x64.tar.gz      needs root, buildah, nginx, docker-compose, and what apt on this machine has
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
. packaging/tests/common.sh
[ "${CONTAINER_TEST_INSIDE:-}" = yes ] || exec unshare --mount env CONTAINER_TEST_INSIDE=yes "$0" "$archive"

work=$(mktemp -d)
export BUILDAH_OPTIONS="--storage-driver vfs --root $work/storage --runroot $work/run"
read -ra options <<<"$BUILDAH_OPTIONS"
server= proxy=
trap 'for process in $server $proxy; do end "$process"; done; buildah "${options[@]}" rm --all >/dev/null 2>&1 || true
    umount -R "$work/readonly" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT

echo "== build"
packaging/container/build.sh "$archive" modelops:test
inspect() { buildah "${options[@]}" inspect --type image --format "{{$1}}" modelops:test; }
is "the user" "$(inspect .Docker.Config.User)" 65534:65534
is "the health check" "$(inspect '.Docker.Config.Healthcheck.Test')" "[CMD /usr/bin/modelops health]"
is "the volume" "$(inspect '.Docker.Config.Volumes')" "map[/var/lib/modelops:{}]"
is "the command" "$(inspect '.Docker.Config.Cmd')" "[serve --listen 0.0.0.0:11434 --require-keys --behind-proxy]"
container=$(buildah "${options[@]}" from modelops:test)
image=$(buildah "${options[@]}" mount "$container")
du -sm "$image" | awk '{print "image:", $1, "MB"}'
apt-get indextargets --format '$(REPO_URI)' | sed 's:^[a-z]*\://\([^/]*\).*:\1:' | sort -u >"$work/mirrors"
if grep -rlFf "$work/mirrors" "$image" --exclude-dir=doc --exclude-dir=status.d; then fail "the image says where its packages came from"; fi
[ ! -e "$image/usr/bin/apt-get" ] && [ ! -e "$image/etc/apt" ] || fail "there is a package manager in the image"
[ -z "$(find "$image" -perm /6000 -type f)" ] || fail "a program of the image runs as another user"

echo "== the command of the image, with buildah"
port=$(free_port)
read -ra command <<<"$(inspect '.Docker.Config.Cmd' | tr -d '[]' | sed "s/11434/$port/")"
install -d -m 700 -o 65534 -g 65534 "$work/state"
run() { buildah "${options[@]}" run --isolation chroot --volume "$work/state:/var/lib/modelops" "$container" -- /usr/bin/modelops "$@"; }
# buildah passes no signal on, so that the server is ended by its own number.
server_in_container() { pgrep -f "modelops serve --listen 0.0.0.0:$port" | while read -r id; do [ "$(stat -c %u "/proc/$id")" != 65534 ] || echo "$id"; done | head -n 1; }
stop() { kill -TERM "$(server_in_container)"; wait "$server" || true; server=; }
run "${command[@]}" >"$work/first" 2>&1 &
server=$!
wait_for "http://127.0.0.1:$port/healthz" "$work/first" "$server"
cat "$work/first"
key=$(grep -o 'mo_[0-9a-f]\{10\}_[A-Za-z0-9_-]\{43\}' "$work/first")
grep -q "There is no model yet: 'modelops pull NAME' gets one" "$work/first" || fail "the first start does not say how to get a model"
is "keys that the first start prints" "$(wc -l <<<"$key")" 1
code() { curl -sk -o /dev/null -w '%{http_code}' "$@"; }
is "without a key" "$(code "http://127.0.0.1:$port/api/tags")" 401
is "with it" "$(code -H "Authorization: Bearer $key" "http://127.0.0.1:$port/api/tags")" 200
run health --host "127.0.0.1:$port"
stop
run "${command[@]}" >"$work/second" 2>&1 &
server=$!
wait_for "http://127.0.0.1:$port/healthz" "$work/second" "$server"
if grep 'mo_' "$work/second"; then fail "the second start prints a key"; fi
is "the first key at the second start" "$(code -H "Authorization: Bearer $key" "http://127.0.0.1:$port/api/tags")" 200
stop

echo "== the command of the compose file, with a root that is read only, behind nginx"
models_repository "$work/state/models"
printf 'apiVersion: modelops/v1alpha1\nkind: Host\nsource: { location: /var/lib/modelops/models }\n' >"$work/state/config.yaml"
chown -R 65534:65534 "$work/state"
mapfile -t command < <(awk '/^  [a-z]+:$/ { service = $1 } service == "modelops:" && /^      - / { sub(/^      - /, ""); print }' packaging/container/compose.yaml |
    sed -n '/^serve$/,/^models.example.org$/p' | sed "s/11434/$port/; s:^172.16.0.0/12$:127.0.0.1:")
mkdir "$work/readonly"
mount --bind "$image" "$work/readonly"
mount -o remount,bind,ro "$work/readonly"
mount -t tmpfs -o mode=1777 tmpfs "$work/readonly/tmp"
mount -t proc proc "$work/readonly/proc"
mount -t tmpfs -o mode=755 tmpfs "$work/readonly/dev"
for device in null zero random urandom; do
    touch "$work/readonly/dev/$device"
    mount --bind "/dev/$device" "$work/readonly/dev/$device"
done
mount --bind "$work/state" "$work/readonly/var/lib/modelops"
inside() { chroot --userspec=65534:65534 "$work/readonly" /usr/bin/modelops "$@"; }
if touch "$work/readonly/etc/written" 2>/dev/null; then fail "the root can be written to"; fi
(export HOME=/var/lib/modelops MODELOPS_HOME=/var/lib/modelops; cd /; exec chroot --userspec=65534:65534 "$work/readonly" /usr/bin/modelops "${command[@]}") >"$work/third" 2>&1 &
server=$!
wait_for "http://127.0.0.1:$port/readyz" "$work/third" "$server"
inside health --ready --host "127.0.0.1:$port"

tls=$(free_port)
mkdir "$work/certificates"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=models.example.org -days 2 \
    -keyout "$work/certificates/server.key" -out "$work/certificates/server.pem" 2>/dev/null
sed "s:/etc/nginx/certificates:$work/certificates:; s/modelops:11434/127.0.0.1:$port/; s/443 ssl/127.0.0.1:$tls ssl/" packaging/container/nginx.conf >"$work/nginx.conf"
nginx -p "$work" -c "$work/nginx.conf" -e "$work/nginx.log" -g "daemon off; pid $work/nginx.pid;" &
proxy=$!
named=(--resolve "models.example.org:$tls:127.0.0.1" "https://models.example.org:$tls")
for _ in $(seq 50); do [ "$(code "${named[@]:0:2}" "${named[2]}/healthz")" = 200 ] && break; sleep 0.2; done
is "behind nginx, without a key" "$(code "${named[@]:0:2}" "${named[2]}/api/tags")" 401
curl -fsSk "${named[@]:0:2}" "${named[2]}/api/chat" -H "Authorization: Bearer $key" -d "$chat" | grep -o '"content":"[^"]*blue[^"]*"' || fail "no answer behind nginx"
end "$proxy"
proxy=
end "$server"
server=
umount -R "$work/readonly"

echo "== the compose file, as docker-compose reads it"
docker-compose --file packaging/container/compose.yaml config --quiet

echo "== podman"
if command -v podman >/dev/null; then
    runtime=(--cgroup-manager cgroupfs)
    if command -v runc >/dev/null; then runtime+=(--runtime runc); fi
    rm -f "$work/state/config.yaml"
    if podman "${options[@]}" "${runtime[@]}" run --rm --no-healthcheck --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 --network host --read-only --tmpfs /tmp modelops:test --version >"$work/podman" 2>&1; then
        podman "${options[@]}" "${runtime[@]}" run --rm --no-healthcheck --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 --network host --read-only --tmpfs /tmp --cap-drop all \
            --volume "$work/state:/var/lib/modelops" modelops:test serve --listen "0.0.0.0:$port" --require-keys --behind-proxy >"$work/podman" 2>&1 &
        server=$!
        wait_for "http://127.0.0.1:$port/healthz" "$work/podman" "$server"
        is "with podman, with the key" "$(code -H "Authorization: Bearer $key" "http://127.0.0.1:$port/api/tags")" 200
        stop
        echo "podman: run, read only"
    else
        echo "podman: untried, since it starts nothing here: $(tail -n 1 "$work/podman")"
    fi
else
    echo "podman: untried, since it is not here"
fi
echo "container: built, started, read only, behind nginx"
