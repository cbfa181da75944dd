work=$1 id=$2 w=$3 d=$4 make=$5
shift 5
say() { echo "wharf $id $*"; exit 0; }
[ -n "$make" ] && mkdir -p "$d"
[ -d "$d" ] || say absent
if e=$(mkdir -m 700 "$w" 2>&1); then
  setsid sh -c "$work" wharf "$w" "$d" "$@" </dev/null >/dev/null 2>&1 &
elif [ ! -d "$w" ]; then say refused "$e"; fi
n=0
while [ ! -e "$w/done" ] && [ -d "$w" ] && [ $n -lt 750 ]; do
  sleep 0.02 2>/dev/null || { sleep 1; n=$((n+50)); }
  n=$((n+1)) p=
  { read -r p <"$w/pid"; } 2>/dev/null
  if [ -n "$p" ]; then kill -s 0 "$p" 2>/dev/null || [ -e "$w/done" ] || say died
  elif [ $n -gt 500 ]; then say died; fi
done
[ -d "$w" ] || say died
[ -e "$w/done" ] || say busy
say "$(cat "$w/report")"
