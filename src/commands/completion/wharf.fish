# Completion of wharf for fish. It asks wharf for the words: sessions, paths in them, stored files and more.
function __wharf_complete
    set -l line (commandline --current-process --cut-at-cursor | string collect)
    set -l answer (WHARF_COMPLETE=fish command wharf -- $line 2>/dev/null)
    set -l kind $answer[1]
    set -e answer[1]
    string join \n -- $answer
    # Files of this machine are completed by fish itself.
    set -l token (commandline --current-token --cut-at-cursor)
    set -l flag (string match --regex -- '^--[a-z-]+=' "$token")
    set -l path (string replace -- "$flag" '' "$token")
    switch "$kind"
        case files
            # As for a command that fish does not know: quotes, variables and `~` in the word are read.
            string replace --regex -- '^' "$flag" (complete --do-complete "'' $path")
        case directories
            string replace --regex -- '^' "$flag" (__fish_complete_directories "$path" '')
    end
end
complete --command wharf --no-files --keep-order --arguments '(__wharf_complete)'
