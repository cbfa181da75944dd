#compdef wharf
# Completion of wharf for zsh. It asks wharf for the words: sessions, paths in them, stored files and more.
_wharf() {
    local line word kind ret=1
    local -a answer all variables whole whole_shown part part_shown
    # Variables in front of the command, as in `WHARF_BACKEND=foundry wharf ...`.
    all=(${(z)LBUFFER})
    integer at=$(( ${all[(I)${(b)words[1]}]} - 1 ))
    while (( at > 0 )) && [[ $all[at] == [A-Z]*=* ]]; do
        word=$all[at]
        [[ $word == (WHARF|ANTHROPIC|FOUNDRY|AZURE|AGB)_* && $word != *[\$\`]* ]] && variables+=("${(Q)word}")
        (( at-- ))
    done
    answer=("${(@f)$(env "${variables[@]}" WHARF_COMPLETE=zsh wharf -- \
        "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    kind=$answer[1]
    for line in "${(@)answer[2,-1]}"; do
        word=${line%%$'\t'*}
        if [[ $word == *[/:=] ]]; then
            part+=("$word") part_shown+=("${line#*$'\t'}")
        else
            whole+=("$word") whole_shown+=("${line#*$'\t'}")
        fi
    done
    (( $#part )) && compadd -l -V wharf -S '' -d part_shown -a -- part && ret=0
    (( $#whole )) && compadd -l -V wharf -d whole_shown -a -- whole && ret=0
    # Files of this machine are completed by zsh itself.
    [[ $kind != words && $PREFIX == --*=* ]] && compset -P '--*='
    case $kind in
        files) _files && ret=0 ;;
        directories) _files -/ && ret=0 ;;
    esac
    return ret
}
if [[ $funcstack[1] == _wharf ]]; then
    _wharf "$@"
elif (( $+functions[compdef] )); then
    compdef _wharf wharf
else
    print -u2 'wharf: completion needs compinit: run `autoload -Uz compinit; compinit` before this script'
fi
