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
    # No trace and no trap shows what is assigned and evaluated here: keys. The trap is back at the end.
    \builtin setopt no_xtrace no_verbose no_err_exit no_err_return no_aliases
    \builtin trap - DEBUG
    \builtin local __ssoenv_out='' __ssoenv_was=''
    \builtin local -i __ssoenv_rc=0
    # What `use -` means after this, if it leaves nothing active.
    if [[ -n ${SSOENV_ON_TOP-} ]]; then
        __ssoenv_was=$SSOENV_ON_TOP
    elif [[ -n ${SSOENV_PROFILE-} ]]; then
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
                # In `eval "$(…)"` its text is for the shell around this one alone.
                ('--remove') [[ $__ssoenv_verb != 'init' || $ZSH_SUBSHELL -gt 0 ]] || __ssoenv_own=1 ;;
                ('-'*) ;;
                (*) [[ -n $__ssoenv_verb ]] || __ssoenv_verb=$__ssoenv_word ;;
            esac
        fi
    done
    case $__ssoenv_verb in
        ('use'|'clear') __ssoenv_own=1 ;;
        # The directory's file may count from now on, or no longer.
        ('allow'|'deny') __ssoenv_pwd='' __ssoenv_file='?' ;;
    esac
    if [[ -n $__ssoenv_own && -z $__ssoenv_text ]]; then
        __ssoenv_apply "$@"
    else
        \builtin command ssoenv "$@"
    fi
}
# {cmd}

\builtin unalias __SSOENV_CMD__ 2>/dev/null || \builtin true
function __SSOENV_CMD__() {
    ssoenv use "$@"
}
\builtin typeset -g +x __ssoenv_cmd=__SSOENV_CMD__
# {end}

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
        if [[ ${__ssoenv_seen-} != "$SSOENV_STAMP ${SSOENV_GEN-} $1" ]] && [[ -z $1 || $1 == <-> ]]; then
            __ssoenv_seen="$SSOENV_STAMP ${SSOENV_GEN-} $1" __ssoenv_retry=0 __ssoenv_wait=60
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
    # Somebody may have put something else into it.
    [[ $PWD == '/'* ]] || \builtin return 0
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

# The prompt's text in __ssoenv_text, its color in __ssoenv_color, and whether it is bold in
# __ssoenv_bold, from the environment and the clock alone.
function __ssoenv_segment() {
    __ssoenv_text='' __ssoenv_color='' __ssoenv_bold=''
    [[ -n ${SSOENV_MODE-} ]] || \builtin return 0
    \builtin local text="${SSOENV_LABEL-}" tail="${SSOENV_LEFT- {\}}" left='' mark='{}'
    \builtin local color='' short
    \builtin local -i seconds
    if (( COLUMNS > 0 && COLUMNS < 60 )); then
        short=${SSOENV_LABEL_60-}
        (( COLUMNS >= 40 )) || short=${SSOENV_LABEL_40:-$short}
        [[ -z $short ]] || text=$short tail=" $mark"
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
    # `use` has cleaned the names; what still steers a terminal came from somewhere else.
    __ssoenv_text=${text//${~__ssoenv_unfit}/}
    [[ -z ${NO_COLOR-} && ${TERM-} != 'dumb' ]] || \builtin return 0
    case ${SSOENV_COLOR-} in
        (black) color=0 ;;
        (red) color=1 ;;
        (green) color=2 ;;
        (yellow) color=3 ;;
        (blue) color=4 ;;
        (magenta) color=5 ;;
        (cyan) color=6 ;;
        (white) color=7 ;;
        ([0-9]|[0-9][0-9]|[0-9][0-9][0-9]) color=$SSOENV_COLOR ;;
    esac
    if [[ $left == 'expired' || $left == 'changed' ]]; then
        __ssoenv_bold=1 color=3
    elif [[ ${SSOENV_WARN_AT-} == <-> && ${#SSOENV_WARN_AT} -lt 13 ]]; then
        if (( __ssoenv_now >= 10#$SSOENV_WARN_AT )); then
            __ssoenv_bold=1 color=${color:-3}
        else
            __ssoenv_holds $(( 10#$SSOENV_WARN_AT ))
        fi
    fi
    __ssoenv_color=${color:-6}
}

# Puts the text into PROMPT by its places in psvar: nothing in it is expanded, whatever options are
# set, and what stands in PROMPT never changes, so that others may keep it. It stands at the beginning,
# behind the mark by which a terminal knows where a prompt begins (OSC 133 and 633, `A` or `P`) and
# behind empty lines; before the last line if there are several and the first has no room for it.
function __ssoenv_show() {
    \builtin local head='' rest=${PROMPT//"$__ssoenv_part"/} last='' osc=$'%{\e]'
    psvar[91]=$__ssoenv_text psvar[92]=$__ssoenv_color psvar[93]=$__ssoenv_bold
    if [[ $__ssoenv_options == *p* ]]; then
        # Without a segment all stays as it is; without a prompt another tool draws one.
        [[ -n $rest && ( -n $__ssoenv_text || $rest != "$PROMPT" ) ]] || \builtin return 0
        if [[ $rest == *']'[16]'33;'[AP]*'%}'* ]]; then
            head=${rest%%']'[16]'33;'[AP]*}
            rest=${rest#"$head"}
            head+=${rest%%'%}'*}'%}' rest=${rest#*'%}'}
        fi
        __ssoenv_skip
        if __ssoenv_is_full; then
            head+=${rest%"$last"} rest=$last
            __ssoenv_skip
        fi
        rest=$head$__ssoenv_part$rest
    fi
    [[ $PROMPT == "$rest" ]] || PROMPT=$rest
}

# Moves marks, titles and empty lines from the beginning of $rest to the end of $head.
function __ssoenv_skip() {
    while \builtin true; do
        case $rest in
            ($'\n'*) head+=$'\n' rest=${rest#?} ;;
            ("$osc"*'%}'*) head+=${rest%%'%}'*}'%}' rest=${rest#*'%}'} ;;
            (*) \builtin return 0 ;;
        esac
    done
}

# Whether $rest has several lines, $last being the last, and the first has no room for the text. A line
# with a command in it is not measured.
function __ssoenv_is_full() {
    \builtin local first=${rest%%$'\n'*}
    [[ -n $__ssoenv_text && $first != "$rest" ]] || \builtin return 1
    \builtin local -i room=$(( COLUMNS - ${(m)#__ssoenv_text} - 1 ))
    (( room > 0 )) && [[ ${#first} -ge $room || $first == *[%\$]* ]] || \builtin return 1
    last=${rest##*$'\n'}
    if [[ $__ssoenv_options == *s* ]]; then
        case ${rest%"$last"} in (*'$('*|*'`'*) \builtin return 1 ;; esac
        [[ ${#first//\{/} -ne ${#first//\}/} ]] || first=${(e)first}
    fi
    # What takes no room.
    first=${(S)first//\%\{*\%\}/}
    first=${(S)first//\%[FK]\{*\}/}
    first=${(%)${first//\%[BbUuSsfkE]/}}
    (( ${(m)#first} >= room ))
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
# {prompt}
    \builtin local __ssoenv_options=''
    [[ ! -o promptpercent ]] || __ssoenv_options=p
    [[ ! -o promptsubst ]] || __ssoenv_options+=s
# {end}
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
${SSOENV_LABEL_60-},${SSOENV_EXPIRES_AT-},${SSOENV_WARN_AT-},${SSOENV_COLOR-},${COLUMNS-},${NO_COLOR-},${TERM-}"
    if [[ ${__ssoenv_pwd-} != "$PWD" || $__ssoenv_facts != "${__ssoenv_known-}" ]] ||
        (( __ssoenv_now >= __ssoenv_until || __ssoenv_now < __ssoenv_from )); then
        __ssoenv_look "$__ssoenv_gen"
        __ssoenv_known=$__ssoenv_facts
    fi
# {prompt}
    if [[ $PROMPT != *"$__ssoenv_part"* || ${psvar[91]-} != "$__ssoenv_text" || $__ssoenv_options != *p* ]]; then
        __ssoenv_show
    fi
    # Behind others that set the prompt, from the next time on.
    if [[ ${precmd_functions[-1]} != '__ssoenv_prompt' ]]; then
        precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}" __ssoenv_prompt)
    fi
# {end}
}

function __ssoenv_load() {
    \builtin emulate -L zsh
    \builtin zmodload zsh/datetime 2>/dev/null
    \builtin typeset -g +x __ssoenv_on=1 __ssoenv_seen='' __ssoenv_retry=0 __ssoenv_wait=60 __ssoenv_pwd=''
    \builtin typeset -g +x __ssoenv_file=${__ssoenv_file-${SSOENV_DIRECTORY-}} __ssoenv_text=''
    \builtin typeset -g +x __ssoenv_known='' __ssoenv_from=0 __ssoenv_until=0
    \builtin typeset -g +x __ssoenv_color='' __ssoenv_bold=''
    \builtin typeset -g +x __ssoenv_part='%(91V.%(93V.%B.)%(92V.%F{%92v}.)%91v%(93V.%b.)%(92V.%f.) .)'
    # Controls, directions, and what has no width; outside of UTF-8 locales all but ASCII.
    \builtin typeset -g +x __ssoenv_unfit='[[:cntrl:]'$'\302\200\302\201\302\202\302\203\302\204\302\205\302\206\302\207\302\210\302\211\302\212\302\213\302\214\302\215\302\216\302\217\302\220\302\221\302\222\302\223\302\224\302\225\302\226\302\227\302\230\302\231\302\232\302\233\302\234\302\235\302\236\302\237\302\255\330\234\342\200\213\342\200\214\342\200\215\342\200\216\342\200\217\342\200\250\342\200\251\342\200\252\342\200\253\342\200\254\342\200\255\342\200\256\342\201\240\342\201\241\342\201\242\342\201\243\342\201\244\342\201\245\342\201\246\342\201\247\342\201\250\342\201\251\342\201\252\342\201\253\342\201\254\342\201\255\342\201\256\342\201\257\357\273\277'']'
    [[ ${LC_ALL:-${LC_CTYPE:-${LANG-}}} == *[Uu][Tt][Ff]* ]] || __ssoenv_unfit='[^ -~]'
    \builtin typeset -ga precmd_functions psvar
    precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}" __ssoenv_prompt)
}

if [[ -o interactive ]]; then
    __ssoenv_load
fi
\builtin unfunction __ssoenv_load
