#!/usr/bin/env bash
# Runs the main job on the local backend, with the files of this project: create a session, upload, mount, list, download,
# delete; and then all of it in one command with `wharf run`. Needs no account and no network, and leaves nothing behind. Builds the release binary unless WHARF names one.
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
verified() { printf '   verified: %s\n' "$*"; }
failed() { printf '   FAILED: %s\n' "$*" >&2; exit 1; }
# Runs a command that must exit with the code in the first argument.
expect() {
    local wanted=$1 got=0
    shift
    printf '$ wharf %s\n' "$*"
    wharf "$@" || got=$?
    [ "$got" = "$wanted" ] || failed "exit code $got instead of $wanted"
    verified "exit code $wanted"
}

step 'Create a session with labels'
S=$(wharf sessions create --title 'walk-through' --label team=blue --label stage=try -q </dev/null)
show sessions list --label team=blue --format table
[ "$(wharf sessions list --label team=blue -q)" = "$S" ] || failed 'the label does not select the session'
verified "the label selects $S and no other session"

step 'Create a directory'
show files mkdir "$S:/work/in" -q
[ "$(wharf files stat "$S:/work/in" --transform kind -r)" = directory ] || failed 'not a directory'
verified 'the directory and its parent exist'

step 'Upload a file and compare its hash'
show files upload README.md "$S:/work/in/" --format table
here=$(sha256sum README.md | cut -d ' ' -f 1)
there=$(wharf files upload README.md "$S:/work/in/" --transform sha256 -r)
[ "$here" = "$there" ] || failed "the hashes differ: $here, $there"
verified "sha256 $here on both sides"

step 'Upload a directory and count its receipts'
wharf files upload src "$S:/work/src" --format jsonl >"$stage/receipts"
wanted=$(find src -type f | wc -l)
copied=$(grep -c '"status":"copied"' "$stage/receipts")
printf '$ wharf files upload src %s:/work/src      (%s receipts)\n' "$S" "$copied"
[ "$wanted" = "$copied" ] || failed "$copied of $wanted files"
verified "$copied of $wanted files have a receipt with the status copied"

step 'Mount a stored file'
F=$(wharf files upload Cargo.toml -q)
show resources add "$S" "$F:/work/in/manifest.toml" --format table
wharf files cat "$S:/work/in/manifest.toml" | cmp - Cargo.toml || failed 'the mount differs'
verified 'the mount has the same bytes'
expect 5 files upload README.md "$S:/work/in/manifest.toml" -q
verified 'a mount is read-only: writing to it is a conflict'

step 'List and read'
show files ls "$S:/work/in" -l --format table
show files stat "$S:/work/in/README.md" --transform '{path,size,mode}'
show files cat "$S:/work/in/README.md" --range 0-6
printf '\n'
[ "$(wharf files cat "$S:/work/in/README.md" --range 0-6)" = "$(head -c 7 README.md)" ] || failed 'the range differs'
verified 'bytes 0 to 6 are the first seven bytes of the file'

step 'Download the directory and compare it'
printf '$ wharf files download %s:/work/src %s\n' "$S" "$stage/back"
wharf files download "$S:/work/src" "$stage/back" -q >"$stage/names"
diff -r src "$stage/back" || failed 'the directories differ'
verified "diff -r finds no difference between src and the download ($(wc -l <"$stage/names") files)"

step 'Clean up'
show resources delete "$S" --mount-path /work/in/manifest.toml -q
show files rm "$F" -q
expect 0 sessions delete "$S" -q
expect 4 sessions get "$S"
nothing_left() {
    [ -z "$(find "$WHARF_HOME/sessions" "$WHARF_HOME/tmp" "$WHARF_HOME/store" -type f)" ] || failed 'files remain in the store'
    verified 'no file remains in the store'
}
nothing_left

step 'All of it in one command: count the lines of this project by type of file'
mkdir "$stage/job"
cat >"$stage/job/count.sh" <<'JOB'
find project -type f | while read -r file; do
    case $file in *.*) echo "${file##*.} $(wc -l <"$file")" ;; esac
done | awk '{ files[$1]++; lines[$1] += $2 }
    END { print "type,files,lines"; for (type in files) print type "," files[type] "," lines[type] }' >"$WHARF_OUTPUTS/lines.csv"
grep '^rs,' "$WHARF_OUTPUTS/lines.csv"
JOB
show run --in "$stage/job:job" --in src:project --in Cargo.toml:project/ --out "@outputs:$stage/results" -- sh job/count.sh
wanted="rs,$(find src -name '*.rs' | wc -l | tr -d ' '),$(find src -name '*.rs' -exec cat {} + | wc -l | tr -d ' ')"
grep -qx "$wanted" "$stage/results/lines.csv" || failed "the result lacks the line $wanted"
verified "the command counted what is here: $wanted"
[ "$(wharf sessions list -q)$(wharf runs list -q)" = '' ] || failed 'a session remains'
verified 'the session is deleted'
nothing_left

rm -rf "$stage"
[ ! -e "$stage" ] || failed "$stage remains"
printf '\n\033[1mAll steps were verified, and nothing is left behind.\033[0m\n'
