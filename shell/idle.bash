# The hook of ssoenv for bash while no profile is in use: as short as it can be, because every shell
# that starts reads it. `ssoenv.bash` takes its place when there is something to do.
\builtin unalias ssoenv 2>/dev/null || \builtin true

# Puts the whole hook in place of this. A trace of it would be long, and no trap has to see it.
__ssoenv_whole() {
    \builtin local __ssoenv_out='' __ssoenv_rc=0 __ssoenv_flags="$-"
    { \builtin set +xvET; } 2>/dev/null
    __ssoenv_out="$(
        # shellcheck disable=SC2034
        \builtin export SSOENV_SHELL=bash
        \builtin exec ssoenv init bash --full </dev/null
    )" || __ssoenv_rc=$?
    case $__ssoenv_rc$__ssoenv_out in
        '0#ssoenv/1'$'\n'*) \builtin eval "${__ssoenv_out#*$'\n'}" ;;
        0*)
            \builtin printf '%s\n' 'error: the hook is older than the binary: open a new shell' >&2
            __ssoenv_rc=1
            ;;
    esac
    \builtin set "-${__ssoenv_flags//[!ETvx]/}"
    \builtin return "$__ssoenv_rc"
}

function ssoenv() {
    __ssoenv_whole && ssoenv "$@"
}

__ssoenv_complete() {
    ! __ssoenv_whole 2>/dev/null || __ssoenv_complete "$@"
}
\builtin complete -F __ssoenv_complete ssoenv

# Whether there is something to do: a profile in use, a `.ssoenv` file above, or a tool that has come
# behind this.
__ssoenv_is_wanted() {
    \builtin local dir="${PWD%/}"
    # shellcheck disable=SC2016
    [[ -z ${SSOENV_MODE-} && ${PROMPT_COMMAND[*]-} == *'${__ssoenv_on:+__ssoenv_prompt}' ]] || \builtin return 0
    # Somebody may have put something else into it.
    [[ $PWD == /* ]] && \builtin test "$PWD" != "$__ssoenv_pwd" || \builtin return 1
    __ssoenv_pwd=$PWD
    while [[ ! -f $dir/.ssoenv ]]; do
        [[ -n $dir ]] || \builtin return 1
        dir=${dir%/*}
    done
}

# Before each prompt. What the last command returned stays.
__ssoenv_prompt() {
    \builtin local __ssoenv_status="$?"
    if __ssoenv_is_wanted; then
        # Without the program there is nothing to do either.
        __ssoenv_on=''
        ! __ssoenv_whole 2>/dev/null || __ssoenv_prompt
    fi
    # Under `set -e` a failure here would end the shell. (`E`, which is another flag, does not.)
    [[ -z ${-##*e*} ]] || \builtin return "$__ssoenv_status"
}

# The text of a prompt has its place before other tools lay marks around it, and this runs after them.
# Places that are not the usual ones are found by the whole hook.
if [[ $- == *i* ]]; then
    __ssoenv_on=1 __ssoenv_pwd='' __ssoenv_ps1='' __ssoenv_head='' __ssoenv_rest=${PS1-}
    \builtin export -n __ssoenv_on __ssoenv_ps1
    # A title of the terminal.
    case $__ssoenv_rest in
        '\['$'\e'']'[02]';'*'\]'* | '\[\e]'[02]';'*'\]'* | '\[\033]'[02]';'*'\]'*)
            __ssoenv_head=${PS1%%'\]'*}'\]' __ssoenv_rest=${PS1#*'\]'}
            ;;
    esac
    # shellcheck disable=SC2016
    case ${PS1-}${PROMPT_COMMAND[*]-} in
        *__ssoenv_* | *']'[16]'33;'* | *__bp_interactive_mode) __ssoenv_rest='' ;;
    esac
    case $__ssoenv_rest in
        '' | '\n'* | $'\n'* | '\['$'\e'']'* | '\[\e]'* | '\[\033]'*) __ssoenv_whole ;;
        *)
            if \builtin shopt -q promptvars && [[ ${PROMPT_COMMAND[*]-} == "${PROMPT_COMMAND-}" ]]; then
                # shellcheck disable=SC2016
                PS1=$__ssoenv_head'${__ssoenv_ps1-}'$__ssoenv_rest
                # shellcheck disable=SC2016
                PROMPT_COMMAND=${PROMPT_COMMAND-}${PROMPT_COMMAND:+$'\n'}'${__ssoenv_on:+__ssoenv_prompt}'
            else
                __ssoenv_whole
            fi
            ;;
    esac || \builtin true
    \builtin unset -v __ssoenv_head __ssoenv_rest
fi
