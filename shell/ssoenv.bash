# The hook of ssoenv for bash 3.2 and newer: eval "$(ssoenv init bash)"
#
# It prints nothing when loaded, keeps the options, IFS, traps and $? of the shell, and starts no
# process at a prompt unless there is something to do. Names begin with __ssoenv_.
# shellcheck shell=bash

\builtin unalias ssoenv 2>/dev/null || \builtin true

# The program, with whatever text it prints for this shell evaluated. $@: its words.
function __ssoenv_call() {
    \builtin local __ssoenv_text='' __ssoenv_code=0 __ssoenv_flags=$- __ssoenv_used=''
    # No trace may show a key.
    { \builtin set +xv; } 2>/dev/null
    if [[ -n ${SSOENV_PROFILE-} ]]; then
        __ssoenv_used=$SSOENV_PROFILE
    elif [[ -n ${SSOENV_ACCOUNT_ID-} ]]; then
        __ssoenv_used=//$SSOENV_ACCOUNT_ID/${SSOENV_ROLE-}/${SSOENV_SESSION-}
    fi
    __ssoenv_text=$(
        SSOENV_SHELL=bash SSOENV_PREV=${SSOENV_PREV-${__ssoenv_prev-}} \builtin command ssoenv "$@"
    ) || __ssoenv_code=$?
    if [[ $__ssoenv_code == 0 && -n $__ssoenv_text ]]; then
        if [[ ${__ssoenv_text%%$'\n'*} == '#ssoenv/1' ]]; then
            \builtin eval "$__ssoenv_text" || __ssoenv_code=1
        else
            \builtin printf '%s\n' 'ssoenv: the hook is older than the binary: open a new shell' >&2
            __ssoenv_code=1
        fi
    fi
    # `clear` has taken SSOENV_PREV away; `use -` shall work all the same.
    if [[ -n $__ssoenv_used && -z ${SSOENV_MODE-} ]]; then __ssoenv_prev=$__ssoenv_used; fi
    case $__ssoenv_flags in *v*) \builtin set -v ;; esac
    case $__ssoenv_flags in *x*) \builtin set -x ;; esac
    \builtin return "$__ssoenv_code"
}

# Whether the output of these words is shell code for us: `use`, `clear`, `init --remove`, and
# nothing that asks for plain text.
function __ssoenv_is_ours() {
    \builtin local __ssoenv_verb='' __ssoenv_word __ssoenv_skip='' __ssoenv_remove=''
    for __ssoenv_word in "$@"; do
        if [[ -n $__ssoenv_skip ]]; then
            __ssoenv_skip=''
            \builtin continue
        fi
        case $__ssoenv_word in
            --shell | --shell=* | -h | --help | -V | --version) \builtin return 1 ;;
            --color) [[ -n $__ssoenv_verb ]] || __ssoenv_skip=1 ;;
            --remove) __ssoenv_remove=1 ;;
            -*) ;;
            *) __ssoenv_verb=${__ssoenv_verb:-$__ssoenv_word} ;;
        esac
    done
    case $__ssoenv_verb in
        use | clear) \builtin return 0 ;;
        init) [[ -n $__ssoenv_remove ]] ;;
        *) \builtin return 1 ;;
    esac
}

function ssoenv() {
    if __ssoenv_is_ours "$@"; then
        __ssoenv_call "$@"
    else
        \builtin command ssoenv "$@"
    fi
}

# Seconds since 1970 in __ssoenv_now, without a process.
if [[ -n ${EPOCHSECONDS-} ]]; then
    function __ssoenv_clock() { __ssoenv_now=$EPOCHSECONDS; }
elif \builtin printf -v __ssoenv_now '%(%s)T' -1 2>/dev/null; then
    function __ssoenv_clock() { \builtin printf -v __ssoenv_now '%(%s)T' -1; }
else
    __ssoenv_start=$(\builtin command date +%s) || __ssoenv_start=0
    __ssoenv_start=$((__ssoenv_start - SECONDS))
    function __ssoenv_clock() { __ssoenv_now=$((__ssoenv_start + SECONDS)); }
fi

# $1 is a number that arithmetic may see: anything else could be code there.
function __ssoenv_digits() {
    case ${1-} in
        '' | *[!0-9]* | ?????????????*) \builtin return 1 ;;
    esac
}

# Whether the user has set other keys or another profile since `use`.
function __ssoenv_changed() {
    if [[ ${SSOENV_MODE-} == keys ]]; then
        [[ ${AWS_ACCESS_KEY_ID-} != "${SSOENV_KEY_ID-}" || -n ${AWS_PROFILE+set} ]]
    else
        [[ ${AWS_PROFILE-} != "${SSOENV_KEY_ID-}" || -n ${AWS_ACCESS_KEY_ID+set} ]]
    fi
}

# Takes new credentials from the cache, or asks for a refresh in the background.
function __ssoenv_check() {
    \builtin local __ssoenv_generation='' __ssoenv_rest='' __ssoenv_file=${SSOENV_STAMP-}
    if [[ -z $__ssoenv_file ]] || __ssoenv_changed; then \builtin return; fi
    if [[ -f $__ssoenv_file && -O $__ssoenv_file && ! -L $__ssoenv_file ]]; then
        IFS=' ' \builtin read -r __ssoenv_generation __ssoenv_rest <"$__ssoenv_file" || \builtin return 0
    elif [[ -e $__ssoenv_file || ! -d ${__ssoenv_file%/*} ]]; then
        \builtin return 0
    fi
    if [[ $__ssoenv_generation != "${SSOENV_GEN-}" ]]; then
        # Once for each state that is met, whatever comes of it.
        if [[ ${__ssoenv_seen-} != "$__ssoenv_file $__ssoenv_generation" ]]; then
            __ssoenv_seen="$__ssoenv_file $__ssoenv_generation"
            __ssoenv_call use --from-cache || \builtin true
        fi
    elif __ssoenv_digits "${SSOENV_REFRESH_AT-}" && ((__ssoenv_now >= 10#$SSOENV_REFRESH_AT)) &&
        ((__ssoenv_now >= ${__ssoenv_retry:-0})); then
        __ssoenv_retry=$((__ssoenv_now + 60))
        \builtin command ssoenv refresh >/dev/null 2>&1 || \builtin true
    fi
}

# Asks the program when a tree with a `.ssoenv` file has been entered or left.
function __ssoenv_follow() {
    \builtin local __ssoenv_here=$PWD __ssoenv_found=''
    if [[ $PWD == "${__ssoenv_pwd-}" ]]; then \builtin return; fi
    __ssoenv_pwd=$PWD
    while [[ -n $__ssoenv_here ]]; do
        if [[ -f $__ssoenv_here/.ssoenv ]]; then
            __ssoenv_found=$__ssoenv_here/.ssoenv
            \builtin break
        fi
        __ssoenv_here=${__ssoenv_here%/*}
    done
    if [[ $__ssoenv_found != "${__ssoenv_directory-}" ]]; then
        __ssoenv_directory=$__ssoenv_found
        __ssoenv_call directory ${__ssoenv_found:+"$__ssoenv_found"} || \builtin true
    fi
}

# The segment as text in __ssoenv_ps1: by reference only, so that a name is never code.
function __ssoenv_segment() {
    \builtin local __ssoenv_label='' __ssoenv_left='' __ssoenv_color=36 __ssoenv_minutes __ssoenv_tail
    __ssoenv_ps1=''
    if [[ -z ${SSOENV_MODE-} ]]; then \builtin return; fi
    if __ssoenv_digits "${COLUMNS-}"; then
        if ((10#$COLUMNS < 40)); then \builtin return; fi
        if ((10#$COLUMNS < 60)); then __ssoenv_label=${SSOENV_ROLE-}; fi
    fi
    __ssoenv_label=${__ssoenv_label:-${SSOENV_LABEL-}}
    __ssoenv_label=${__ssoenv_label//[[:cntrl:]]/}
    if __ssoenv_changed; then
        __ssoenv_left=changed
    elif __ssoenv_digits "${SSOENV_EXPIRES_AT-}"; then
        __ssoenv_minutes=$(((10#$SSOENV_EXPIRES_AT - __ssoenv_now) / 60))
        if ((10#$SSOENV_EXPIRES_AT <= __ssoenv_now)); then
            __ssoenv_left=expired
        elif ((__ssoenv_minutes < 60)); then
            __ssoenv_left=${__ssoenv_minutes}m
        else
            \builtin printf -v __ssoenv_left '%dh%02dm' $((__ssoenv_minutes / 60)) $((__ssoenv_minutes % 60))
        fi
    fi
    if [[ -n $__ssoenv_left || -n ${SSOENV_LEFT-} ]]; then
        __ssoenv_tail=${SSOENV_LEFT-' {}'}
        __ssoenv_left=${__ssoenv_tail/'{}'/"$__ssoenv_left"}
        __ssoenv_left=${__ssoenv_left//[[:cntrl:]]/}
    fi
    if [[ -n ${NO_COLOR-} || ${TERM-} == dumb ]]; then
        __ssoenv_ps1="$__ssoenv_label$__ssoenv_left "
        \builtin return
    fi
    case ${SSOENV_COLOR-} in
        black) __ssoenv_color=30 ;;
        red) __ssoenv_color=31 ;;
        green) __ssoenv_color=32 ;;
        yellow) __ssoenv_color=33 ;;
        blue) __ssoenv_color=34 ;;
        magenta) __ssoenv_color=35 ;;
        white) __ssoenv_color=37 ;;
        *) if __ssoenv_digits "${SSOENV_COLOR-}"; then __ssoenv_color="38;5;$SSOENV_COLOR"; fi ;;
    esac
    # \001 and \002 tell readline what has no width.
    __ssoenv_ps1=$'\001\e['"$__ssoenv_color"$'m\002'"$__ssoenv_label$__ssoenv_left"$'\001\e[0m\002 '
}

function __ssoenv_prompt() {
    \builtin local __ssoenv_status=$?
    __ssoenv_clock
    __ssoenv_follow
    __ssoenv_check
    if [[ -n ${__ssoenv_show-} ]]; then
        __ssoenv_segment
        # Another tool may have made the prompt anew.
        # shellcheck disable=SC2016
        if [[ ${PS1-} != *'${__ssoenv_ps1'* ]] && \builtin shopt -q promptvars; then
            PS1='${__ssoenv_ps1-}'${PS1-}
        fi
    fi
    \builtin return "$__ssoenv_status"
}

# Takes the hook out of this shell again. What `use` has set stays.
function __ssoenv_remove() {
    \builtin local __ssoenv_index __ssoenv_entry
    # shellcheck disable=SC2016
    __ssoenv_entry='${__ssoenv_on:+__ssoenv_prompt}'
    if [[ "$(\builtin declare -p PROMPT_COMMAND 2>/dev/null)" == 'declare -a'* ]]; then
        for __ssoenv_index in "${!PROMPT_COMMAND[@]}"; do
            if [[ ${PROMPT_COMMAND[__ssoenv_index]} == "$__ssoenv_entry" ]]; then
                \builtin unset "PROMPT_COMMAND[$__ssoenv_index]"
            fi
        done
    else
        PROMPT_COMMAND=${PROMPT_COMMAND-}
        PROMPT_COMMAND=${PROMPT_COMMAND//"$__ssoenv_entry;"/}
        PROMPT_COMMAND=${PROMPT_COMMAND//"$__ssoenv_entry"/}
    fi
    # shellcheck disable=SC2016
    PS1=${PS1//'${__ssoenv_ps1-}'/}
    \builtin complete -r ssoenv 2>/dev/null
    \builtin unset -v __ssoenv_on __ssoenv_show __ssoenv_ps1 __ssoenv_now __ssoenv_start __ssoenv_seen \
        __ssoenv_retry __ssoenv_pwd __ssoenv_directory __ssoenv_prev
    \builtin unset -f ssoenv __ssoenv_call __ssoenv_is_ours __ssoenv_clock __ssoenv_digits \
        __ssoenv_changed __ssoenv_check __ssoenv_follow __ssoenv_segment __ssoenv_prompt \
        __ssoenv_complete __ssoenv_remove
}

if [[ $- == *i* ]]; then
    # Not exported: in a nested shell that inherits PROMPT_COMMAND without the hook, the entry is
    # nothing instead of `command not found`.
    __ssoenv_on=1
    __ssoenv_directory=${SSOENV_DIRECTORY-}
    # shellcheck disable=SC2016
    if [[ "$(\builtin declare -p PROMPT_COMMAND 2>/dev/null)" == 'declare -a'* ]]; then
        if [[ " ${PROMPT_COMMAND[*]-} " != *__ssoenv_prompt* ]]; then
            PROMPT_COMMAND=('${__ssoenv_on:+__ssoenv_prompt}' ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"})
        fi
    elif [[ ${PROMPT_COMMAND-} != *__ssoenv_prompt* ]]; then
        # shellcheck disable=SC2178,SC2128
        PROMPT_COMMAND='${__ssoenv_on:+__ssoenv_prompt}'${PROMPT_COMMAND:+;$PROMPT_COMMAND}
    fi
fi
