for tool in setsid tar sha256sum stat head cat mv cp chmod touch; do
  command -v $tool >/dev/null 2>&1 || { echo "wharf $1 lacks $tool"; exit; }
done
echo "wharf $1 able"
