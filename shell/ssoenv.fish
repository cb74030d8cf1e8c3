# The hook of ssoenv for fish 3.4 and newer: ssoenv init fish | source
#
# It prints nothing when loaded, keeps $status and $pipestatus, and starts no process at a prompt
# unless there is something to do (before fish 3.6: one `date`). Names begin with __ssoenv_.

# The program, with whatever text it prints for this shell evaluated. $argv: its words.
function __ssoenv_call
    # No trace may show a key.
    set -l fish_trace
    set -l used ''
    if set -q SSOENV_PROFILE; and test -n "$SSOENV_PROFILE"
        set used $SSOENV_PROFILE
    else if set -q SSOENV_ACCOUNT_ID; and test -n "$SSOENV_ACCOUNT_ID"
        set used "//$SSOENV_ACCOUNT_ID/$SSOENV_ROLE/$SSOENV_SESSION"
    end
    set -lx SSOENV_SHELL fish
    if not set -q SSOENV_PREV; and set -q __ssoenv_prev
        set -fx SSOENV_PREV $__ssoenv_prev 2>/dev/null; or set -lx SSOENV_PREV $__ssoenv_prev
    end
    set -l text ''
    command ssoenv $argv | read -z text
    set -l code $pipestatus[1]
    set -e SSOENV_SHELL
    if test $code -eq 0; and test -n "$text"
        if string match -q -- '#ssoenv/1' (string split -m1 \n -- $text)[1]
            builtin printf '%s' $text | source; or set code 1
        else
            echo 'ssoenv: the hook is older than the binary: open a new shell' >&2
            set code 1
        end
    end
    # `clear` has taken SSOENV_PREV away; `use -` shall work all the same.
    if test -n "$used"; and not set -q SSOENV_MODE
        set -g __ssoenv_prev $used
    end
    return $code
end

# Whether the output of these words is shell code for us: `use`, `clear`, `init --remove`, and
# nothing that asks for plain text.
function __ssoenv_is_ours
    set -l fish_trace
    set -l verb ''
    set -l remove ''
    set -l skip ''
    for word in $argv
        if test -n "$skip"
            set skip ''
            continue
        end
        switch $word
            case --shell '--shell=*' -h --help -V --version
                return 1
            case --color
                test -n "$verb"; or set skip 1
            case --remove
                set remove 1
            case '-?*'
            case '*'
                test -n "$verb"; or set verb $word
        end
    end
    switch $verb
        case use clear
            return 0
        case init
            test -n "$remove"
        case '*'
            return 1
    end
end

function ssoenv --description 'AWS credentials from IAM Identity Center'
    if __ssoenv_is_ours $argv
        __ssoenv_call $argv
    else
        command ssoenv $argv
    end
end

# Seconds since 1970, without a process from fish 3.6 on.
if path mtime / >/dev/null 2>&1
    function __ssoenv_clock
        math (path mtime /) + (path mtime -R /)
    end
else
    function __ssoenv_clock
        command date +%s
    end
end

# Whether the argument is a number.
function __ssoenv_digits
    string match -qr '^[0-9]{1,12}$' -- "$argv"
end

# Whether the user has set other keys or another profile since `use`.
function __ssoenv_changed
    if test "$SSOENV_MODE" = keys
        test "$AWS_ACCESS_KEY_ID" != "$SSOENV_KEY_ID"; or set -q AWS_PROFILE
    else
        test "$AWS_PROFILE" != "$SSOENV_KEY_ID"; or set -q AWS_ACCESS_KEY_ID
    end
end

# Takes new credentials from the cache, or asks for a refresh in the background.
function __ssoenv_check
    set -l file $SSOENV_STAMP
    test -n "$file"; or return 0
    __ssoenv_changed; and return 0
    set -l generation ''
    if test -f "$file"; and test -O "$file"; and not test -L "$file"
        read -l -d ' ' first rest <$file; or return 0
        set generation $first
    else if test -e "$file"; or not test -d (string replace -r '/[^/]*$' '' -- $file)
        return 0
    end
    if test "$generation" != "$SSOENV_GEN"
        # Once for each state that is met, whatever comes of it.
        if test "$__ssoenv_seen" != "$file $generation"
            set -g __ssoenv_seen "$file $generation"
            __ssoenv_call use --from-cache
        end
    else if __ssoenv_digits $SSOENV_REFRESH_AT; and test $argv[1] -ge $SSOENV_REFRESH_AT
        if not set -q __ssoenv_retry; or test $argv[1] -ge $__ssoenv_retry
            set -g __ssoenv_retry (math $argv[1] + 60)
            command ssoenv refresh >/dev/null 2>&1
        end
    end
end

# Asks the program when a tree with a `.ssoenv` file has been entered or left.
function __ssoenv_follow
    test "$PWD" != "$__ssoenv_pwd"; or return 0
    set -g __ssoenv_pwd $PWD
    set -l here $PWD
    set -l found
    while test -n "$here"
        if test -f "$here/.ssoenv"
            set found "$here/.ssoenv"
            break
        end
        set here (string replace -r '/[^/]*$' '' -- $here)
    end
    if test "$found" != "$__ssoenv_directory"
        set -g __ssoenv_directory $found
        __ssoenv_call directory $found
    end
end

# The segment as text in __ssoenv_text. $argv[1]: now.
function __ssoenv_segment
    set -g __ssoenv_text ''
    set -q SSOENV_MODE; or return 0
    set -l label $SSOENV_LABEL
    if __ssoenv_digits $COLUMNS
        test $COLUMNS -ge 40; or return 0
        if test $COLUMNS -lt 60; and test -n "$SSOENV_ROLE"
            set label $SSOENV_ROLE
        end
    end
    set label (string replace -ra '[[:cntrl:]]' '' -- "$label")
    set -l left ''
    if __ssoenv_changed
        set left changed
    else if __ssoenv_digits $SSOENV_EXPIRES_AT
        set -l seconds (math $SSOENV_EXPIRES_AT - $argv[1])
        if test $seconds -le 0
            set left expired
        else if test $seconds -lt 3600
            set left (math -s0 $seconds / 60)m
        else
            set left (builtin printf '%dh%02dm' (math -s0 $seconds / 3600) (math -s0 "$seconds % 3600 / 60"))
        end
    end
    if set -q SSOENV_LEFT
        set left (string replace -- '{}' "$left" (string replace -ra '[[:cntrl:]]' '' -- "$SSOENV_LEFT"))
    else if test -n "$left"
        set left " $left"
    end
    if set -q NO_COLOR; and test -n "$NO_COLOR"; or test "$TERM" = dumb
        set -g __ssoenv_text "$label$left "
        return 0
    end
    set -l color 36
    switch "$SSOENV_COLOR"
        case black red green yellow blue magenta cyan white
            set color (math 29 + (contains -i -- $SSOENV_COLOR black red green yellow blue magenta cyan white))
        case '*'
            if __ssoenv_digits $SSOENV_COLOR
                set color "38;5;$SSOENV_COLOR"
            end
    end
    set -g __ssoenv_text \e"[$color"m"$label$left"\e'[0m '
end

# Ends with the given code, to put $status and $pipestatus back.
function __ssoenv_end
    return $argv[1]
end

if status is-interactive
    set -g __ssoenv_directory $SSOENV_DIRECTORY

    function __ssoenv_prompt --on-event fish_prompt
        set -l fish_trace
        set -l now (__ssoenv_clock)
        __ssoenv_follow
        __ssoenv_check $now
        set -g __ssoenv_text ''
        if set -q __ssoenv_show
            __ssoenv_segment $now
            __ssoenv_adopt
        end
    end

    # Puts the segment before the prompt that is there now: once, and again if another tool makes
    # a new one.
    function __ssoenv_adopt
        functions -q fish_prompt; or return 0
        string match -q '*__ssoenv_text*' -- (functions fish_prompt); and return 0
        functions -q __ssoenv_user_prompt; and functions -e __ssoenv_user_prompt
        functions -c fish_prompt __ssoenv_user_prompt
        function fish_prompt
            set -l codes $pipestatus
            set -l code $status
            builtin printf '%s' $__ssoenv_text
            if test (count $codes) -gt 1
                eval (string join ' | ' -- '__ssoenv_end '$codes)
            else
                __ssoenv_end $code
            end
            __ssoenv_user_prompt
        end
    end
end

# Takes the hook out of this shell again. What `use` has set stays.
function __ssoenv_remove
    if functions -q __ssoenv_user_prompt
        functions -e fish_prompt
        functions -c __ssoenv_user_prompt fish_prompt
    end
    complete -e -c ssoenv
    set -e -g __ssoenv_show
    set -e -g __ssoenv_text
    set -e -g __ssoenv_seen
    set -e -g __ssoenv_retry
    set -e -g __ssoenv_pwd
    set -e -g __ssoenv_directory
    set -e -g __ssoenv_prev
    functions -e ssoenv (functions -an | string match '__ssoenv_*')
end
