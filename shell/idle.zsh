# The hook of ssoenv for zsh while no profile is in use: as short as it can be, because every shell
# that starts reads it. `ssoenv.zsh` takes its place when there is something to do.
\builtin unalias ssoenv 2>/dev/null || \builtin true

# Puts the whole hook in place of this. A trace of it would be long.
function __ssoenv_whole() {
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_aliases
    \builtin local __ssoenv_out=''
    \builtin local -i __ssoenv_rc=0
    __ssoenv_out="$(
        \builtin export SSOENV_SHELL=zsh
        \builtin command ssoenv init zsh --full </dev/null
    )" || __ssoenv_rc=$?
    case $__ssoenv_rc$__ssoenv_out in
        ('0#ssoenv/1'$'\n'*) \builtin eval "${__ssoenv_out#*$'\n'}" ;;
        (0*)
            \builtin print -ru2 -- 'error: the hook is older than the binary: open a new shell'
            __ssoenv_rc=1
            ;;
    esac
    \builtin return $__ssoenv_rc
}

function ssoenv() {
    __ssoenv_whole && ssoenv "$@"
}

# Whether there is something to do: a profile in use, or a `.ssoenv` file above.
function __ssoenv_is_wanted() {
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_aliases
    # Behind others that change variables, from the next time on.
    if [[ ${precmd_functions[-1]} != '__ssoenv_prompt' ]]; then
        precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}" __ssoenv_prompt)
    fi
    [[ -z ${SSOENV_MODE-} ]] || \builtin return 0
    # Somebody may have put something else into it.
    [[ $PWD == '/'* && $PWD != "$__ssoenv_pwd" ]] || \builtin return 1
    __ssoenv_pwd=$PWD
    \builtin local dir="${PWD%/}"
    while [[ ! -f $dir/.ssoenv ]]; do
        [[ -n $dir ]] || \builtin return 1
        dir=${dir%/*}
    done
}

# Before each prompt, under the options of the user.
function __ssoenv_prompt() {
    if __ssoenv_is_wanted; then
        if __ssoenv_whole 2>/dev/null; then
            __ssoenv_prompt
        else
            # Without the program there is nothing to do either.
            precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}")
        fi
    fi
}

if [[ -o 'interactive' ]]; then
    \builtin typeset -g +x __ssoenv_on=1 __ssoenv_pwd=''
    \builtin typeset -ga precmd_functions
    precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}" __ssoenv_prompt)
fi
