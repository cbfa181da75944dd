# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_wharf_global_optspecs
    string join \n b/backend= profile= s/session= agent= format= transform= r/raw-output q/quiet 0/null v/verbose debug color= progress= utc timeout= connect-timeout= retries= jobs= base-url= token-file= user-identity= isolation-key= ca-cert= header= beta= h/help V/version
end

function __fish_wharf_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_wharf_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_wharf_using_subcommand
    set -l cmd (__fish_wharf_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c wharf -n "__fish_wharf_needs_command" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_needs_command" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_needs_command" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_needs_command" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_needs_command" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_needs_command" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_needs_command" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_needs_command" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_needs_command" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_needs_command" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_needs_command" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_needs_command" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_needs_command" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "sessions" -d 'Create, list and delete sessions'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "files" -d 'Upload, download and list files, in sessions or stored'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "resources" -d 'Mount stored files and other resources into a session'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "agents" -d 'List the agents that sessions can be created with'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "environments" -d 'List the environments that sessions can be created in'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "exec" -d 'Run a command in a session'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "invoke" -d 'Let the agent of a session work'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "run" -d 'Create a session, upload, let it work, download, and delete it'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "with" -d 'Run a command of this machine with a session of its own'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "runs" -d 'List and finish what is left of runs'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "backends" -d 'List the backends and their features'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "config" -d 'Show settings and where they come from, and change profiles'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "doctor" -d 'Check configuration, credentials, backend and clock'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "serve" -d 'Run an emulator of hosted services for tests; any key is accepted'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "mcp" -d 'Serve sessions, files and agents as tools of the Model Context Protocol'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "skill" -d 'Install or print instructions for coding agents'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "man" -d 'Write the manual pages into a directory'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "options" -d 'List the options of all commands'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "help" -d 'Show the help of a command or a topic'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "create" -d 'Create a session'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "list" -d 'List sessions, newest first'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "ls" -d 'List sessions, newest first'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "get" -d 'Show sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "show" -d 'Show sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "label" -d 'Set, change and remove labels'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "update" -d 'Change the title and labels of a session'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "wait" -d 'Wait until sessions can be used, or have a status'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "touch" -d 'Reset the idle timer of sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "events" -d 'List what happened in a session, or follow it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "logs" -d 'Print what the programs of an agent write beside its answers'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "interrupt" -d 'Stop what the agents of sessions do; the sessions stay'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "confirm" -d 'Answer an agent that asks whether a tool may run'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "stop" -d 'Stop sessions; their files are kept'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "archive" -d 'Archive sessions; only their history is kept'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "delete" -d 'Delete sessions and all their files'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch events logs interrupt confirm stop archive delete rm" -f -a "rm" -d 'Delete sessions and all their files'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l title -d 'Title of the session' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l label -d 'Label to set; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l metadata -d 'Labels by the vendor\'s flag: K=V, or a mapping' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l resource -d 'Mount FILE_ID[:MOUNT_PATH], @LOCAL[:MOUNT_PATH] or a YAML object' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l ttl -d 'Delete the session after this idle time, such as 2h, at least 1s' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l id -d 'Id for the new session [default: generated]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l agent-version -d 'Version of the agent' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l environment -d 'Environment to run the session in [env: WHARF_ENVIRONMENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l vault -d 'Vault with credentials for the agent; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l image -d 'Image to start the session from [env: WHARF_IMAGE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l max-cost -d 'Pause the agent when it has cost this much at list price: 2.50' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l wait -d 'Wait until the session can be used'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l label -d 'Only sessions with this label; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l status -d 'Only sessions with this status; can be repeated' -r -f -a "creating\t'The session is being created'
running\t'Usable; its machine runs, or an agent works'
idle\t'Usable; it waits'
stopped\t'The machine is released, and the files are kept'
failed\t'Permanently broken'
deleting\t'Being deleted'
archived\t'Read-only'
expired\t'Removed after its idle limit'
unknown\t'A status that wharf does not know'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l older-than -d 'Only sessions created this long ago or longer, such as 7d' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l agent-id -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l agent-version -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-gt -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-gte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-lt -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-lte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l deployment-id -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l memory-store-id -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l order -r -f -a "asc\t''
desc\t''"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l include-archived -d 'Include archived sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l label -d 'Only sessions with this label; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l status -d 'Only sessions with this status; can be repeated' -r -f -a "creating\t'The session is being created'
running\t'Usable; its machine runs, or an agent works'
idle\t'Usable; it waits'
stopped\t'The machine is released, and the files are kept'
failed\t'Permanently broken'
deleting\t'Being deleted'
archived\t'Read-only'
expired\t'Removed after its idle limit'
unknown\t'A status that wharf does not know'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l older-than -d 'Only sessions created this long ago or longer, such as 7d' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l agent-id -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l agent-version -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-gt -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-gte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-lt -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-lte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l deployment-id -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l memory-store-id -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l order -r -f -a "asc\t''
desc\t''"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l include-archived -d 'Include archived sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l title -d 'New title' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l label -d 'Label to set; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l metadata -d 'Labels by the vendor\'s flag: K=V, or a mapping in which null removes one' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l for -d 'Status to wait for [default: any in which it can be used]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l type -d 'Only events of this type, of wharf or of the provider; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l since -d 'Only events after this event, or at this time or later' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l until -d 'Follow the events until the agent\'s turn is over' -r -f -a "idle\t'The last turn is over'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s f -l follow -d 'Go on with events as they happen, until the session ends'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from events" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l tail -d 'Only the last lines [default: as many as the backend has]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l kind -d 'Which log' -r -f -a "console\t'What the agent\'s program writes'
system\t'What the platform writes that runs it'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Go on with lines as they are written, until the session ends'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from logs" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from interrupt" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l message -d 'Tell the agent why it is denied' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from confirm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l label -d 'Delete all sessions with this label; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l older-than -d 'Delete all sessions created this long ago or longer, such as 7d' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask for confirmation when deleting by label or age'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print what would be deleted without deleting it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l missing-ok -d 'Succeed if a session does not exist'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l force -d 'Interrupt running sessions before deleting them'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l with-files -d 'Also delete the stored files that wharf uploaded for the session'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l session-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l label -d 'Delete all sessions with this label; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l older-than -d 'Delete all sessions created this long ago or longer, such as 7d' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask for confirmation when deleting by label or age'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l dry-run -d 'Print what would be deleted without deleting it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l missing-ok -d 'Succeed if a session does not exist'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l force -d 'Interrupt running sessions before deleting them'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l with-files -d 'Also delete the stored files that wharf uploaded for the session'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "upload" -d 'Upload files and directories to a session or the file store'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "download" -d 'Download files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "get" -d 'Download files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "sync" -d 'Make a directory equal to one in a session, or the other way'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "ls" -d 'List the files of a session, or stored files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "list" -d 'List the files of a session, or stored files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "stat" -d 'Show metadata of files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "cat" -d 'Print file contents'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "mkdir" -d 'Create directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "mv" -d 'Move a file or directory within a session'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "rm" -d 'Remove files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get sync ls list stat cat mkdir mv rm delete" -f -a "delete" -d 'Remove files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l file -d 'A source, by the vendor\'s flag; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l into -d 'Put each source into this directory under its own name' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l name -d 'Name for a source that has none, such as stdin' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l mime-type -d 'Media type of the stored file [default: from its name]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l expires-in -d 'Delete the stored file after this time, such as 36h or 30d' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l if-exists -d 'If the destination exists: overwrite, skip, error, update [default: overwrite]' -r -f -a "overwrite\t'Replace it'
skip\t'Leave it'
error\t'Fail'
update\t'Replace it unless size and time, or size and hash, are equal'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l include -d 'Include files that match a gitignore pattern; if given first, only those' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l exclude -d 'Exclude files that match a gitignore pattern; the last match decides' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l ignore-file -d 'Read patterns from a file, before those of flags; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l links -d 'Links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Transfer their targets; a link that leads out of the tree fails'
skip\t'Exclude links'
follow\t'Transfer their targets, wherever they are'
error\t'Fail for each link'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l require -d 'Exit with 11 if fewer than N files arrive' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l receipt -d 'Append each receipt to a file as it happens, as a line of JSON' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l report -d 'Also report failures and a summary to a CI system: github' -r -f -a "github\t'Annotations and a step summary of GitHub Actions'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l no-reuse -d 'Upload again what was uploaded before, is unchanged and is still stored'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l verify -d 'Download each file again to compare hashes if the backend reports none'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l untar -d 'Unpack a tar archive, which gzip may have compressed, below DEST'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l checksum -d 'With --if-exists update, compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l dry-run -d 'Print what would be done without doing it'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l file-id -d 'A stored file, by the vendor\'s flag; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s o -l output -d 'The destination, by the vendor\'s flag' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l into -d 'Put each target into this directory under its own name' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l max-size -d 'Fail before downloading if the total is larger, such as 500MB or 10GiB' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l max-files -d 'Fail before downloading if there are more than N files' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l if-exists -d 'If the destination exists: overwrite, skip, error, update [default: overwrite]' -r -f -a "overwrite\t'Replace it'
skip\t'Leave it'
error\t'Fail'
update\t'Replace it unless size and time, or size and hash, are equal'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l include -d 'Include files that match a gitignore pattern; if given first, only those' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l exclude -d 'Exclude files that match a gitignore pattern; the last match decides' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l ignore-file -d 'Read patterns from a file, before those of flags; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l links -d 'Links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Transfer their targets; a link that leads out of the tree fails'
skip\t'Exclude links'
follow\t'Transfer their targets, wherever they are'
error\t'Fail for each link'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l require -d 'Exit with 11 if fewer than N files arrive' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l receipt -d 'Append each receipt to a file as it happens, as a line of JSON' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l report -d 'Also report failures and a summary to a CI system: github' -r -f -a "github\t'Annotations and a step summary of GitHub Actions'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l no-settle -d 'Do not wait for new output files to appear'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l all -d 'Download all files of the same name, with ids in their names'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l checksum -d 'With --if-exists update, compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l dry-run -d 'Print what would be done without doing it'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l file-id -d 'A stored file, by the vendor\'s flag; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s o -l output -d 'The destination, by the vendor\'s flag' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l into -d 'Put each target into this directory under its own name' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l max-size -d 'Fail before downloading if the total is larger, such as 500MB or 10GiB' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l max-files -d 'Fail before downloading if there are more than N files' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l if-exists -d 'If the destination exists: overwrite, skip, error, update [default: overwrite]' -r -f -a "overwrite\t'Replace it'
skip\t'Leave it'
error\t'Fail'
update\t'Replace it unless size and time, or size and hash, are equal'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l include -d 'Include files that match a gitignore pattern; if given first, only those' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l exclude -d 'Exclude files that match a gitignore pattern; the last match decides' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l ignore-file -d 'Read patterns from a file, before those of flags; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l links -d 'Links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Transfer their targets; a link that leads out of the tree fails'
skip\t'Exclude links'
follow\t'Transfer their targets, wherever they are'
error\t'Fail for each link'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l require -d 'Exit with 11 if fewer than N files arrive' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l receipt -d 'Append each receipt to a file as it happens, as a line of JSON' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l report -d 'Also report failures and a summary to a CI system: github' -r -f -a "github\t'Annotations and a step summary of GitHub Actions'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l no-settle -d 'Do not wait for new output files to appear'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l all -d 'Download all files of the same name, with ids in their names'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l checksum -d 'With --if-exists update, compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l dry-run -d 'Print what would be done without doing it'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l max-delete -d 'Fail before anything is changed if more than N entries would be deleted' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l include -d 'Include files that match a gitignore pattern; if given first, only those' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l exclude -d 'Exclude files that match a gitignore pattern; the last match decides' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l ignore-file -d 'Read patterns from a file, before those of flags; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l links -d 'Links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Transfer their targets; a link that leads out of the tree fails'
skip\t'Exclude links'
follow\t'Transfer their targets, wherever they are'
error\t'Fail for each link'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l require -d 'Exit with 11 if fewer than N files arrive' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l receipt -d 'Append each receipt to a file as it happens, as a line of JSON' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l report -d 'Also report failures and a summary to a CI system: github' -r -f -a "github\t'Annotations and a step summary of GitHub Actions'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l delete -d 'Delete what SOURCE lacks, after all transfers have succeeded'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s y -l yes -d 'Do not ask before everything is deleted because SOURCE is empty'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l checksum -d 'Compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l no-settle -d 'Do not wait for new output files to appear'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -l dry-run -d 'Print what would be done without doing it'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from sync" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l scope-id -d 'Only stored files of this session or mounted in it' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s l -d 'Show sizes, times and modes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s R -l recursive -d 'List directories recursively'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l scope-id -d 'Only stored files of this session or mounted in it' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s l -d 'Show sizes, times and modes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s R -l recursive -d 'List directories recursively'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l file-id -d 'A stored file, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l file-id -d 'A stored file, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l range -d 'Print bytes A to B, counted from 0 and inclusive, or A- to the end' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l mode -d 'Permission bits in octal' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l no-parents -d 'Fail if a parent is missing or the directory exists'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s p -d 'Accepted for compatibility: parents are always created'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l file-id -d 'A stored file, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s r -l recursive -d 'Remove directories and their contents'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s f -l force -d 'Succeed if a target does not exist'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l dry-run -d 'Print what would be removed without removing it'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l file-id -d 'A stored file, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s r -l recursive -d 'Remove directories and their contents'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s f -l force -d 'Succeed if a target does not exist'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print what would be removed without removing it'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "add" -d 'Mount files and other resources into a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "create" -d 'Mount files and other resources into a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "list" -d 'List the resources of a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "ls" -d 'List the resources of a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "get" -d 'Show a resource'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "update" -d 'Change a resource, such as the token of a repository'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "delete" -d 'Unmount resources'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm" -f -a "rm" -d 'Unmount resources'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l file-id -d 'Stored file to mount' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l file -d 'Local file to upload and mount' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l mount-path -d 'Path to mount at [default: from the file\'s name]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l type -d 'Resource type: file, github_repository, memory_store or context' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l file-id -d 'Stored file to mount' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l file -d 'Local file to upload and mount' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l mount-path -d 'Path to mount at [default: from the file\'s name]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l type -d 'Resource type: file, github_repository, memory_store or context' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l resource-id -d 'The resource, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l resource-id -d 'The resource, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l resource-id -d 'A resource, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l mount-path -d 'Unmount the resource at this path' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l session-id -d 'The session, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l resource-id -d 'A resource, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l mount-path -d 'Unmount the resource at this path' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -f -a "list" -d 'List agents, or the versions of an agent'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -f -a "ls" -d 'List agents, or the versions of an agent'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -f -a "get" -d 'Show agents'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and not __fish_seen_subcommand_from list ls get show" -f -a "show" -d 'Show agents'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l agent-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l created-at-gte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l created-at-lte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -l include-archived -d 'Include archived agents'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l agent-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l created-at-gte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l created-at-lte -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -l include-archived -d 'Include archived agents'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l agent-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l version -d 'Show this version [default: the newest]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l agent-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l version -d 'Show this version [default: the newest]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand agents; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -f -a "list" -d 'List environments'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -f -a "ls" -d 'List environments'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -f -a "get" -d 'Show environments'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and not __fish_seen_subcommand_from list ls get show" -f -a "show" -d 'Show environments'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -l include-archived -d 'Include archived environments'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most N entries, and print a token for the next page' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag; -1 means no limit' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l page -d 'Continue from the \'more: TOKEN\' of an earlier listing' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -l include-archived -d 'Include archived environments'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l environment-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l environment-id -d 'The same, by the vendor\'s flag' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand environments; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s w -l cwd -l workdir -d 'Working directory; a relative path lies under the session\'s home' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s e -l env -d 'Set a variable; without =VALUE it is passed on from here' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l env-file -d 'Read variables from a file, one NAME=VALUE per line' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l shell -d 'Run a script with sh -c in the session' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l language -d 'Run code with an interpreter: a file, or - for stdin' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s i -l interactive -d 'Pass stdin on to the command'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s t -l tty -d 'Give the command a terminal'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand exec" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s f -l file -d 'Read the prompt from a file' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l attach -d 'Show the agent a local file or a stored one; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l conversation -d 'Continue a conversation, or begin a new one: ID or new' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l protocol -d 'Use this protocol if the agent speaks several' -r -f -a "responses\t'Messages with text and files'
invocations\t'Bytes in the agent\'s own form'"
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l system -d 'Give the agent an instruction besides the prompt' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l on-ask -d 'Answer if the agent asks whether a tool may run [default: ask on a terminal, fail elsewhere]' -r -f -a "ask\t'Ask at the terminal'
allow\t'Let it run'
deny\t'Do not let it run'
fail\t'Stop the turn and fail'"
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l allow-tool -d 'Allow tools by name, MCP tools as SERVER/NAME; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l tool -d 'Answer a tool with a command of this machine; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l follow -d 'Follow the turn that runs, or the last one, and send nothing'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -l allow-denied -d 'Succeed although a tool was denied'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand invoke" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand run" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand run" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand run" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand run" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand run" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand run" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l title -d 'Title of the session' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l label -d 'Label to set; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l metadata -d 'Labels by the vendor\'s flag: K=V, or a mapping' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l resource -d 'Mount FILE_ID[:MOUNT_PATH], @LOCAL[:MOUNT_PATH] or a YAML object' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l ttl -d 'Delete the session after this idle time, such as 2h, at least 1s' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l id -d 'Id for the new session [default: generated]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand run" -l agent-version -d 'Version of the agent' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l environment -d 'Environment to run the session in [env: WHARF_ENVIRONMENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l vault -d 'Vault with credentials for the agent; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l image -d 'Image to start the session from [env: WHARF_IMAGE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l max-cost -d 'Pause the agent when it has cost this much at list price: 2.50' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l in -d 'Upload a file or a directory before the work; can be repeated' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand run" -l out -d 'Download a file or a directory after the work; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l keep -d 'Keep the session: never, on-failure or always' -r -f -a "never\t'It is always deleted'
on-failure\t'It is kept after a failure'
always\t'It is always kept'"
complete -c wharf -n "__fish_wharf_using_subcommand run" -s f -l file -d 'Read the prompt from a file' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand run" -l report -d 'Also report failures and a summary to a CI system: github' -r -f -a "github\t'Annotations and a step summary of GitHub Actions'"
complete -c wharf -n "__fish_wharf_using_subcommand run" -l on-ask -d 'Answer if the agent asks whether a tool may run [default: ask on a terminal, fail elsewhere]' -r -f -a "ask\t'Ask at the terminal'
allow\t'Let it run'
deny\t'Do not let it run'
fail\t'Stop the turn and fail'"
complete -c wharf -n "__fish_wharf_using_subcommand run" -l allow-tool -d 'Allow tools by name, MCP tools as SERVER/NAME; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l tool -d 'Answer a tool with a command of this machine; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -s w -l cwd -d 'Working directory of the command, below the session\'s home' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -s e -l env -d 'Set a variable for the command; NAME alone passes it on' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand run" -l env-file -d 'Read variables for the command from a file, one NAME=VALUE per line' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand run" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand run" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand run" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand run" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand run" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand run" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand run" -l wait -d 'Wait until the session can be used'
complete -c wharf -n "__fish_wharf_using_subcommand run" -l allow-denied -d 'Succeed although a tool was denied'
complete -c wharf -n "__fish_wharf_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand run" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand with" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand with" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand with" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand with" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand with" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand with" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l title -d 'Title of the session' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l label -d 'Label to set; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l metadata -d 'Labels by the vendor\'s flag: K=V, or a mapping' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l resource -d 'Mount FILE_ID[:MOUNT_PATH], @LOCAL[:MOUNT_PATH] or a YAML object' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l ttl -d 'Delete the session after this idle time, such as 2h, at least 1s' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l id -d 'Id for the new session [default: generated]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l body -d 'YAML or JSON file with fields; flags override them; - for stdin' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand with" -l agent-version -d 'Version of the agent' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l environment -d 'Environment to run the session in [env: WHARF_ENVIRONMENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l vault -d 'Vault with credentials for the agent; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l image -d 'Image to start the session from [env: WHARF_IMAGE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l max-cost -d 'Pause the agent when it has cost this much at list price: 2.50' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand with" -l keep -d 'Keep the session: never, on-failure or always' -r -f -a "never\t'It is always deleted'
on-failure\t'It is kept after a failure'
always\t'It is always kept'"
complete -c wharf -n "__fish_wharf_using_subcommand with" -l report -d 'Also report failures and a summary to a CI system: github' -r -f -a "github\t'Annotations and a step summary of GitHub Actions'"
complete -c wharf -n "__fish_wharf_using_subcommand with" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand with" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand with" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand with" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand with" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand with" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand with" -l wait -d 'Wait until the session can be used'
complete -c wharf -n "__fish_wharf_using_subcommand with" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand with" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -f -a "list" -d 'List runs that go on, whose sessions are kept, or that could not clean up'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -f -a "ls" -d 'List runs that go on, whose sessions are kept, or that could not clean up'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -f -a "prune" -d 'Delete what is left of runs that were killed, and of those that are kept'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and not __fish_seen_subcommand_from list ls prune watch" -f -a "watch" -d 'Finish a run when its process is gone'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l older-than -d 'Also delete the sessions of kept runs that began before this time, such as 7d' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -l dry-run -d 'Print what would be deleted, and delete nothing'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Delete kept sessions without asking'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from prune" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand runs; and __fish_seen_subcommand_from watch" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "path" -d 'Print the path of the configuration file, even if it does not exist'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "list" -d 'List all settings and where each comes from'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "ls" -d 'List all settings and where each comes from'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "get" -d 'Print one setting'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "init" -d 'Create a profile in the configuration file'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "set" -d 'Set a key of a profile in the configuration file'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get init set unset" -f -a "unset" -d 'Remove a key of a profile from the configuration file'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l environment -d 'Environment of new sessions' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l image -d 'Image of new sessions' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -l force -d 'Replace a profile that exists'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from unset" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l listen -d 'Loopback address or port to listen on [default: a free port]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l store -d 'Directory for all data [default: temporary, removed at the end]' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l agent-command -d 'Program that answers in Anthropic and Foundry sessions, with its arguments in POSIX quoting' -r -f -a "(__fish_complete_command)"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l fault -d 'Make requests fail on purpose; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l log -d 'Append each request to a file, as a line of JSON' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l env-file -d 'Write the variables to a new file that exists while the server runs' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l tls -d 'Serve HTTPS with a certificate of a temporary authority'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l exec -d 'Run commands and code of AGB sessions as this user, without a sandbox'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l root -d 'Directory that localPath may name files in; can be repeated' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l tools -d 'Offer only these groups of tools' -r -f -a "sessions\t'Create, list, stop and delete sessions'
files\t'Files in sessions'
agent\t'Messages to agents, events and logs'
exec\t'Commands in sessions'
resources\t'Resources mounted into sessions'"
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l max-inline -d 'Limit of contents in messages, 1KiB to 4MiB [default: 64KiB text, 32KiB base64]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l read-only -d 'Offer only tools that change nothing'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -l allow-local-exec -d 'Let tools run programs on this machine, as this user'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand mcp" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -f -a "install" -d 'Write the skill where coding agents look for it'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and not __fish_seen_subcommand_from install show" -f -a "show" -d 'Print the skill'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l dir -d 'Directory to install below, in .agents/skills and .claude/skills [default: .]' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from install" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand skill; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l static -d 'Print a script that knows commands and flags only; always so for elvish and PowerShell'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand man" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand man" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand man" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand man" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand man" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand man" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand man" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand man" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand options" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand options" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand options" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand options" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand options" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand options" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand options" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand options" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand options" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand options" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand options" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand options" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand options" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand options" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand help" -s b -l backend -d 'Use this backend; see \'wharf backends\' [env: WHARF_BACKEND]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l profile -d 'Use this profile of the configuration file [env: WHARF_PROFILE]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -s s -l session -d 'Session for targets of the form :PATH [env: WHARF_SESSION]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l agent -d 'Agent for new sessions; on foundry, for every call [env: WHARF_AGENT]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l format -d 'Output format [default: auto] [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'One JSON object per line'
yaml\t'YAML; a listing is one list'
raw\t'The answer of the service as it is'
agent\t'One short line per object, for coding agents'"
complete -c wharf -n "__fish_wharf_using_subcommand help" -l transform -d 'Print what a GJSON path selects from each object, one result per line' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l color -d 'Control the use of color [default: auto]' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand help" -l progress -d 'Control how progress is shown [default: auto]' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand help" -l timeout -d 'Stop the command after this time, such as 90s or 15m [default: none]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l connect-timeout -d 'Time limit for connecting to a service [default: 10s]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l retries -d 'Number of retries for each request [default: 4]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l jobs -d 'Most files to transfer at once, 1 to 256 [default: per backend] [env: WHARF_JOBS]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l base-url -d 'Address of the service [default: per backend]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l token-file -d 'Read the token for the service from a file or a pipe' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand help" -l user-identity -d 'End user on whose behalf to call [env: WHARF_USER_IDENTITY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l isolation-key -d 'Key that isolates an end user\'s sessions [env: WHARF_ISOLATION_KEY]' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l ca-cert -d 'File with additional certificates to trust' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand help" -l header -d 'Header to add to each request, no credentials; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -l beta -d 'Beta feature header to send; can be repeated' -r -f
complete -c wharf -n "__fish_wharf_using_subcommand help" -s r -l raw-output -d 'Print strings selected by --transform without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand help" -s q -l quiet -d 'Print ids or paths only, one per line'
complete -c wharf -n "__fish_wharf_using_subcommand help" -s 0 -l null -d 'End results of -q and --transform with NUL instead of a newline'
complete -c wharf -n "__fish_wharf_using_subcommand help" -s v -l verbose -d 'Print settings, retries and excluded files to stderr'
complete -c wharf -n "__fish_wharf_using_subcommand help" -l debug -d 'Print requests, responses and causes of errors, with secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand help" -l utc -d 'Show times in UTC instead of the local time zone'
complete -c wharf -n "__fish_wharf_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand help" -s V -l version -d 'Print version'
