# The hook of ssoenv for zsh 5 and newer: eval "$(ssoenv init zsh)"
#
# It prints nothing when loaded, keeps the options and $? of the shell, and starts no process at a
# prompt unless there is something to do. Names begin with __ssoenv_.

\builtin unalias ssoenv 2>/dev/null || \builtin true
\builtin zmodload zsh/datetime 2>/dev/null || \builtin true

# The program, with whatever text it prints for this shell evaluated. $@: its words.
function __ssoenv_call() {
    \builtin emulate -L zsh
    # No trace may show a key.
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_warn_create_global
    \builtin local __ssoenv_text='' __ssoenv_used=''
    \builtin local -i __ssoenv_code=0
    if [[ -n ${SSOENV_PROFILE-} ]]; then
        __ssoenv_used=$SSOENV_PROFILE
    elif [[ -n ${SSOENV_ACCOUNT_ID-} ]]; then
        __ssoenv_used=//$SSOENV_ACCOUNT_ID/${SSOENV_ROLE-}/${SSOENV_SESSION-}
    fi
    __ssoenv_text=$(
        SSOENV_SHELL=zsh SSOENV_PREV=${SSOENV_PREV-${__ssoenv_prev-}} \builtin command ssoenv "$@"
    ) || __ssoenv_code=$?
    if [[ $__ssoenv_code == 0 && -n $__ssoenv_text ]]; then
        if [[ ${__ssoenv_text%%$'\n'*} == '#ssoenv/1' ]]; then
            \builtin eval "$__ssoenv_text" || __ssoenv_code=1
        else
            \builtin print -ru2 -- 'ssoenv: the hook is older than the binary: open a new shell'
            __ssoenv_code=1
        fi
    fi
    # `clear` has taken SSOENV_PREV away; `use -` shall work all the same.
    if [[ -n $__ssoenv_used && -z ${SSOENV_MODE-} ]]; then
        \builtin typeset -g __ssoenv_prev=$__ssoenv_used
    fi
    \builtin return $__ssoenv_code
}

# Whether the output of these words is shell code for us: `use`, `clear`, `init --remove`, and
# nothing that asks for plain text.
function __ssoenv_is_ours() {
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return
    \builtin local __ssoenv_verb='' __ssoenv_word='' __ssoenv_skip='' __ssoenv_remove=''
    for __ssoenv_word in "$@"; do
        if [[ -n $__ssoenv_skip ]]; then
            __ssoenv_skip=''
            \builtin continue
        fi
        case $__ssoenv_word in
            ('--shell'|'--shell='*|'-h'|'--help'|'-V'|'--version') \builtin return 1 ;;
            ('--color') [[ -n $__ssoenv_verb ]] || __ssoenv_skip=1 ;;
            ('--remove') __ssoenv_remove=1 ;;
            (-*) ;;
            (*) __ssoenv_verb=${__ssoenv_verb:-$__ssoenv_word} ;;
        esac
    done
    case $__ssoenv_verb in
        ('use'|'clear') \builtin return 0 ;;
        ('init') [[ -n $__ssoenv_remove ]] ;;
        (*) \builtin return 1 ;;
    esac
}

function ssoenv() {
    if __ssoenv_is_ours "$@"; then
        __ssoenv_call "$@"
    else
        \builtin command ssoenv "$@"
    fi
}

# $1 is a number that arithmetic may see: anything else could be code there.
function __ssoenv_digits() {
    case ${1-} in
        (''|*[!0-9]*|?????????????*) \builtin return 1 ;;
    esac
}

# Whether the user has set other keys or another profile since `use`.
function __ssoenv_changed() {
    if [[ ${SSOENV_MODE-} == 'keys' ]]; then
        [[ ${AWS_ACCESS_KEY_ID-} != "${SSOENV_KEY_ID-}" || -n ${AWS_PROFILE+set} ]]
    else
        [[ ${AWS_PROFILE-} != "${SSOENV_KEY_ID-}" || -n ${AWS_ACCESS_KEY_ID+set} ]]
    fi
}

# Takes new credentials from the cache, or asks for a refresh in the background.
function __ssoenv_check() {
    \builtin local __ssoenv_generation='' __ssoenv_rest='' __ssoenv_file=${SSOENV_STAMP-}
    if [[ -z $__ssoenv_file ]] || __ssoenv_changed; then \builtin return 0; fi
    if [[ -f $__ssoenv_file && -O $__ssoenv_file && ! -L $__ssoenv_file ]]; then
        IFS=' ' \builtin read -r __ssoenv_generation __ssoenv_rest <$__ssoenv_file || \builtin return 0
    elif [[ -e $__ssoenv_file || ! -d ${__ssoenv_file%/*} ]]; then
        \builtin return 0
    fi
    if [[ $__ssoenv_generation != "${SSOENV_GEN-}" ]]; then
        # Once for each state that is met, whatever comes of it.
        if [[ ${__ssoenv_seen-} != "$__ssoenv_file $__ssoenv_generation" ]]; then
            \builtin typeset -g __ssoenv_seen="$__ssoenv_file $__ssoenv_generation"
            __ssoenv_call use --from-cache
        fi
    elif __ssoenv_digits "${SSOENV_REFRESH_AT-}" && (( EPOCHSECONDS >= SSOENV_REFRESH_AT )) &&
        (( EPOCHSECONDS >= ${__ssoenv_retry:-0} )); then
        \builtin typeset -gi __ssoenv_retry=$(( EPOCHSECONDS + 60 ))
        \builtin command ssoenv refresh >/dev/null 2>&1
    fi
    \builtin return 0
}

# Asks the program when a tree with a `.ssoenv` file has been entered or left.
function __ssoenv_follow() {
    \builtin local __ssoenv_here=$PWD __ssoenv_found=''
    if [[ $PWD == "${__ssoenv_pwd-}" ]]; then \builtin return 0; fi
    \builtin typeset -g __ssoenv_pwd=$PWD
    while [[ -n $__ssoenv_here ]]; do
        if [[ -f $__ssoenv_here/.ssoenv ]]; then
            __ssoenv_found=$__ssoenv_here/.ssoenv
            \builtin break
        fi
        __ssoenv_here=${__ssoenv_here%/*}
    done
    if [[ $__ssoenv_found != "${__ssoenv_directory-}" ]]; then
        \builtin typeset -g __ssoenv_directory=$__ssoenv_found
        __ssoenv_call directory ${__ssoenv_found:+"$__ssoenv_found"}
    fi
    \builtin return 0
}

# The segment as text in psvar[19]: in a prompt `%19v` shows it and expands nothing of it.
function __ssoenv_segment() {
    \builtin local __ssoenv_label='' __ssoenv_left='' __ssoenv_color=cyan
    \builtin local -i __ssoenv_minutes=0
    psvar[19]=''
    if [[ -z ${SSOENV_MODE-} ]] || (( COLUMNS < 40 )); then \builtin return 0; fi
    if (( COLUMNS < 60 )); then __ssoenv_label=${SSOENV_ROLE-}; fi
    __ssoenv_label=${__ssoenv_label:-${SSOENV_LABEL-}}
    __ssoenv_label=${__ssoenv_label//[[:cntrl:]]/}
    if __ssoenv_changed; then
        __ssoenv_left='changed'
    elif __ssoenv_digits "${SSOENV_EXPIRES_AT-}"; then
        __ssoenv_minutes=$(( (SSOENV_EXPIRES_AT - EPOCHSECONDS) / 60 ))
        if (( SSOENV_EXPIRES_AT <= EPOCHSECONDS )); then
            __ssoenv_left='expired'
        elif (( __ssoenv_minutes < 60 )); then
            __ssoenv_left="${__ssoenv_minutes}m"
        else
            \builtin printf -v __ssoenv_left '%dh%02dm' $(( __ssoenv_minutes / 60 )) $(( __ssoenv_minutes % 60 ))
        fi
    fi
    if [[ -n $__ssoenv_left || -n ${SSOENV_LEFT-} ]]; then
        \builtin local __ssoenv_tail=${SSOENV_LEFT-' {}'}
        __ssoenv_left=${__ssoenv_tail/'{}'/$__ssoenv_left}
        __ssoenv_left=${__ssoenv_left//[[:cntrl:]]/}
    fi
    psvar[19]=$__ssoenv_label$__ssoenv_left
    case ${SSOENV_COLOR-} in
        ('black'|'red'|'green'|'yellow'|'blue'|'magenta'|'white') __ssoenv_color=$SSOENV_COLOR ;;
        (*) if __ssoenv_digits "${SSOENV_COLOR-}"; then __ssoenv_color=$SSOENV_COLOR; fi ;;
    esac
    if [[ -n ${NO_COLOR-} || ${TERM-} == 'dumb' ]]; then __ssoenv_color=default; fi
    # `%(19V.…)` is empty where nothing is in use; another tool may have made the prompt anew.
    \builtin local __ssoenv_want="%(19V.%F{$__ssoenv_color}%19v%f .)"
    if [[ ${PROMPT-} != *'%19v'* ]]; then
        PROMPT=$__ssoenv_want${PROMPT-}
    elif [[ $PROMPT != *"$__ssoenv_want"* && -n ${__ssoenv_had-} ]]; then
        PROMPT=${PROMPT/"$__ssoenv_had"/$__ssoenv_want}
    fi
    \builtin typeset -g __ssoenv_had=$__ssoenv_want
}

function __ssoenv_prompt() {
    \builtin local -i __ssoenv_status=$?
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_warn_create_global
    __ssoenv_follow
    __ssoenv_check
    if [[ -n ${__ssoenv_show-} ]]; then __ssoenv_segment; fi
    \builtin return $__ssoenv_status
}

# Takes the hook out of this shell again. What `use` has set stays.
function __ssoenv_remove() {
    precmd_functions=( "${(@)precmd_functions:#__ssoenv_prompt}" )
    if [[ -n ${__ssoenv_had-} ]]; then PROMPT=${PROMPT/"$__ssoenv_had"/}; fi
    psvar[19]=''
    if (( ${+functions[compdef]} )); then compdef -d ssoenv 2>/dev/null; fi
    \builtin unset -v __ssoenv_show __ssoenv_seen __ssoenv_retry __ssoenv_pwd __ssoenv_directory \
        __ssoenv_prev __ssoenv_had
    \builtin unset -f ssoenv __ssoenv_call __ssoenv_is_ours __ssoenv_digits __ssoenv_changed \
        __ssoenv_check __ssoenv_follow __ssoenv_segment __ssoenv_prompt __ssoenv_remove
    \builtin unset -f _ssoenv 2>/dev/null || \builtin true
}

if [[ -o interactive ]]; then
    \builtin typeset -g __ssoenv_directory=${SSOENV_DIRECTORY-}
    \builtin typeset -ga precmd_functions
    precmd_functions=( "${(@)precmd_functions:#__ssoenv_prompt}" __ssoenv_prompt )
fi
