# Completion of wharf for bash. It asks wharf for the words: sessions, paths in them, stored files and more.
_wharf() {
    local line kind= IFS=$'\n'
    COMPREPLY=()
    case ${COMP_WORDS[COMP_CWORD - 1]} in
        '<' | '>' | '>>' | '>|' | '>&' | '&>' | '&>>') kind=files ;;
        *)
            while IFS= read -r line; do
                if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
            done <<<"$(WHARF_COMPLETE=bash command wharf -- \
                "${COMP_LINE:0:COMP_POINT}" "$2" "$COMP_TYPE" 2>/dev/null)"
            ;;
    esac
    # Files of this machine are completed by bash itself.
    case $kind in
        files) compopt +o nospace -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2")) ;;
        directories) compopt +o nospace -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$2")) ;;
    esac
}
complete -o nospace -F _wharf wharf
