# The hook of ssoenv for fish while no profile is in use: as short as it can be, because every shell
# that starts reads it. `ssoenv.fish` takes its place when there is something to do.

# Puts the whole hook in place of this. A trace of it would be long.
function __ssoenv_whole
    set -l fish_trace
    set -l __ssoenv_out
    set -l __ssoenv_rc
    begin
        set -lx SSOENV_SHELL fish
        command ssoenv init fish --full </dev/null | builtin read -z __ssoenv_out
        set __ssoenv_rc $pipestatus[1]
    end
    builtin test $__ssoenv_rc -eq 0; or return $__ssoenv_rc
    if builtin string match -q -- \#ssoenv/1\n\* "$__ssoenv_out"
        builtin printf '%s' "$__ssoenv_out" | builtin source
        return 0
    end
    builtin echo 'error: the hook is older than the binary: open a new shell' >&2
    return 1
end

functions -e ssoenv
function ssoenv --description 'AWS IAM Identity Center credentials in this shell'
    __ssoenv_whole; and ssoenv $argv
end

if status is-interactive
    set -g __ssoenv_pwd
    # Before each prompt: whether there is something to do. That is a profile in use, a variable that
    # another shell hides, or a `.ssoenv` file above.
    function __ssoenv_prompt --on-event fish_prompt
        set -l fish_trace
        if builtin test -z "$SSOENV_MODE"; and not set -q __ssoenv_hidden[1]
            builtin test "$PWD" != "$__ssoenv_pwd"; or return
            set -g __ssoenv_pwd $PWD
            # The slash at its end keeps newlines that belong to a name from `string collect`.
            set -l dir $PWD/
            builtin test $PWD != /; or set dir /
            while not builtin test -f $dir.ssoenv
                builtin test $dir != /; or return
                set dir (builtin string replace -r '[^/]*/\z' '' -- $dir | builtin string collect)
            end
        end
        # Without the program there is nothing to do either.
        functions -e __ssoenv_prompt
        __ssoenv_whole 2>/dev/null; and __ssoenv_prompt
    end
end
