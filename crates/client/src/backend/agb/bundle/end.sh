id=$1 w=$2 p=
shift
{ read -r p <"$w/pid"; } 2>/dev/null
case $p in ''|*[!0-9]*|0|1) ;; *) [ -e "$w/done" ] || kill -s KILL -- "-$p" 2>/dev/null;; esac
rm -rf -- "$@"
echo "wharf $id removed"
