w=$1 d=$2 plan=$3 s=$1/files
LC_ALL=C
export LC_ALL
echo $$ >"$w/pid" || exit
exec 2>"$w/err"
end() { rm -rf "$s"; { echo "$*"; head -c 2000 "$w/err"; } >"$w/report"; : >"$w/done"; exit; }
failed() { [ -s "$w/err" ] || echo "$1: exit status $2" >&2; end "$3"; }
decode() { case $1 in *\\*) name=$(printf '%bx' "$1"); name=${name%x};; *) name=$1;; esac; }
copy() { [ $# -eq 0 ] || { mkdir "$s/$k" && cp -pL -- "$@" "$s/$k/"; }; }
mkdir "$s" "$s/o" || failed mkdir $? unwritable
i=0 k=0 dir=
set --
while IFS= read -r line; do
  decode "${line#* }"
  case $line in
    d*)
      copy "$@"
      set --
      k=$((k+1)) dir=$name
      continue;;
    f*) [ -f "$dir/$name" ] && set -- "$@" "$dir/$name";;
    *) [ -f "$dir/$name" ] && cp -pL -- "$dir/$name" "$s/o/$i";;
  esac
  i=$((i+1))
done <<END_OF_PLAN
$plan
END_OF_PLAN
copy "$@"
i=0 k=0
set --
while IFS= read -r line; do
  staged=o/$i
  case $line in
    d*) k=$((k+1)); continue;;
    f*) staged=$k/${line#* };;
  esac
  [ -f "$s/$staged" ] && set -- "$@" "$staged"
  i=$((i+1))
done <<END_OF_PLAN
$plan
END_OF_PLAN
[ $# -gt 0 ] || end nothing
(cd "$s" && sha256sum -- "$@" >manifest) && tar -cf - -C "$s" manifest "$@" >"$w/content" || failed "sha256sum or tar" $? unwritable
rm -rf "$s"
mv "$w/content" "$d/content" || failed mv $? unwritable
end size $(wc -c <"$d/content")
