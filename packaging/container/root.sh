#!/usr/bin/env bash
# A minimal Debian root with modelops in it, as a tar: the libraries that it needs, certificates, sh and ssh, out of packages that apt gets
# from where this machine gets its own. No package is configured, no script of one is run, and nothing says where they came from.
# Usage: packaging/container/root.sh modelops-VERSION-linux-x64.tar.gz ROOT.tar
set -euo pipefail
archive=$(realpath "${1:?which archive?}") out=$(realpath -m "${2:?where to?}")
cd "$(dirname "$0")/../.."
. packaging/common.sh
[ "$(id -u)" -eq 0 ] || fail "this needs root: files of the image belong to root and to its user"

wanted=(base-files libc6 libgcc-s1 libgomp1 libstdc++6 ca-certificates dash openssh-client)
# Libraries call SSL by its number.
if apt-cache show libssl3t64 >/dev/null 2>&1; then wanted+=(libssl3t64); else wanted+=(libssl3); fi
# What configures packages, and what is needed for that alone.
left_out=' adduser passwd debconf perl-base dpkg openssl base-passwd awk mawk init-system-helpers '

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root" "$work/packages"

declare -A needed=()
queue=("${wanted[@]}")
while [ ${#queue[@]} -gt 0 ]; do
    name=${queue[0]}
    queue=("${queue[@]:1}")
    [ -z "${needed[$name]:-}" ] && [[ $left_out != *" $name "* ]] || continue
    needed[$name]=1
    while read -r more; do queue+=("$more"); done < <(apt-cache depends --important "$name" | sed -n 's/^ *\(Pre\)\?Depends: \([^<]*\)$/\2/p')
done
mapfile -t names < <(printf '%s\n' "${!needed[@]}" | LC_ALL=C sort)

# apt gives up root's rights for downloads; the folder must be reachable for it.
chmod 755 "$work"
chmod 777 "$work/packages"
(cd "$work/packages" && apt-get download -q "${names[@]}" >"$work/log" 2>&1) || { cat "$work/log"; fail "apt could not get the packages"; }
mkdir -p "$root/var/lib/dpkg/status.d"
for package in "$work"/packages/*.deb; do
    dpkg-deb --extract "$package" "$root"
    dpkg-deb --field "$package" >"$root/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"
done
cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$work/certificates"

# Licenses stay; other words, and what only a whole system needs, go.
find "$root/usr/share/doc" -type f ! -name copyright -delete
find "$root/usr/share/doc" -type d -empty -delete
find "$root/usr/share" -mindepth 1 -maxdepth 1 ! -name doc ! -name common-licenses -exec rm -rf {} +
rm -rf "$root"/{boot,home,media,mnt,opt,srv,root} "$root"/usr/{games,include,local,src} "$root"/etc/{default,init.d,cron.daily,apt,skel,update-motd.d} \
    "$root"/usr/lib/*/gconv "$root"/var/{backups,cache,local,log,mail,opt,spool} "$root"/usr/lib/systemd "$root"/lib/systemd
find "$root"/{bin,sbin,usr/bin,usr/sbin} -type f ! -name dash ! -name ssh ! -name ssh-keyscan ! -name ssh-keygen -delete
find "$root" -type f -perm /6000 -exec chmod a-s {} +
install -Dm644 "$work/certificates" "$root/etc/ssl/certs/ca-certificates.crt"
ln -sf dash "$root/bin/sh"

printf '%s\n' 'root:x:0:0:root:/:/sbin/nologin' 'modelops:x:65534:65534:ModelOps:/var/lib/modelops:/sbin/nologin' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'modelops:x:65534:' >"$root/etc/group"
printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' >"$root/etc/nsswitch.conf"

tar -xzf "$archive" -C "$work"
from=$work/$(basename "$archive" .tar.gz)
mkdir -p "$root/usr/lib/modelops" "$root/usr/share/doc/modelops" "$root/tmp" "$root/proc" "$root/sys" "$root/dev" "$root/run"
cp -R "$from"/modelops "$from"/*.so "$from"/engines "$root/usr/lib/modelops/"
cp "$from"/{LICENSE,THIRD-PARTY-NOTICES.md,modelops.cdx.json} "$root/usr/share/doc/modelops/"
ln -s ../lib/modelops/modelops "$root/usr/bin/modelops"
install -d -m 0700 -o 65534 -g 65534 "$root/var/lib/modelops"
chmod 1777 "$root/tmp"

# What is linked must be there: a library that a new release of Debian calls by another name is found out here.
for file in "$root/usr/bin/ssh" "$root"/usr/lib/modelops/{modelops,*.so}; do
    if chroot "$root" /lib64/ld-linux-x86-64.so.2 --list "${file#"$root"}" 2>/dev/null | grep 'not found'; then fail "${file#"$root"} lacks a library"; fi
done
tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --numeric-owner --directory="$root" --file="$out" .
echo "$(basename "$out"): $(du -sm "$root" | cut -f1) MB, ${#names[@]} packages of Debian"
