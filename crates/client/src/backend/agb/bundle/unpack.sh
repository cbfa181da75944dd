w=$1 d=$2 s=$3 sum=$4 keep=$5 plan=$6 out=
LC_ALL=C
export LC_ALL
echo $$ >"$w/pid" || exit
exec 2>"$w/err"
end() { rm -rf "$s"; { printf "$out"; echo "$1"; head -c 2000 "$w/err"; } >"$w/report"; : >"$w/done"; exit; }
failed() { [ -s "$w/err" ] || echo "$1: exit status $2" >&2; }
no() { out="$out$i $1\\n"; rm -f -- "$s/$staged"; }
decode() { case $1 in *\\*) name=$(printf '%bx' "$1"); name=${name%x};; *) name=$1;; esac; }
moved() { r=$?; [ $r -eq 0 ] || [ -n "$keep" ] || failed mv $r; return $r; }
place() { [ $# -eq 0 ] || { mv $force -- "$@" "$dir/"; moved; }; }
same_mode() {
  [ -f "$to" ] && [ ! -L "$to" ] || return 0
  m=$(stat -c %a -- "$to") && [ -n "$m" ] || { [ ! -e "$to" ]; return; }
  m=$((0$m & 0666))
  [ $m -ne $((0$mode)) ] || return 0
  case $line in [FO]*) m=$((m | (m & 0444) >> 2));; esac
  chmod "$(printf %o $m)" "$s/$staged"
}
force=-f
[ -n "$keep" ] && force=-n
got=$(sha256sum <"$d/content" | head -c 64)
[ ${#got} -eq 64 ] || { failed sha256sum 1; end unhashed; }
[ "$got" = "$sum" ] || end damaged
mkdir -p "${s%/*}" && mkdir -m 700 "$s" || { failed mkdir $?; end unwritable; }
tar -xof - -C "$s" <"$d/content" || { failed tar $?; end packed; }
rm -f "$d/content"
(cd "$s" && sha256sum -c manifest) >"$w/sums"
here=$(stat -c %d -- "$s") mode=$(stat -c %a -- "$s/manifest") fine= n=0
[ -n "$here" ] && [ -n "$mode" ] || { failed stat 1; end unmeasured; }
case $(tar --version) in *GNU*|*bsdtar*) fine=1;; esac
set --
while IFS= read -r line; do
  case $line in d*) decode "${line#* }"; set -- "$@" "$name";; *) n=$((n+1));; esac
done <<END_OF_PLAN
$plan
END_OF_PLAN
while IFS= read -r line; do n=$((n-1)); done <"$w/sums"
[ $n -eq 0 ] || { failed sha256sum 1; end unhashed; }
mkdir -p -- "$@" || failed mkdir $?
set --
i=0 k=0 dir=
while IFS= read -r line; do
  rest=${line#* }
  if [ "${line%% *}" = d ]; then
    place "$@"
    set --
    decode "$rest"
    k=$((k+1)) dir= near=
    if [ -d "$name" ]; then
      dir=$name
      [ "$(stat -L -c %d -- "$dir")" = "$here" ] && near=1
    fi
    continue
  fi
  time=${rest%% *}
  decode "${rest#* }"
  to=$dir/$name sums=
  case $line in [fF]*) staged=$k/$name;; *) staged=o/$i;; esac
  IFS= read -r sums <&3
  if [ "$sums" != "$staged: OK" ]; then no differs
  elif [ -z "$dir" ]; then no blocked
  elif [ -d "$to" ] && [ ! -L "$to" ]; then no directory
  elif [ -n "$keep" ] && { [ -e "$to" ] || [ -L "$to" ]; }; then no exists
  else
    [ -n "$fine" ] || touch -d "@$time" -- "$s/$staged" 2>/dev/null || touch -d "@${time%.*}" -- "$s/$staged"
    if same_mode; then
      case $line$near in
        [fF]*1) set -- "$@" "$s/$staged";;
        *1) mv $force -T -- "$s/$staged" "$to"; moved;;
        *) mv -f -T -- "$s/$staged" "$dir/${s##*/}" && mv $force -T -- "$dir/${s##*/}" "$to"
           moved
           [ ! -e "$dir/${s##*/}" ] || { no left; rm -f -- "$dir/${s##*/}"; };;
      esac
    else
      failed "stat or chmod" 1
      no left
    fi
  fi
  i=$((i+1))
done 3<"$w/sums" <<END_OF_PLAN
$plan
END_OF_PLAN
place "$@"
i=0 k=0
while IFS= read -r line; do
  rest=${line#* }
  case $line in
    d*) k=$((k+1)); decode "$rest"; dir=$name; continue;;
    [fF]*) decode "${rest#* }"; staged=$k/$name;;
    *) decode "${rest#* }"; staged=o/$i;;
  esac
  if [ -e "$s/$staged" ]; then
    if [ -n "$keep" ] && { [ -e "$dir/$name" ] || [ -L "$dir/$name" ]; }; then no exists; else no left; fi
  fi
  i=$((i+1))
done <<END_OF_PLAN
$plan
END_OF_PLAN
end end
