#!/usr/bin/env bash
# The unit under a systemd of its own, in a container of systemd-nspawn: started, asked, reloaded, watched, upgraded, woken by its socket, purged.
# Usage: packaging/tests/systemd.sh modelops-VERSION-linux-x64.tar.gz      needs root, debootstrap, systemd-container
set -euo pipefail
archive=$(realpath "${1:?which archive?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
. packaging/tests/common.sh

work=$(mktemp -d)
root=$work/root container=
trap '[ -z "$container" ] || { kill -KILL ${leader:-} "$container" 2>/dev/null || true; wait "$container" 2>/dev/null || true; }; rm -rf --one-file-system "$work"' EXIT
mkdir "$work/packages"
cp "$archive" "$work/packages/"
packaging/deb/build.sh "$work/packages/$(basename "$archive")"
DEB_VERSION=$version+next packaging/deb/build.sh "$work/packages/$(basename "$archive")" >/dev/null
fresh_root "$root" "$work" "$work/packages/modelops_${version}_amd64.deb" systemd,systemd-sysv,dbus
cp "$work/packages/modelops_${version}_amd64.deb" "$root/root/old.deb"
cp "$work/packages/modelops_${version}+next_amd64.deb" "$root/root/new.deb"
chroot "$root" dpkg --install /root/old.deb >/dev/null
[ -L "$root/etc/systemd/system/multi-user.target.wants/modelops.service" ] || fail "the service does not start with the machine"

port=$(free_port) woken=$(free_port)
models_repository "$root/srv/models"
chroot "$root" chown -R modelops:modelops /srv/models
sed -i "s/127.0.0.1:11434/127.0.0.1:$port/" "$root/etc/modelops/host.yaml"
printf 'source: { location: /srv/models }\n' >>"$root/etc/modelops/host.yaml"
mkdir -p "$root/etc/systemd/system/modelops.service.d" "$root/etc/systemd/system/modelops.socket.d"
printf '[Service]\nWatchdogSec=3\n' >"$root/etc/systemd/system/modelops.service.d/test.conf"
printf '[Socket]\nListenStream=\nListenStream=127.0.0.1:%s\n' "$woken" >"$root/etc/systemd/system/modelops.socket.d/test.conf"

systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --boot >"$work/boot" 2>&1 &
container=$!
for _ in $(seq 50); do
    leader=$(pgrep -P "$container" | head -n 1) && break
    kill -0 "$container" 2>/dev/null || { tail -n 3 "$work/boot"; container=; echo "systemd: untried, since no container starts here"; exit 0; }
    sleep 0.2
done
inside() { nsenter -t "$leader" -m -u -i -p -C env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
property() { inside systemctl show modelops --property "$1" --value; }
wait_until() {
    local what=$1
    shift
    for _ in $(seq 300); do "$@" && return; sleep 0.2; done
    inside journalctl --no-pager --unit modelops --lines 20 || true
    fail "waited 60 s until $what"
}
answers() { curl -fs -o /dev/null "http://127.0.0.1:$1/readyz"; }

wait_until "it serves" answers "$port"
is "its state" "$(property ActiveState)" active
wait_until "systemd shows how it is" eval 'property StatusText | grep -q "^Serving 3 of 3 models at [0-9a-f]\{10\}$"'
echo "status: $(property StatusText)"
curl -fsS "http://127.0.0.1:$port/api/chat" -d "$chat" | grep -o '"content":"[^"]*blue[^"]*"' || fail "no answer"

inside systemctl reload modelops
inside journalctl --no-pager --unit modelops | grep "configuration reloaded" || fail "reload read nothing"

process=$(property MainPID)
inside sh -c "kill -STOP $process"
wait_until "the watchdog starts a stopped process anew" eval '[ "$(property NRestarts)" = 1 ] && answers $port'
inside journalctl --no-pager --unit modelops | grep "Watchdog timeout" || fail "it was no watchdog"

process=$(property MainPID)
inside dpkg --install /root/new.deb >/dev/null
wait_until "the new version serves" answers "$port"
[ "$(property MainPID)" != "$process" ] || fail "the upgrade did not start it anew"

inside systemctl stop modelops
is "how it ended" "$(property Result) $(property ExecMainStatus)" "success 0"
inside systemctl start modelops.socket
is "before the first question" "$(property ActiveState)" inactive
curl -fsS "http://127.0.0.1:$woken/api/version" >/dev/null || fail "the socket woke nobody"
wait_until "it serves on the socket" answers "$woken"
is "its state" "$(property ActiveState)" active

inside dpkg --purge modelops >/dev/null
[ ! -e "$root/var/lib/modelops" ] && [ ! -e "$root/etc/modelops" ] && [ ! -e "$root/usr/bin/modelops" ] || fail "purge left something"
is "after the purge" "$(pgrep -P "$leader" -f modelops || true)" ""
echo "systemd: started, reloaded, watched, upgraded, woken by its socket, purged"
