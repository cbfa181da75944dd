# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_wharf_global_optspecs
    string join \n b/backend= profile= s/session= agent= format= transform= r/raw-output q/quiet 0/null v/verbose debug color= progress= timeout= connect-timeout= retries= jobs= base-url= token-file= user-identity= isolation-key= ca-cert= header= beta= h/help V/version
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

complete -c wharf -n "__fish_wharf_needs_command" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_needs_command" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_needs_command" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_needs_command" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_needs_command" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_needs_command" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_needs_command" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_needs_command" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_needs_command" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_needs_command" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_needs_command" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_needs_command" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_needs_command" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_needs_command" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_needs_command" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_needs_command" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_needs_command" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_needs_command" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_needs_command" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_needs_command" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_needs_command" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_needs_command" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_needs_command" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_needs_command" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "sessions" -d 'Isolated environments with a file system'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "files" -d 'Files inside sessions, and stored files outside of them'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "resources" -d 'What is mounted into a session'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "backends" -d 'What each backend can do, as data'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "config" -d 'Where settings come from and what they are'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "doctor" -d 'Looks at configuration, credentials, the backend and the clock, and makes a round trip'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "serve" -d 'Runs an emulator of hosted services for tests, on this machine only; any key is accepted'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "completions" -d 'Prints a completion script for a shell'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "man" -d 'Writes the manual pages into a directory'
complete -c wharf -n "__fish_wharf_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "create" -d 'Makes a session and prints it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "list" -d 'Prints the sessions, newest first'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "ls" -d 'Prints the sessions, newest first'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "get" -d 'Prints sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "show" -d 'Prints sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "label" -d 'Sets, changes and removes labels, and prints those that result'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "update" -d 'Changes a session\'s title and labels, and prints it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "wait" -d 'Waits until a session can be used'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "touch" -d 'Resets the idle timer'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "stop" -d 'Frees the compute and keeps the files'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "archive" -d 'Keeps the history and nothing else'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "delete" -d 'Deletes sessions and all that is in them'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "rm" -d 'Deletes sessions and all that is in them'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and not __fish_seen_subcommand_from create list ls get show label update wait touch stop archive delete rm help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l title -d 'A title for people' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l label -d 'A label; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l metadata -d 'Labels by the vendor\'s flag: K=V, or a mapping' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l resource -d 'Something to mount: FILE_ID[:MOUNT_PATH], @LOCAL[:MOUNT_PATH], or a YAML object' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l ttl -d 'How long it may idle before it goes away, such as 2h' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l id -d 'A name of your own for it' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l body -d 'A YAML or JSON document, merged under the flags; - for standard input' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l agent-version -d 'The agent\'s version' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l environment -d 'The environment that it runs in [env: WHARF_ENVIRONMENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l vault -d 'A vault with its agent\'s credentials; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l image -d 'The image that it starts from [env: WHARF_IMAGE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -l wait -d 'Wait until it can be used'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l label -d 'Only sessions with this label; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l status -d 'Only sessions of this status; may be given several times' -r -f -a "creating\t'Being made'
running\t'Usable, with its compute up or an agent at work'
idle\t'Usable, waiting'
stopped\t'Its compute is freed, its files are kept'
failed\t'Broken for good'
deleting\t'Being deleted'
archived\t'Kept for reading only'
expired\t'Gone by its idle limit'
unknown\t'A word that wharf does not know'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l agent-id -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l agent-version -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-gt -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-gte -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-lt -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l created-at-lte -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l deployment-id -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l memory-store-id -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l order -r -f -a "asc\t''
desc\t''"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l limit -d 'Show at most so many, and say how to go on' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag, where -1 is no limit' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l page -d 'Go on where \'more: TOKEN\' of an earlier listing said' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -l include-archived -d 'Also sessions that were archived'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l label -d 'Only sessions with this label; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l status -d 'Only sessions of this status; may be given several times' -r -f -a "creating\t'Being made'
running\t'Usable, with its compute up or an agent at work'
idle\t'Usable, waiting'
stopped\t'Its compute is freed, its files are kept'
failed\t'Broken for good'
deleting\t'Being deleted'
archived\t'Kept for reading only'
expired\t'Gone by its idle limit'
unknown\t'A word that wharf does not know'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l agent-id -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l agent-version -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-gt -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-gte -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-lt -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l created-at-lte -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l deployment-id -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l memory-store-id -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l order -r -f -a "asc\t''
desc\t''"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most so many, and say how to go on' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag, where -1 is no limit' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l page -d 'Go on where \'more: TOKEN\' of an earlier listing said' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -l include-archived -d 'Also sessions that were archived'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from label" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l title -d 'The new title' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l label -d 'A label to set or change; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l metadata -d 'Labels by the vendor\'s flag: K=V, or a mapping in which null removes one' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l body -d 'A YAML or JSON document, merged under the flags; - for standard input' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l for -d 'What to wait for; until it can be used where nothing is said' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from wait" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from touch" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from archive" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l label -d 'All sessions with this label; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Do not ask before deleting by label'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print what would be deleted, and delete nothing'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l missing-ok -d 'A session that is not there is no failure'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l force -d 'Interrupt a session that is running'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -l with-files -d 'Delete the stored files too that wharf uploaded for it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l session-id -d 'The same, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l label -d 'All sessions with this label; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Do not ask before deleting by label'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l dry-run -d 'Print what would be deleted, and delete nothing'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l missing-ok -d 'A session that is not there is no failure'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l force -d 'Interrupt a session that is running'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -l with-files -d 'Delete the stored files too that wharf uploaded for it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "create" -d 'Makes a session and prints it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "list" -d 'Prints the sessions, newest first'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "get" -d 'Prints sessions'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "label" -d 'Sets, changes and removes labels, and prints those that result'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "update" -d 'Changes a session\'s title and labels, and prints it'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "wait" -d 'Waits until a session can be used'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "touch" -d 'Resets the idle timer'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Frees the compute and keeps the files'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "archive" -d 'Keeps the history and nothing else'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Deletes sessions and all that is in them'
complete -c wharf -n "__fish_wharf_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "upload" -d 'Puts files and trees into a session, or into the workspace\'s file store'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "download" -d 'Fetches files and trees'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "get" -d 'Fetches files and trees'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "ls" -d 'Lists a session\'s files, or the stored files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "list" -d 'Lists a session\'s files, or the stored files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "stat" -d 'Prints what is known of files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "cat" -d 'Prints what files hold'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "mkdir" -d 'Makes directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "mv" -d 'Moves a file or a directory inside one session'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "rm" -d 'Removes files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "delete" -d 'Removes files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and not __fish_seen_subcommand_from upload download get ls list stat cat mkdir mv rm delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l file -d 'A source, by the vendor\'s flag; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l into -d 'Put all sources into this directory by name, however many there are' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l name -d 'What to call a source that has no name of its own' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l mime-type -d 'The media type of a stored file' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l expires-in -d 'How long the stored file is kept, such as 36h or 30d; for one that is mounted, the original' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l include -d 'Take what a gitignore pattern matches, and nothing else where it is the first of these flags' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l exclude -d 'Leave out what a gitignore pattern matches; the last pattern that matches decides' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l ignore-file -d 'Patterns of a file, before those of all flags; may be given several times' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l if-exists -d 'What to do where something is: overwrite, skip, error or update [default: overwrite]' -r -f -a "overwrite\t'Replace it'
skip\t'Leave it'
error\t'Fail'
update\t'Replace it unless size and time, or size and hash, are equal'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l links -d 'What to do with links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Take what they point to; one that leads out of the tree is a failed item'
skip\t'Leave them out'
follow\t'Take what they point to, wherever it is'
error\t'Each is a failed item'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l require -d 'Exit with 11 where fewer than N files arrive' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l receipt -d 'Write each receipt to this file as it happens, a JSON object a line' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l verify -d 'Read back and hash what the backend tells no hash of'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l checksum -d 'For --if-exists update: compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -l dry-run -d 'Print what would be done, and do nothing'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from upload" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l file-id -d 'A stored file, by the vendor\'s flag; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s o -l output -d 'Where it goes, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l into -d 'Put all targets into this directory by name, however many there are' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l max-size -d 'Fetch nothing if it is more than this in all, such as 500MB or 10GiB' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l max-files -d 'Fetch nothing if it is more than so many files' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l include -d 'Take what a gitignore pattern matches, and nothing else where it is the first of these flags' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l exclude -d 'Leave out what a gitignore pattern matches; the last pattern that matches decides' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l ignore-file -d 'Patterns of a file, before those of all flags; may be given several times' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l if-exists -d 'What to do where something is: overwrite, skip, error or update [default: overwrite]' -r -f -a "overwrite\t'Replace it'
skip\t'Leave it'
error\t'Fail'
update\t'Replace it unless size and time, or size and hash, are equal'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l links -d 'What to do with links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Take what they point to; one that leads out of the tree is a failed item'
skip\t'Leave them out'
follow\t'Take what they point to, wherever it is'
error\t'Each is a failed item'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l require -d 'Exit with 11 where fewer than N files arrive' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l receipt -d 'Write each receipt to this file as it happens, a JSON object a line' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l no-settle -d 'Take what is there, and do not wait for what an agent made to come to light'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l all -d 'Of several files of one name, fetch each under a name with its id'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l checksum -d 'For --if-exists update: compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -l dry-run -d 'Print what would be done, and do nothing'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from download" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l file-id -d 'A stored file, by the vendor\'s flag; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s o -l output -d 'Where it goes, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l into -d 'Put all targets into this directory by name, however many there are' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l max-size -d 'Fetch nothing if it is more than this in all, such as 500MB or 10GiB' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l max-files -d 'Fetch nothing if it is more than so many files' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l include -d 'Take what a gitignore pattern matches, and nothing else where it is the first of these flags' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l exclude -d 'Leave out what a gitignore pattern matches; the last pattern that matches decides' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l ignore-file -d 'Patterns of a file, before those of all flags; may be given several times' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l if-exists -d 'What to do where something is: overwrite, skip, error or update [default: overwrite]' -r -f -a "overwrite\t'Replace it'
skip\t'Leave it'
error\t'Fail'
update\t'Replace it unless size and time, or size and hash, are equal'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l links -d 'What to do with links: follow-inside, skip, follow or error [default: follow-inside]' -r -f -a "follow-inside\t'Take what they point to; one that leads out of the tree is a failed item'
skip\t'Leave them out'
follow\t'Take what they point to, wherever it is'
error\t'Each is a failed item'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l require -d 'Exit with 11 where fewer than N files arrive' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l receipt -d 'Write each receipt to this file as it happens, a JSON object a line' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l no-settle -d 'Take what is there, and do not wait for what an agent made to come to light'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l all -d 'Of several files of one name, fetch each under a name with its id'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l checksum -d 'For --if-exists update: compare contents instead of times'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -l dry-run -d 'Print what would be done, and do nothing'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l scope-id -d 'Only stored files that belong to this session or are mounted in it' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most so many, and say how to go on' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag, where -1 is no limit' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l page -d 'Go on where \'more: TOKEN\' of an earlier listing said' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s l -d 'Sizes, times and modes as well'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s R -l recursive -d 'The whole tree'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l scope-id -d 'Only stored files that belong to this session or are mounted in it' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l limit -d 'Show at most so many, and say how to go on' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag, where -1 is no limit' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l page -d 'Go on where \'more: TOKEN\' of an earlier listing said' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s l -d 'Sizes, times and modes as well'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s R -l recursive -d 'The whole tree'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l file-id -d 'A stored file, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from stat" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l file-id -d 'A stored file, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l range -d 'Only these bytes, counted from 0, the last one included: A-B, or A- to the end' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from cat" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l mode -d 'Permission bits, in octal' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -l no-parents -d 'Fail where the parent is missing or the directory exists'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s p -d 'Accepted for the habit of it: parents are made anyway'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mkdir" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from mv" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l file-id -d 'A stored file, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s r -l recursive -d 'Directories too, with all that is in them'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s f -l force -d 'What is not there is no failure'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -l dry-run -d 'Print what would be removed, and remove nothing'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l file-id -d 'A stored file, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s r -l recursive -d 'Directories too, with all that is in them'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s f -l force -d 'What is not there is no failure'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print what would be removed, and remove nothing'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "upload" -d 'Puts files and trees into a session, or into the workspace\'s file store'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "download" -d 'Fetches files and trees'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "ls" -d 'Lists a session\'s files, or the stored files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "stat" -d 'Prints what is known of files'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "cat" -d 'Prints what files hold'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "mkdir" -d 'Makes directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "mv" -d 'Moves a file or a directory inside one session'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "rm" -d 'Removes files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand files; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "add" -d 'Mounts stored files and other things into a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "create" -d 'Mounts stored files and other things into a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "list" -d 'Prints what is mounted in a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "ls" -d 'Prints what is mounted in a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "get" -d 'Prints one resource'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "update" -d 'Changes a resource by a document, such as a repository\'s token'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "delete" -d 'Unmounts resources'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "rm" -d 'Unmounts resources'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and not __fish_seen_subcommand_from add create list ls get update delete rm help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l file-id -d 'A stored file' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l file -d 'A local file, to be uploaded and mounted' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l mount-path -d 'Where to mount it; made from the file\'s name where nothing is said' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l type -d 'What it is: file, github_repository, memory_store, context' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l body -d 'A YAML or JSON document, merged under the flags; - for standard input' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from add" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l file-id -d 'A stored file' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l file -d 'A local file, to be uploaded and mounted' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l mount-path -d 'Where to mount it; made from the file\'s name where nothing is said' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l type -d 'What it is: file, github_repository, memory_store, context' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l body -d 'A YAML or JSON document, merged under the flags; - for standard input' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l limit -d 'Show at most so many, and say how to go on' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l max-items -d 'The same by the vendor\'s flag, where -1 is no limit' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l page -d 'Go on where \'more: TOKEN\' of an earlier listing said' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l limit -d 'Show at most so many, and say how to go on' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l max-items -d 'The same by the vendor\'s flag, where -1 is no limit' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l page -d 'Go on where \'more: TOKEN\' of an earlier listing said' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l resource-id -d 'The resource, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l resource-id -d 'The resource, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l body -d 'A YAML or JSON document, merged under the flags; - for standard input' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l resource-id -d 'A resource, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l mount-path -d 'The resource that is mounted here' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l session-id -d 'The session, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l resource-id -d 'A resource, by the vendor\'s flag' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l mount-path -d 'The resource that is mounted here' -r
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from rm" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from help" -f -a "add" -d 'Mounts stored files and other things into a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from help" -f -a "list" -d 'Prints what is mounted in a session'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from help" -f -a "get" -d 'Prints one resource'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from help" -f -a "update" -d 'Changes a resource by a document, such as a repository\'s token'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Unmounts resources'
complete -c wharf -n "__fish_wharf_using_subcommand resources; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand backends" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -f -a "path" -d 'Prints where the configuration file is, whether or not it exists'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -f -a "list" -d 'Prints every setting with where it came from'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -f -a "ls" -d 'Prints every setting with where it came from'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -f -a "get" -d 'Prints one setting'
complete -c wharf -n "__fish_wharf_using_subcommand config; and not __fish_seen_subcommand_from path list ls get help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from ls" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from get" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Prints where the configuration file is, whether or not it exists'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "list" -d 'Prints every setting with where it came from'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "get" -d 'Prints one setting'
complete -c wharf -n "__fish_wharf_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l listen -d 'Where to listen: an address of this machine, or a port; a free port unless given' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l store -d 'Where to keep everything; a temporary directory, removed at the end, unless given' -r -f -a "(__fish_complete_directories)"
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l fault -d 'Make requests fail on purpose; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l log -d 'Write each request as a line of JSON to the end of a file' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l env-file -d 'Write the variables to a new file, which is there while the server accepts connections' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -l tls -d 'Serve HTTPS, with a certificate of a throw-away authority, which some clients insist on'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand serve" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand completions" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s b -l backend -d 'The backend; \'wharf backends\' lists them [env: WHARF_BACKEND]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l profile -d 'A group of settings from the configuration file [env: WHARF_PROFILE]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -s s -l session -d 'The session that :PATH means [env: WHARF_SESSION]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l agent -d 'The agent of new sessions; on foundry, of every call [env: WHARF_AGENT]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l format -d 'How results look [env: WHARF_FORMAT]' -r -f -a "auto\t'A table on a terminal, JSON otherwise'
table\t'A table'
json\t'JSON; a listing is one array'
jsonl\t'An object a line'
yaml\t'YAML; a listing is one list'
raw\t'The provider\'s own answer'"
complete -c wharf -n "__fish_wharf_using_subcommand man" -l transform -d 'Extract from each object what a GJSON path selects, one result a line' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, as the environment has it'
always\t'Always'
never\t'Never'"
complete -c wharf -n "__fish_wharf_using_subcommand man" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, lines otherwise'
bar\t'A bar'
lines\t'A line every ten seconds'
none\t'Nothing'"
complete -c wharf -n "__fish_wharf_using_subcommand man" -l timeout -d 'The longest that the whole command may take, such as 90s or 15m' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l connect-timeout -d 'The longest that connecting to a service may take' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l retries -d 'How often a request is tried again' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l jobs -d 'Files that a transfer moves at once, 1 to 256 [env: WHARF_JOBS]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l base-url -d 'The service\'s address' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l token-file -d 'A file or a pipe with a token for the service, instead of any other login' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand man" -l user-identity -d 'The end user on whose behalf the service is called [env: WHARF_USER_IDENTITY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l isolation-key -d 'What keeps the sessions of one end user apart from others [env: WHARF_ISOLATION_KEY]' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l ca-cert -d 'A file of certificates to trust as well' -r -F
complete -c wharf -n "__fish_wharf_using_subcommand man" -l header -d 'A header of every request, never a credential; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -l beta -d 'A feature of the service that is not there for everybody; may be given several times' -r
complete -c wharf -n "__fish_wharf_using_subcommand man" -s r -l raw-output -d 'Print text that --transform selects without quotes'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s q -l quiet -d 'Print ids or paths only, one a line'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s 0 -l null -d 'End what -q and --transform print with NUL instead of newline'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s v -l verbose -d 'Say more of what is done'
complete -c wharf -n "__fish_wharf_using_subcommand man" -l debug -d 'Say everything, secrets masked'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wharf -n "__fish_wharf_using_subcommand man" -s V -l version -d 'Print version'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "sessions" -d 'Isolated environments with a file system'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "files" -d 'Files inside sessions, and stored files outside of them'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "resources" -d 'What is mounted into a session'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "backends" -d 'What each backend can do, as data'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "config" -d 'Where settings come from and what they are'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "doctor" -d 'Looks at configuration, credentials, the backend and the clock, and makes a round trip'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "serve" -d 'Runs an emulator of hosted services for tests, on this machine only; any key is accepted'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "completions" -d 'Prints a completion script for a shell'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "man" -d 'Writes the manual pages into a directory'
complete -c wharf -n "__fish_wharf_using_subcommand help; and not __fish_seen_subcommand_from sessions files resources backends config doctor serve completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "create" -d 'Makes a session and prints it'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "list" -d 'Prints the sessions, newest first'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "get" -d 'Prints sessions'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "label" -d 'Sets, changes and removes labels, and prints those that result'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "update" -d 'Changes a session\'s title and labels, and prints it'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "wait" -d 'Waits until a session can be used'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "touch" -d 'Resets the idle timer'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "stop" -d 'Frees the compute and keeps the files'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "archive" -d 'Keeps the history and nothing else'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "delete" -d 'Deletes sessions and all that is in them'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "upload" -d 'Puts files and trees into a session, or into the workspace\'s file store'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "download" -d 'Fetches files and trees'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "ls" -d 'Lists a session\'s files, or the stored files'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "stat" -d 'Prints what is known of files'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "cat" -d 'Prints what files hold'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "mkdir" -d 'Makes directories'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "mv" -d 'Moves a file or a directory inside one session'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from files" -f -a "rm" -d 'Removes files and directories'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from resources" -f -a "add" -d 'Mounts stored files and other things into a session'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from resources" -f -a "list" -d 'Prints what is mounted in a session'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from resources" -f -a "get" -d 'Prints one resource'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from resources" -f -a "update" -d 'Changes a resource by a document, such as a repository\'s token'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from resources" -f -a "delete" -d 'Unmounts resources'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Prints where the configuration file is, whether or not it exists'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "list" -d 'Prints every setting with where it came from'
complete -c wharf -n "__fish_wharf_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "get" -d 'Prints one setting'
