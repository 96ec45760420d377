# What the packaging scripts have in common; sourced from the root of the repository.

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)

# Files of a package are as old as the commit, so that two builds of it do not differ.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) || { echo "not in git: say how old the source is with SOURCE_DATE_EPOCH, in seconds"; exit 1; }
fi
export SOURCE_DATE_EPOCH

fail() { echo "$(basename "$0"): $*" >&2; exit 1; }

# Whether native code for linux-arm64 can be linked here.
makes_arm() {
    [ "$(uname -m)" = aarch64 ] ||
        { command -v aarch64-linux-gnu-objcopy && echo 'int main(void) { return 0; }' | clang --target=aarch64-linux-gnu -x c -o /dev/null -; } >/dev/null 2>&1
}

# A folder as a tar that depends on names, modes and contents alone: FOLDER, MEMBER of it.
plain_tar() {
    tar --create --format=ustar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --directory="$1" "$2"
}
