# The hook of ssoenv for zsh 5 and newer. Loading it prints nothing, and twice is as good as once.
#
# Names that users may have as aliases or functions are called as builtins, words that a global alias
# may replace are quoted; each function sets its own options; numbers from the environment are digits
# (`<->`) before they meet arithmetic, where text is code.
\builtin unalias ssoenv 2>/dev/null || \builtin true

# Runs the program; evaluates what it prints for this shell, if it succeeds and knows this hook.
function __ssoenv_apply() {
    \builtin emulate -L zsh
    \builtin local __ssoenv_flags="$-"
    # No trace shows what is assigned and evaluated here: keys.
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_aliases
    \builtin local __ssoenv_out='' __ssoenv_was=''
    \builtin local -i __ssoenv_rc=0
    # What `use -` means after this, if it leaves nothing active.
    if [[ -n ${SSOENV_PROFILE-} ]]; then
        __ssoenv_was=$SSOENV_PROFILE
    elif [[ -n ${SSOENV_ACCOUNT_ID-} && -n ${SSOENV_ROLE-} ]]; then
        __ssoenv_was=//$SSOENV_ACCOUNT_ID/$SSOENV_ROLE/${SSOENV_SESSION-}
    fi
    __ssoenv_out="$(
        \builtin export SSOENV_SHELL=zsh
        if [[ -n ${__ssoenv_prev-} && -z ${SSOENV_PREV-} ]]; then
            \builtin export SSOENV_PREV="$__ssoenv_prev"
        fi
        \builtin command ssoenv "$@"
    )" || __ssoenv_rc=$?
    case $__ssoenv_out in
        ('') ;;
        ('#ssoenv/1'$'\n'*)
            if [[ $__ssoenv_rc -eq 0 ]]; then
                \builtin eval "${__ssoenv_out#*$'\n'}" || __ssoenv_rc=1
                # In a pipeline, or with the output in a file, keys are for nobody's eyes.
                if [[ $__ssoenv_rc -eq 0 && $ZSH_SUBSHELL -gt 0 && -n ${__ssoenv_own-} &&
                    -p /dev/fd/1 && ${ZSH_EVAL_CONTEXT-} == *'subst:'* ]]; then
                    __ssoenv_hand_on
                fi
                [[ -z ${TMUX-} || -z ${TMUX_PANE-} || -z ${__ssoenv_on-} ]] || __ssoenv_tmux
            fi
            ;;
        (*)
            \builtin print -ru2 -- 'error: the hook is older than the binary: open a new shell'
            [[ $__ssoenv_rc -ne 0 ]] || __ssoenv_rc=1
            ;;
    esac
    __ssoenv_out=''
    if [[ -n $__ssoenv_was && -z ${SSOENV_MODE-} ]]; then
        \builtin typeset -g +x __ssoenv_prev
        __ssoenv_prev=$__ssoenv_was
    fi
    \builtin return $__ssoenv_rc
}

# In `eval "$(ssoenv use x)"` the shell around this one evaluates what this one prints.
function __ssoenv_hand_on() {
    if [[ $__ssoenv_flags == *[xv]* ]]; then
        \builtin print -ru2 -l -- 'error: only a subshell is switched: the trace would show the keys' \
            'hint: type the command alone, without eval'
        __ssoenv_rc=1
    else
        \builtin print -r -- "${__ssoenv_out#*$'\n'}"
    fi
}

# Tells tmux where this pane is; its status line counts the minutes by itself.
function __ssoenv_tmux() {
    \builtin local label="${SSOENV_LABEL-}"
    # To tmux a semicolon at the end of a word ends the command.
    [[ $label != *';' ]] || label=${label%;}'\;'
    \builtin command tmux set-option -p -t "$TMUX_PANE" -- @ssoenv_label "$label" ';' \
        set-option -p -t "$TMUX_PANE" -- @ssoenv_exp "${SSOENV_EXPIRES_AT-}" >/dev/null 2>&1 ||
        \builtin true
}

function ssoenv() {
    \builtin emulate -L zsh
    \builtin setopt no_err_exit no_err_return
    \builtin local __ssoenv_word='' __ssoenv_verb='' __ssoenv_value='' __ssoenv_own='' __ssoenv_text=''
    for __ssoenv_word in "$@"; do
        if [[ -n $__ssoenv_value ]]; then
            __ssoenv_value=''
        else
            case $__ssoenv_word in
                ('-h'*|'-v'*'h'*|'-v'*'V'*|'--help'|'-?'|'-V'*|'--version'|'--shell'|'--shell='*) __ssoenv_text=1 ;;
                ('--color') [[ -n $__ssoenv_verb ]] || __ssoenv_value=1 ;;
                ('--remove') [[ $__ssoenv_verb != 'init' ]] || __ssoenv_own=1 ;;
                ('-'*) ;;
                (*) [[ -n $__ssoenv_verb ]] || __ssoenv_verb=$__ssoenv_word ;;
            esac
        fi
    done
    case $__ssoenv_verb in
        ('use'|'clear') __ssoenv_own=1 ;;
        # The directory's file may count from now on, or no longer.
        ('allow'|'deny') __ssoenv_pwd='' __ssoenv_file='' ;;
    esac
    if [[ -n $__ssoenv_own && -z $__ssoenv_text ]]; then
        __ssoenv_apply "$@"
    else
        \builtin command ssoenv "$@"
    fi
}

# What was found holds until then at most.
function __ssoenv_holds() {
    (( $1 >= __ssoenv_until )) || __ssoenv_until=$1
}

# Whether the user has set something else since `use`.
function __ssoenv_changed() {
    if [[ ${SSOENV_MODE-} == 'keys' ]]; then
        [[ ${AWS_ACCESS_KEY_ID-} != "${SSOENV_KEY_ID-}" || -n ${AWS_PROFILE+x} ]]
    else
        [[ ${AWS_PROFILE-} != "${SSOENV_KEY_ID-}" || -n ${AWS_ACCESS_KEY_ID+x} ]]
    fi
}

# What the stamp of these credentials calls for, a file of two numbers of which $1 is the first: the
# program runs only when there are newer ones, when they were removed, or when a refresh is due (it
# does that by itself).
function __ssoenv_refresh() {
    \builtin local -i due
    if [[ -z $1 ]]; then
        # Not read: that it is gone says something, all else does not. Looked at again each time.
        __ssoenv_until=0
        if [[ -e $SSOENV_STAMP || -L $SSOENV_STAMP || ! -d ${SSOENV_STAMP%/*} ]]; then
            \builtin return 0
        fi
    fi
    if [[ $1 != "${SSOENV_GEN-}" ]]; then
        # Once for each state that is met.
        if [[ ${__ssoenv_seen-} != "$SSOENV_STAMP $1" ]] && [[ -z $1 || $1 == <-> ]]; then
            __ssoenv_seen="$SSOENV_STAMP $1" __ssoenv_retry=0 __ssoenv_wait=60
            __ssoenv_apply use --from-cache
        fi
    elif [[ ${SSOENV_REFRESH_AT-} == <-> && ${#SSOENV_REFRESH_AT} -lt 13 ]]; then
        due=$(( 10#$SSOENV_REFRESH_AT ))
        if (( __ssoenv_now >= due && __ssoenv_now >= __ssoenv_retry )); then
            __ssoenv_retry=$(( __ssoenv_now + __ssoenv_wait ))
            __ssoenv_wait=$(( __ssoenv_wait < 300 ? 300 : 900 ))
            \builtin command ssoenv refresh </dev/null >/dev/null 2>&1
        fi
        __ssoenv_until=$(( due > __ssoenv_retry ? due : __ssoenv_retry ))
    fi
    \builtin return 0
}

# Asks the program when a tree with a `.ssoenv` file was entered or left; a look at the files is
# taken only after a change of directory.
function __ssoenv_follow() {
    __ssoenv_pwd=$PWD
    \builtin local dir="${PWD%/}" file=''
    while [[ -z $file ]]; do
        if [[ -f $dir/.ssoenv ]]; then
            file=$dir/.ssoenv
        elif [[ -z $dir ]]; then
            \builtin break
        fi
        dir=${dir%/*}
    done
    [[ $file != "${__ssoenv_file-}" ]] || \builtin return 0
    __ssoenv_file=$file
    __ssoenv_apply directory ${file:+"$file"}
    \builtin return 0
}
# {prompt}

# The prompt's text in __ssoenv_text and its colour in __ssoenv_color, from the environment and the
# clock alone.
function __ssoenv_segment() {
    __ssoenv_text=''
    [[ -n ${SSOENV_MODE-} ]] || \builtin return 0
    \builtin local text="${SSOENV_LABEL-}" tail="${SSOENV_LEFT- {\}}" left='' mark='{}'
    \builtin local color=6
    \builtin local -i seconds
    if (( COLUMNS > 0 && COLUMNS < 60 )); then
        (( COLUMNS >= 40 )) || \builtin return 0
        case ${SSOENV_ROLE-} in
            (''|*[^A-Za-z0-9+=,.@_-]*) ;;
            (*) text=$SSOENV_ROLE tail=" $mark" ;;
        esac
    fi
    if [[ -n $__ssoenv_other ]]; then
        left='changed'
    elif [[ ${SSOENV_EXPIRES_AT-} == <-> && ${#SSOENV_EXPIRES_AT} -lt 13 ]]; then
        seconds=$(( 10#$SSOENV_EXPIRES_AT - __ssoenv_now ))
        if (( seconds <= 0 )); then
            left='expired'
        elif (( seconds < 3600 )); then
            left=$(( seconds / 60 ))m
        else
            left=$(( seconds / 3600 ))h${(l:2::0:)$(( seconds / 60 % 60 ))}m
        fi
        (( seconds <= 0 )) || __ssoenv_holds $(( __ssoenv_now + seconds % 60 + 1 ))
    fi
    case $tail in
        (*"$mark"*)
            if [[ -n $left ]]; then
                [[ -z $text && $tail == ' '* ]] || text+=${tail%%"$mark"*}
                text+=$left
            fi
            text+=${tail#*"$mark"}
            ;;
        (*) case $left in ('expired'|'changed') text+=" $left" ;; esac ;;
    esac
    __ssoenv_text=$text
    case ${SSOENV_COLOR-} in
        (black) color=0 ;;
        (red) color=1 ;;
        (green) color=2 ;;
        (yellow) color=3 ;;
        (blue) color=4 ;;
        (magenta) color=5 ;;
        (white) color=7 ;;
        ([0-9]|[0-9][0-9]|[0-9][0-9][0-9]) color=$SSOENV_COLOR ;;
    esac
    if [[ $left == 'expired' || $left == 'changed' ]]; then
        color+='}%B%F{'$color
    elif [[ ${SSOENV_WARN_AT-} == <-> && ${#SSOENV_WARN_AT} -lt 13 ]]; then
        if (( __ssoenv_now >= 10#$SSOENV_WARN_AT )); then
            color+='}%B%F{'$color
        else
            __ssoenv_holds $(( 10#$SSOENV_WARN_AT ))
        fi
    fi
    __ssoenv_color=$color
}

# Puts the text into PROMPT by its place in psvar: nothing in it is expanded, whatever options are
# set. Other tools may have set PROMPT anew.
function __ssoenv_show() {
    \builtin local old=$__ssoenv_part
    if [[ -z $__ssoenv_text && $PROMPT != *"$old"* ]]; then
        \builtin return 0
    fi
    psvar[19]=$__ssoenv_text
    if [[ -n ${NO_COLOR-} || ${TERM-} == 'dumb' ]]; then
        __ssoenv_part='%(19V.%19v .)'
    else
        __ssoenv_part="%(19V.%F{$__ssoenv_color}%19v%b%f .)"
    fi
    case $PROMPT in
        (*"$__ssoenv_part"*) ;;
        (*"$old"*) PROMPT=${PROMPT/"$old"/"$__ssoenv_part"} ;;
        ($'\n'*) PROMPT=$'\n'$__ssoenv_part${PROMPT#?} ;;
        (*) PROMPT=$__ssoenv_part$PROMPT ;;
    esac
}
# {end}

# Looks at everything, because something in it has changed or its time has come. What is found holds
# from __ssoenv_from until __ssoenv_until.
function __ssoenv_look() {
    \builtin local __ssoenv_other=''
    __ssoenv_from=$__ssoenv_now __ssoenv_until=999999999999
    [[ ${__ssoenv_pwd-} == "$PWD" ]] || __ssoenv_follow
    if [[ -n ${SSOENV_MODE-} ]]; then
        if __ssoenv_changed; then
            __ssoenv_other=1
        elif [[ -n ${SSOENV_STAMP-} ]]; then
            __ssoenv_refresh "$1"
        fi
    fi
# {prompt}
    __ssoenv_segment
    __ssoenv_show
# {end}
}

# Before each prompt; as long as nothing has changed this calls no function. zsh itself keeps what the
# last command returned.
function __ssoenv_prompt() {
    \builtin emulate -L zsh
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_aliases
    \builtin local __ssoenv_now=${EPOCHSECONDS-} __ssoenv_gen='' __ssoenv_facts=''
    [[ $__ssoenv_now == <-> ]] || __ssoenv_now=0
    if [[ -f ${SSOENV_STAMP-} && -O $SSOENV_STAMP && ! -L $SSOENV_STAMP ]]; then
        # No process: and unlike `read` not byte by byte.
        __ssoenv_gen="$(<"$SSOENV_STAMP")"
        __ssoenv_gen=${__ssoenv_gen%% *}
    fi
    __ssoenv_facts="$__ssoenv_gen,${AWS_ACCESS_KEY_ID-},${AWS_ACCESS_KEY_ID+x},${AWS_PROFILE-},${AWS_PROFILE+x},\
${SSOENV_MODE-},${SSOENV_KEY_ID-},${SSOENV_GEN-},${SSOENV_REFRESH_AT-},${SSOENV_LABEL-},${SSOENV_LEFT- {\}},\
${SSOENV_ROLE-},${SSOENV_EXPIRES_AT-},${SSOENV_WARN_AT-},${SSOENV_COLOR-},${COLUMNS-},${NO_COLOR-},${TERM-}"
    if [[ ${__ssoenv_pwd-} != "$PWD" || $__ssoenv_facts != "${__ssoenv_known-}" ]] ||
        (( __ssoenv_now >= __ssoenv_until || __ssoenv_now < __ssoenv_from )); then
        __ssoenv_look "$__ssoenv_gen"
        __ssoenv_known=$__ssoenv_facts
    fi
# {prompt}
    [[ $PROMPT == *"$__ssoenv_part"* ]] || __ssoenv_show
# {end}
}

function __ssoenv_load() {
    \builtin emulate -L zsh
    \builtin zmodload zsh/datetime 2>/dev/null
    \builtin typeset -g +x __ssoenv_on=1 __ssoenv_seen='' __ssoenv_retry=0 __ssoenv_wait=60 __ssoenv_pwd=''
    \builtin typeset -g +x __ssoenv_file=${__ssoenv_file-${SSOENV_DIRECTORY-}} __ssoenv_text=''
    \builtin typeset -g +x __ssoenv_known='' __ssoenv_from=0 __ssoenv_until=0
    \builtin typeset -g +x __ssoenv_color=6 __ssoenv_part=${__ssoenv_part-'%(19V.%19v .)'}
    \builtin typeset -ga precmd_functions psvar
    precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}" __ssoenv_prompt)
}

if [[ -o interactive ]]; then
    __ssoenv_load
fi
\builtin unfunction __ssoenv_load
