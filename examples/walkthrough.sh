#!/usr/bin/env bash
# The main job from end to end on the local backend, with this project's own files: no account, no
# network, nothing left behind. Builds the release binary first, unless WHARF names one.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${WHARF:-}" ]; then
    cargo build --release
    WHARF=${CARGO_TARGET_DIR:-target}/release/wharf
fi
WHARF=$(realpath "$WHARF")

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
export WHARF_HOME=$stage/home WHARF_CONFIG=$stage/none.toml
export WHARF_BACKEND=local
unset WHARF_SESSION WHARF_PROFILE WHARF_FORMAT WHARF_AGENT

wharf() { "$WHARF" "$@"; }
step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() { printf '$ wharf %s\n' "$*"; wharf "$@"; }
proven() { printf '   proven: %s\n' "$*"; }
failed() { printf '   FAILED: %s\n' "$*" >&2; exit 1; }
# Runs a command that must end with a certain exit code.
expect() {
    local wanted=$1 got=0
    shift
    printf '$ wharf %s\n' "$*"
    wharf "$@" || got=$?
    [ "$got" = "$wanted" ] || failed "exit code $got, not $wanted"
    proven "exit code $wanted"
}

step 'A session with labels'
S=$(wharf sessions create --title 'walk-through' --label team=blue --label stage=try -q </dev/null)
show sessions list --label team=blue --format table
[ "$(wharf sessions list --label team=blue -q)" = "$S" ] || failed 'the label does not find the session'
proven "the label finds $S, and no other session"

step 'A directory'
show files mkdir "$S:/work/in" -q
[ "$(wharf files stat "$S:/work/in" --transform kind -r)" = directory ] || failed 'no directory'
proven 'it is there, and its parent was made'

step 'A file up, with its hash'
show files upload README.md "$S:/work/in/" --format table
here=$(sha256sum README.md | cut -d ' ' -f 1)
there=$(wharf files upload README.md "$S:/work/in/" --transform sha256 -r)
[ "$here" = "$there" ] || failed "the hashes differ: $here, $there"
proven "sha256 $here on both sides"

step 'A tree up, and every file of it accounted for'
wharf files upload src "$S:/work/src" --format jsonl >"$stage/receipts"
wanted=$(find src -type f | wc -l)
copied=$(grep -c '"status":"copied"' "$stage/receipts")
printf '$ wharf files upload src %s:/work/src      (%s receipts)\n' "$S" "$copied"
[ "$wanted" = "$copied" ] || failed "$copied of $wanted files"
proven "$copied of $wanted files have a receipt that says copied and verified"

step 'A stored file, mounted read-only'
F=$(wharf files upload Cargo.toml -q)
show resources add "$S" "$F:/work/in/manifest.toml" --format table
wharf files cat "$S:/work/in/manifest.toml" | cmp - Cargo.toml || failed 'the mount differs'
proven 'the mount holds the same bytes'
expect 5 files upload README.md "$S:/work/in/manifest.toml" -q
proven 'writing to a mount is a conflict: it is read-only'

step 'Listing, looking, reading'
show files ls "$S:/work/in" -l --format table
show files stat "$S:/work/in/README.md" --transform '{path,size,mode}'
show files cat "$S:/work/in/README.md" --range 0-6
printf '\n'
[ "$(wharf files cat "$S:/work/in/README.md" --range 0-6)" = "$(head -c 7 README.md)" ] || failed 'the range differs'
proven 'bytes 0 to 6 are the first seven of the file'

step 'Everything back, byte for byte'
printf '$ wharf files download %s:/work/src %s\n' "$S" "$stage/back"
wharf files download "$S:/work/src" "$stage/back" -q >"$stage/names"
diff -r src "$stage/back" || failed 'the trees differ'
proven "diff -r finds no difference between src and what came back ($(wc -l <"$stage/names") files)"

step 'The end'
show resources delete "$S" --mount-path /work/in/manifest.toml -q
show files rm "$F" -q
expect 0 sessions delete "$S" -q
expect 4 sessions get "$S"
[ -z "$(find "$WHARF_HOME/sessions" "$WHARF_HOME/tmp" "$WHARF_HOME/store" -type f)" ] || failed 'files remain in the store'
proven 'no file remains in the store'

rm -rf "$stage"
[ ! -e "$stage" ] || failed "$stage remains"
printf '\n\033[1mThe main job works: every step was proven, and nothing is left behind.\033[0m\n'
