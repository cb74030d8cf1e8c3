# The hook of ssoenv for fish 3.4 and newer. Loading it prints nothing, and twice is as good as once.
#
# Names that users may have as functions are called as builtins; numbers from the environment are
# digits before `math` or `test` sees them.

# Runs the program; sources what it prints for this shell, if it succeeds and knows this hook.
function __ssoenv_apply
    # No trace shows what is assigned and sourced here: keys.
    set -l fish_trace
    set -l __ssoenv_was
    # What `use -` means after this, if it leaves nothing active.
    if set -q SSOENV_ON_TOP[1]
        set __ssoenv_was $SSOENV_ON_TOP
    else if set -q SSOENV_PROFILE[1]
        set __ssoenv_was $SSOENV_PROFILE
    else if set -q SSOENV_ACCOUNT_ID[1]; and set -q SSOENV_ROLE[1]
        set __ssoenv_was //$SSOENV_ACCOUNT_ID/$SSOENV_ROLE/"$SSOENV_SESSION"
    end
    set -l __ssoenv_out
    set -l __ssoenv_rc
    begin
        set -lx SSOENV_SHELL fish
        if set -q __ssoenv_prev[1]; and not set -q SSOENV_PREV[1]
            set -lx SSOENV_PREV $__ssoenv_prev
            command ssoenv $argv | builtin read -z __ssoenv_out
            set __ssoenv_rc $pipestatus[1]
        else
            command ssoenv $argv | builtin read -z __ssoenv_out
            set __ssoenv_rc $pipestatus[1]
        end
    end
    if builtin string match -q -- \#ssoenv/1\n\* "$__ssoenv_out"
        if builtin test $__ssoenv_rc -eq 0
            set -g __ssoenv_removed (builtin string replace -rf '^set -e -g (AWS_\w+);$' '$1' -- (builtin string split \n -- $__ssoenv_out))
            builtin printf '%s' "$__ssoenv_out" | builtin source
            functions -q __ssoenv_after; and __ssoenv_after
        end
    else if builtin test -n "$__ssoenv_out"
        builtin echo 'error: the hook is older than the binary: open a new shell' >&2
        builtin test $__ssoenv_rc -ne 0; or set __ssoenv_rc 1
    end
    if builtin test -n "$__ssoenv_was"; and builtin test -z "$SSOENV_MODE"
        set -gu __ssoenv_prev $__ssoenv_was
    end
    return $__ssoenv_rc
end

# After a change: universal variables, and where this pane of tmux is, whose status line counts the
# minutes by itself.
function __ssoenv_after
    if builtin test -n "$SSOENV_MODE"
        __ssoenv_hide
    else
        __ssoenv_unhide
    end
    if set -q TMUX[1]; and set -q TMUX_PANE[1]; and status is-interactive
        # To tmux a semicolon at the end of a word ends the command.
        set -l label (builtin string replace -r ';$' '\\\\;' -- "$SSOENV_LABEL")
        command tmux set-option -p -t $TMUX_PANE -- @ssoenv_label "$label" \; set-option -p -t $TMUX_PANE -- @ssoenv_exp "$SSOENV_EXPIRES_AT" >/dev/null 2>&1
    end
    return 0
end

# Nothing in this shell hides an exported universal variable from its children. So what `use` has
# removed loses its export while it is in use, but not its value; shells that use nothing export a
# copy of their own meanwhile. Which ones these are is a universal variable too.
function __ssoenv_hide
    for name in $__ssoenv_removed
        if set -qUx $name; and not set -qg $name
            contains -- $name $__ssoenv_hidden; or set -Ua __ssoenv_hidden $name
            set -Uu $name $$name
        end
    end
    return 0
end

function __ssoenv_unhide
    set -q __ssoenv_hidden[1]; or return 0
    for name in $__ssoenv_hidden
        # `clear` has given it back as a global one.
        set -l now $$name
        set -e -g $name
        set -Ux $name $$name
        builtin test "$now" = "$$name"; or set -gx $name $now
    end
    set -eU __ssoenv_hidden
    return 0
end

function __ssoenv_exit --on-event fish_exit
    builtin test -z "$SSOENV_MODE"; or __ssoenv_unhide
end

function __ssoenv_copy
    for name in $__ssoenv_copied
        contains -- $name $__ssoenv_hidden; or set -e -g $name
    end
    set -g __ssoenv_copied
    for name in $__ssoenv_hidden
        set -qg $name; or set -gx $name $$name
        set -ga __ssoenv_copied $name
    end
end

functions -e ssoenv
function ssoenv --description 'AWS IAM Identity Center credentials in this shell'
    set -l verb
    set -l value
    set -l own
    set -l text
    for word in $argv
        if set -q value[1]
            set value
            continue
        end
        switch $word
            case '-h*' '-v*h*' '-v*V*' --help '-\?' '-V*' --version --shell '--shell=*'
                set text 1
            case --color
                set -q verb[1]; or set value 1
            case --remove
                builtin test "$verb" = init; and set own 1
            case '-*'
            case '*'
                set -q verb[1]; or set verb $word
        end
    end
    switch "$verb"
        case use clear
            set own 1
        case allow deny
            # The directory's file may count from now on, or no longer.
            set -g __ssoenv_pwd
            set -g __ssoenv_file '?'
    end
    if set -q own[1]; and not set -q text[1]
        __ssoenv_apply $argv
    else
        command ssoenv $argv
    end
end

# {cmd}
functions -e __SSOENV_CMD__
function __SSOENV_CMD__ --wraps 'ssoenv use' --description 'ssoenv use'
    ssoenv use $argv
end
set -g __ssoenv_cmd __SSOENV_CMD__
# {end}

# Whether all words are numbers that `math` and `test` may see.
function __ssoenv_number
    builtin string match -qr '^[0-9]{1,12}$' -- $argv
end

# Seconds since 1970 are __ssoenv_zero and $now, the seconds since the root folder was changed: one
# builtin tells those. Without a process from fish 3.6 on.
if builtin path mtime -R / >/dev/null 2>&1
    function __ssoenv_clock
        builtin path mtime -R /
    end
    function __ssoenv_set_zero
        set -g __ssoenv_zero (builtin path mtime /)
    end
else
    function __ssoenv_clock
        command date +%s
    end
    function __ssoenv_set_zero
        set -g __ssoenv_zero 0
    end
end

# Whether the user has set something else since `use`.
function __ssoenv_changed
    set -l fish_trace
    if builtin test "$SSOENV_MODE" = keys
        builtin test "$AWS_ACCESS_KEY_ID" != "$SSOENV_KEY_ID"; or set -qx AWS_PROFILE
    else
        builtin test "$AWS_PROFILE" != "$SSOENV_KEY_ID"; or set -qx AWS_ACCESS_KEY_ID
    end
end

# What was found holds until then at most.
function __ssoenv_holds
    if builtin test $argv[1] -lt $__ssoenv_until
        set -g __ssoenv_until $argv[1]
    end
end

# What the stamp of these credentials calls for, a file of two numbers of which $gen is the first: the
# program runs only when there are newer ones, when they were removed, or when a refresh is due (it
# does that by itself).
function __ssoenv_refresh -a now gen
    if builtin test -z "$gen"
        # Not read: that it is gone says something, all else does not. Looked at again each time.
        set -g __ssoenv_until 0
        if builtin test -e "$SSOENV_STAMP" -o -L "$SSOENV_STAMP"
            return
        else if not builtin test -d (builtin string replace -r '/[^/]*$' '' -- "$SSOENV_STAMP")
            return
        end
    end
    if builtin test "$gen" != "$SSOENV_GEN"
        # Once for each state that is met.
        builtin test "$__ssoenv_seen" != "$SSOENV_STAMP $SSOENV_GEN $gen"; or return
        builtin test -z "$gen"; or __ssoenv_number "$gen"; or return
        set -g __ssoenv_seen "$SSOENV_STAMP $SSOENV_GEN $gen"
        set -g __ssoenv_retry 0
        set -g __ssoenv_wait 60
        __ssoenv_apply use --from-cache
        return
    end
    __ssoenv_when __ssoenv_due "$SSOENV_REFRESH_AT"
    if builtin test $now -ge $__ssoenv_due -a $now -ge $__ssoenv_retry
        set -g __ssoenv_retry (builtin math $now + $__ssoenv_wait)
        set -g __ssoenv_wait (builtin test $__ssoenv_wait -lt 300; and builtin echo 300; or builtin echo 900)
        command ssoenv refresh </dev/null >/dev/null 2>&1
    end
    if builtin test $__ssoenv_due -ge $__ssoenv_retry
        __ssoenv_holds $__ssoenv_due
    else
        __ssoenv_holds $__ssoenv_retry
    end
end

# Puts a time of the environment on the clock of __ssoenv_clock; what is no number never comes.
function __ssoenv_when
    set -g $argv[1] 999999999999
    __ssoenv_number "$argv[2]"; and set -g $argv[1] (builtin math $argv[2] - $__ssoenv_zero)
end

# Asks the program when a tree with a `.ssoenv` file was entered or left; a look at the files is
# taken only after a change of directory.
function __ssoenv_follow
    set -g __ssoenv_pwd $PWD
    set -l file
    # The slash at its end keeps newlines that belong to a name from `string collect`.
    set -l dir $PWD/
    builtin test $PWD != /; or set dir /
    while builtin true
        if builtin test -f $dir.ssoenv
            set file $dir.ssoenv
            break
        end
        builtin test $dir != /; or break
        set dir (builtin string replace -r '[^/]*/\z' '' -- $dir | builtin string collect)
    end
    builtin test "$file" != "$__ssoenv_file"; or return
    set -g __ssoenv_file $file
    __ssoenv_apply directory $file
end
# {prompt}

# The prompt's text in __ssoenv_text, from the environment and the clock alone.
function __ssoenv_segment -a now changed
    set -l fish_trace
    set -g __ssoenv_text
    builtin test -n "$SSOENV_MODE"; or return
    set -l text "$SSOENV_LABEL"
    set -l tail ' {}'
    set -q SSOENV_LEFT[1]; and set tail "$SSOENV_LEFT"
    if __ssoenv_number "$COLUMNS"; and builtin test "$COLUMNS" -gt 0 -a "$COLUMNS" -lt 60
        set -l short $SSOENV_LABEL_60
        builtin test "$COLUMNS" -lt 40; and set -q SSOENV_LABEL_40[1]; and set short $SSOENV_LABEL_40
        if builtin test -n "$short"
            set text "$short"
            set tail ' {}'
        end
    end
    set -l left
    set -l seconds
    if builtin test $changed = 1
        set left changed
    else if __ssoenv_number "$SSOENV_EXPIRES_AT"
        set seconds (builtin math $SSOENV_EXPIRES_AT - $__ssoenv_zero - $now)
        if builtin test $seconds -le 0
            set left expired
        else if builtin test $seconds -lt 3600
            set left (builtin math -s0 $seconds / 60)m
        else
            set left (builtin printf '%dh%02dm' (builtin math -s0 $seconds / 3600) (builtin math -s0 "$seconds / 60 % 60"))
        end
        builtin test $seconds -gt 0; and __ssoenv_holds (builtin math $now + $seconds % 60 + 1)
    end
    set -l parts (builtin string split -m1 '{}' -- $tail)
    if not set -q parts[2]
        contains -- "$left" expired changed; and set text "$text $left"
    else if builtin test -z "$left"
        set text "$text$parts[2]"
    else if builtin test -z "$text"
        set text (builtin string trim -l -- $parts[1])"$left$parts[2]"
    else
        set text "$text$parts[1]$left$parts[2]"
    end
    # `use` has cleaned the names; what still steers a terminal came from somewhere else.
    set text (builtin string replace -ar '[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]' '' -- "$text")
    builtin test -n "$text"; or return
    if builtin test -n "$NO_COLOR" -o "$TERM" = dumb
        set -g __ssoenv_text "$text "
        return
    end
    set -l color
    switch "$SSOENV_COLOR"
        case black red green yellow blue magenta cyan white
            set color 3(builtin math (contains -i -- $SSOENV_COLOR black red green yellow blue magenta cyan white) - 1)
        case '*'
            __ssoenv_number "$SSOENV_COLOR"; and set color "38;5;$SSOENV_COLOR"
    end
    if contains -- "$left" expired changed
        set color '33;1'
    else if builtin test $now -ge $__ssoenv_warn
        set -q color[1]; or set color 33
        set color "$color;1"
    else
        set -q color[1]; or set color 36
        __ssoenv_holds $__ssoenv_warn
    end
    set -g __ssoenv_text \e"[$color"m$text\e'[0m '
end

# Lays a prompt function over the present one, which runs first, while `$status` and `$pipestatus` are
# those of the last command. Other tools keep a copy of a prompt and put it back (venv, conda): so each
# layer has an original of its own, and of several the innermost shows the text.
function __ssoenv_wrap
    functions -q fish_prompt; or return
    set -g __ssoenv_shown
    if functions -q __ssoenv_user_prompt_1
        fish_prompt >/dev/null 2>&1
    end
    if not set -q __ssoenv_shown[1]
        set -l n 1
        while functions -q __ssoenv_user_prompt_$n
            set n (builtin math $n + 1)
        end
        functions -c fish_prompt __ssoenv_user_prompt_$n
        # Without a newline behind the last line: others print on after a copy of this.
        builtin eval "function fish_prompt --description 'ssoenv: the prompt with its segment'
            set -l __ssoenv_before \$__ssoenv_shown
            set -l __ssoenv_lines (__ssoenv_user_prompt_$n)
            functions -q __ssoenv_lay; and __ssoenv_lay
            builtin printf '%s' \"\$__ssoenv_lines[1]\"
            set -q __ssoenv_lines[2]; and builtin printf '\n%s' \$__ssoenv_lines[2..]
            return 0
        end"
    end
    set -g __ssoenv_top (functions -Dv fish_prompt)
    set -g __ssoenv_shown 1
end

# Puts the text into $__ssoenv_lines of the caller: at the beginning, but behind the mark by which a
# terminal knows where a prompt begins (OSC 133 and 633, `A` or `P`) and behind empty lines; before the
# last line if there are several and the first has no room for it.
function __ssoenv_lay --no-scope-shadowing
    builtin test "$__ssoenv_shown" = "$__ssoenv_before"; or return
    set -ga __ssoenv_shown 1
    # Another tool may have changed variables since the look at them: direnv.
    set -l __ssoenv_facts
    __ssoenv_gather
    builtin test "$__ssoenv_facts" = "$__ssoenv_known"; or __ssoenv_check
    builtin test -n "$__ssoenv_text"; and set -q __ssoenv_lines[1]; or return
    set -l __ssoenv_at 1
    if set -q __ssoenv_lines[2]
        while set -q __ssoenv_lines[(builtin math $__ssoenv_at + 1)]
            builtin string match -qr '^(?:\e\][^\a\e]*(?:\a|\e\\\\)|\e\[[\d;?]*[A-Za-z])*$' -- $__ssoenv_lines[$__ssoenv_at]; or break
            set __ssoenv_at (builtin math $__ssoenv_at + 1)
        end
        if builtin test (builtin string length -V -- "$__ssoenv_text$__ssoenv_lines[$__ssoenv_at]") -ge "$COLUMNS"
            set __ssoenv_at -1
        end
    end
    set -l __ssoenv_head
    set -l __ssoenv_line $__ssoenv_lines[$__ssoenv_at]
    if builtin string match -q \*\e\]\* -- $__ssoenv_line
        set __ssoenv_head (builtin string match -r '^(?:.*?\e\][16]33;[AP][^\a\e]*(?:\a|\e\\\\))?(?:\e\][^\a\e]*(?:\a|\e\\\\))*' -- $__ssoenv_line)
        set __ssoenv_line (builtin string sub -s (builtin math (builtin string length -- "$__ssoenv_head") + 1) -- $__ssoenv_line)
    end
    set __ssoenv_lines[$__ssoenv_at] "$__ssoenv_head$__ssoenv_text$__ssoenv_line"
end
# {end}

# All that the prompt's text depends on, in the caller's $__ssoenv_facts, but for the stamp.
function __ssoenv_gather --no-scope-shadowing
    set -qx AWS_PROFILE AWS_ACCESS_KEY_ID
    set __ssoenv_facts "$status|$AWS_PROFILE|$AWS_ACCESS_KEY_ID|$SSOENV_MODE|$SSOENV_KEY_ID|$SSOENV_GEN|$SSOENV_REFRESH_AT|$SSOENV_LABEL|$SSOENV_LEFT|$SSOENV_LABEL_60|$SSOENV_EXPIRES_AT|$SSOENV_WARN_AT|$SSOENV_COLOR|$COLUMNS|$NO_COLOR|$TERM|$__ssoenv_hidden"
end

# Whether anything has changed since the last look, or the time of something has come.
function __ssoenv_check
    set -l gen
    set -l now 0
    if builtin test -n "$SSOENV_MODE"
        set now (__ssoenv_clock)
        if builtin test -f "$SSOENV_STAMP" -a -O "$SSOENV_STAMP" -a ! -L "$SSOENV_STAMP"
            builtin read gen rest <"$SSOENV_STAMP"
        end
    end
    set -l __ssoenv_facts
    __ssoenv_gather
    if builtin test "$__ssoenv_facts" != "$__ssoenv_known" -o "$gen" != "$__ssoenv_stamped" -o "$PWD" != "$__ssoenv_pwd" -o $now -ge $__ssoenv_until -o $now -lt $__ssoenv_from
        __ssoenv_look "$gen"
        __ssoenv_gather
        set -g __ssoenv_known $__ssoenv_facts
        set -g __ssoenv_stamped $gen
    end
end

# Looks at everything, because something in it has changed or its time has come. What is found holds
# from __ssoenv_from until __ssoenv_until.
function __ssoenv_look -a gen
    builtin test "$__ssoenv_pwd" = "$PWD"; or __ssoenv_follow
    set -l now 0
    set -l changed 0
    set -g __ssoenv_until 999999999999
    if builtin test -z "$SSOENV_MODE"
        __ssoenv_copy
    else
        __ssoenv_hide
        set now (__ssoenv_clock)
        __ssoenv_set_zero
        if __ssoenv_changed
            set changed 1
        else if builtin test -n "$SSOENV_STAMP"
            __ssoenv_refresh $now "$gen"
        end
    end
    set -g __ssoenv_from $now
    # {prompt}
    __ssoenv_when __ssoenv_warn "$SSOENV_WARN_AT"
    __ssoenv_segment $now $changed
    # {end}
end

if status is-interactive
    set -q __ssoenv_file; or set -g __ssoenv_file $SSOENV_DIRECTORY
    set -g __ssoenv_pwd
    set -g __ssoenv_seen
    set -g __ssoenv_retry 0
    set -g __ssoenv_wait 60
    set -g __ssoenv_text
    set -g __ssoenv_from 0
    set -g __ssoenv_until 0
    set -g __ssoenv_zero 0
    set -g __ssoenv_known
    set -g __ssoenv_stamped
    # Before each prompt; as long as nothing has changed this looks at the stamp and the clock alone.
    # fish itself keeps what the last command returned.
    function __ssoenv_prompt --on-event fish_prompt
        set -l fish_trace
        __ssoenv_check
        # {prompt}
        # Another tool has put its prompt over ours, or in its place.
        set -l top (functions -Dv fish_prompt)
        set -q __ssoenv_shown[1]; and builtin test "$top" = "$__ssoenv_top"; or __ssoenv_wrap
        set -g __ssoenv_shown
        # {end}
    end
    # {prompt}
    __ssoenv_wrap
    # {end}
end
