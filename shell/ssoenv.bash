# The hook of ssoenv for bash 3.2 and newer. Loading it prints nothing, and twice is as good as once.
#
# Names that users may have as aliases or functions are called as builtins; every variable may be
# unset; numbers from the environment are digits before they meet arithmetic, where text is code. Where
# upper and lower case differ, nothing that `nocasematch` changes is asked (`case`, `==`).
\builtin unalias ssoenv 2>/dev/null || \builtin true

# Runs the program; evaluates what it prints for this shell, if it succeeds and knows this hook.
__ssoenv_apply() {
    \builtin local __ssoenv_out __ssoenv_rc=0 __ssoenv_was='' __ssoenv_flags="$-"
    # No trace and no trap shows what is assigned and evaluated here: keys.
    { \builtin set +xvET; } 2>/dev/null
    # What `use -` means after this, if it leaves nothing active.
    if [[ -n ${SSOENV_ON_TOP-} ]]; then
        __ssoenv_was=$SSOENV_ON_TOP
    elif [[ -n ${SSOENV_PROFILE-} ]]; then
        __ssoenv_was=$SSOENV_PROFILE
    elif [[ -n ${SSOENV_ACCOUNT_ID-} && -n ${SSOENV_ROLE-} ]]; then
        __ssoenv_was=//$SSOENV_ACCOUNT_ID/$SSOENV_ROLE/${SSOENV_SESSION-}
    fi
    __ssoenv_out="$(
        # shellcheck disable=SC2034
        \builtin export SSOENV_SHELL=bash
        if [[ -n ${__ssoenv_prev-} && -z ${SSOENV_PREV-} ]]; then
            \builtin export SSOENV_PREV="$__ssoenv_prev"
        fi
        \builtin exec ssoenv "$@"
    )" || __ssoenv_rc=$?
    case $__ssoenv_out in
        '') ;;
        '#ssoenv/1'$'\n'*)
            if [[ $__ssoenv_rc -eq 0 ]]; then
                __ssoenv_evaluate || __ssoenv_rc=1
                # Without /proc there is no /dev/fd either, but for macOS.
                if [[ $__ssoenv_rc -eq 0 && $BASH_SUBSHELL -gt 0 && -n ${__ssoenv_own-} ]] &&
                    [[ -p /dev/fd/1 || (! -e /dev/fd/1 && ! -t 1) ]]; then
                    __ssoenv_hand_on
                fi
                [[ -z ${TMUX-} || -z ${TMUX_PANE-} || -z ${__ssoenv_on-} ]] || __ssoenv_tmux
            fi
            ;;
        *)
            \builtin printf '%s\n' 'error: the hook is older than the binary: open a new shell' >&2
            [[ $__ssoenv_rc -ne 0 ]] || __ssoenv_rc=1
            ;;
    esac
    __ssoenv_out=
    if [[ -n $__ssoenv_was && -z ${SSOENV_MODE-} ]]; then
        __ssoenv_prev=$__ssoenv_was
        \builtin export -n __ssoenv_prev
    fi
    \builtin set "-${__ssoenv_flags//[!ETvx]/}"
    \builtin return "$__ssoenv_rc"
}

# A function of its own: without `-T` no DEBUG trap reaches into it, to which each command is shown.
__ssoenv_evaluate() {
    \builtin eval "${__ssoenv_out#*$'\n'}"
}

# In `eval "$(ssoenv use x)"` the shell around this one evaluates what this one prints.
__ssoenv_hand_on() {
    \builtin local reader=0
    __ssoenv_is_read || reader=$?
    case $reader$__ssoenv_flags in
        1*) ;;
        2*)
            # shellcheck disable=SC2016
            \builtin printf '%s\n' 'error: only a subshell is switched: this system does not tell who reads its output' \
                'hint: run `eval "$(command ssoenv use PROFILE)"`' >&2
            __ssoenv_rc=1
            ;;
        *[xv]*)
            \builtin printf '%s\n' 'error: only a subshell is switched: the trace would show the keys' \
                'hint: type the command alone, without eval' >&2
            __ssoenv_rc=1
            ;;
        *) \builtin printf '%s\n' "${__ssoenv_out#*$'\n'}" ;;
    esac
}

# Whether it is the shell around this one that reads what this one prints, as in `$(…)` and `<(…)`. In
# a pipeline somebody else does, and is not to see keys. 2 where nobody can tell.
__ssoenv_is_read() {
    \builtin local IFS=' ' word='' text='' parent='' fd=0
    if ! { \builtin read -r text </proc/self/stat; } 2>/dev/null; then
        __ssoenv_is_substitution
        \builtin return
    fi
    # Behind the name in parentheses: the state, and the number of the shell around this one.
    text=${text##*) } text=${text#* } parent=${text%% *}
    while ((fd < 256)); do
        if [[ /proc/$parent/fd/$fd -ef /proc/self/fd/1 ]]; then
            IFS=$'\t'
            while \builtin read -r word text; do
                # The last digit is 0 for the end that is read.
                [[ $word != flags: || $text != *0 ]] || \builtin return 0
            done <"/proc/$parent/fdinfo/$fd"
        fi
        fd=$((fd + 1))
    done
    \builtin return 1
}

# The same where there is no /proc: with job control a pipeline has a process group of its own, and a
# substitution stays in that of the shell.
__ssoenv_is_substitution() {
    \builtin local self groups
    [[ -n ${__ssoenv_on-} && $BASH_SUBSHELL -eq 1 ]] || \builtin return 2
    # shellcheck disable=SC2016
    self=$(\builtin exec sh -c 'echo "$PPID"') || \builtin return 2
    groups=$(\builtin exec ps -o pgid= -p "$$,$self" 2>/dev/null) || \builtin return 2
    [[ $groups == *$'\n'* ]] || \builtin return 2
    [[ ${groups%%$'\n'*} == "${groups##*$'\n'}" ]]
}

# Tells tmux where this pane is; its status line counts the minutes by itself.
__ssoenv_tmux() {
    \builtin local label="${SSOENV_LABEL-}"
    # To tmux a semicolon at the end of a word ends the command.
    [[ $label != *\; ]] || label=${label%;}'\;'
    (
        \builtin exec tmux set-option -p -t "$TMUX_PANE" -- @ssoenv_label "$label" \; \
            set-option -p -t "$TMUX_PANE" -- @ssoenv_exp "${SSOENV_EXPIRES_AT-}" >/dev/null 2>&1
    ) || \builtin true
}

function ssoenv() {
    \builtin local __ssoenv_word __ssoenv_verb='' __ssoenv_value='' __ssoenv_own='' __ssoenv_text=''
    for __ssoenv_word in "$@"; do
        if [[ -n $__ssoenv_value ]]; then
            __ssoenv_value=
        else
            case $__ssoenv_word in
                --help | -\? | --version | --shell | --shell=*) __ssoenv_text=1 ;;
                # `-h` and `-V`, alone or behind `-v`: `##` minds the case under `nocasematch` too.
                -[hvV]*) [[ -n ${__ssoenv_word##*[hV]*} ]] || __ssoenv_text=1 ;;
                --color) [[ -n $__ssoenv_verb ]] || __ssoenv_value=1 ;;
                # In `eval "$(…)"` its text is for the shell around this one alone.
                --remove) [[ $__ssoenv_verb != init || $BASH_SUBSHELL -gt 0 ]] || __ssoenv_own=1 ;;
                -*) ;;
                *) [[ -n $__ssoenv_verb ]] || __ssoenv_verb=$__ssoenv_word ;;
            esac
        fi
    done
    case $__ssoenv_verb in
        use | clear) __ssoenv_own=1 ;;
        # The directory's file may count from now on, or no longer.
        allow | deny) __ssoenv_pwd='' __ssoenv_file='?' ;;
    esac
    if [[ -n $__ssoenv_own && -z $__ssoenv_text ]]; then
        __ssoenv_apply "$@"
    else
        # As a program of its own. (Under `set -e`, a failing `builtin command` ends bash, whatever
        # follows it.)
        (\builtin exec ssoenv "$@")
    fi
}
# {cmd}

\builtin unalias __SSOENV_CMD__ 2>/dev/null || \builtin true
function __SSOENV_CMD__() { ssoenv use "$@"; }
__ssoenv_cmd=__SSOENV_CMD__
\builtin export -n __ssoenv_cmd
# {end}

# Seconds since 1970 in __ssoenv_now, without a process, where EPOCHSECONDS does not tell them.
if [[ ${BASH_VERSINFO[0]} -gt 4 || (${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 2) ]]; then
    __ssoenv_clock() { \builtin printf -v __ssoenv_now '%(%s)T' -1; }
else
    __ssoenv_start=$(\builtin exec date +%s)
    __ssoenv_start=$((__ssoenv_start - SECONDS))
    __ssoenv_clock() { __ssoenv_now=$((__ssoenv_start + SECONDS)); }
fi

# Whether the text is a number that arithmetic may see.
__ssoenv_number() {
    case $1 in
        '' | *[!0-9]* | ?????????????*) \builtin return 1 ;;
    esac
}

# What was found holds until then at most.
__ssoenv_holds() {
    (($1 >= __ssoenv_until)) || __ssoenv_until=$1
}

# Whether the user has set something else since `use`.
__ssoenv_changed() {
    if [[ ${SSOENV_MODE-} == keys ]]; then
        [[ -n ${AWS_PROFILE+x} ]] || \builtin test "${AWS_ACCESS_KEY_ID-}" != "${SSOENV_KEY_ID-}"
    else
        [[ -n ${AWS_ACCESS_KEY_ID+x} ]] || \builtin test "${AWS_PROFILE-}" != "${SSOENV_KEY_ID-}"
    fi
}

# What the stamp of these credentials calls for, a file of two numbers of which $1 is the first: the
# program runs only when there are newer ones, when they were removed, or when a refresh is due (it
# does that by itself).
__ssoenv_refresh() {
    if [[ -z $1 ]]; then
        # Not read: that it is gone says something, all else does not. Looked at again each time.
        __ssoenv_until=0
        if [[ -e $SSOENV_STAMP || -L $SSOENV_STAMP || ! -d ${SSOENV_STAMP%/*} ]]; then
            \builtin return 0
        fi
    fi
    if [[ $1 != "${SSOENV_GEN-}" ]]; then
        # Once for each state that is met.
        if [[ ${__ssoenv_seen-} != "$SSOENV_STAMP ${SSOENV_GEN-} $1" ]] &&
            { [[ -z $1 ]] || __ssoenv_number "$1"; }; then
            __ssoenv_seen="$SSOENV_STAMP ${SSOENV_GEN-} $1" __ssoenv_retry=0 __ssoenv_wait=60
            __ssoenv_apply use --from-cache || \builtin true
        fi
    elif __ssoenv_number "${SSOENV_REFRESH_AT-}"; then
        if ((__ssoenv_now >= 10#$SSOENV_REFRESH_AT && __ssoenv_now >= __ssoenv_retry)); then
            __ssoenv_retry=$((__ssoenv_now + __ssoenv_wait))
            __ssoenv_wait=$((__ssoenv_wait < 300 ? 300 : 900))
            (\builtin exec ssoenv refresh </dev/null >/dev/null 2>&1) || \builtin true
        fi
        __ssoenv_until=$((10#$SSOENV_REFRESH_AT > __ssoenv_retry ? 10#$SSOENV_REFRESH_AT : __ssoenv_retry))
    fi
    \builtin return 0
}

# Asks the program when a tree with a `.ssoenv` file was entered or left; a look at the files is
# taken only after a change of directory.
__ssoenv_follow() {
    __ssoenv_pwd=$PWD
    \builtin local dir="${PWD%/}" file=''
    # Somebody may have put something else into it.
    [[ $PWD == /* ]] || \builtin return 0
    while [[ -z $file ]]; do
        if [[ -f $dir/.ssoenv ]]; then
            file=$dir/.ssoenv
        elif [[ -z $dir ]]; then
            \builtin break
        fi
        dir=${dir%/*}
    done
    \builtin test "$file" != "${__ssoenv_file-}" || \builtin return 0
    __ssoenv_file=$file
    __ssoenv_apply directory ${file:+"$file"} || \builtin true
}

# Goes last in PROMPT_COMMAND, where all others have done what they do to the prompt and to variables:
# on a line of its own, whatever that of the others ends with; in an array in the last entry, because
# all keep their places. bash-preexec alone has to come later.
__ssoenv_last() {
    # shellcheck disable=SC2016
    \builtin local entry='${__ssoenv_on:+__ssoenv_prompt}' n at=0 text rest
    if [[ -n ${PROMPT_COMMAND[*]-} ]]; then
        for n in "${!PROMPT_COMMAND[@]}"; do
            text=${PROMPT_COMMAND[n]}
            # What parted others from it goes too.
            while [[ $text == *"$entry"* ]]; do
                rest=${text#*"$entry"} text=${text%%"$entry"*}
                text=${text%$'\n'} rest=${rest#"${rest%%[! ]*}"}
                rest=${rest#;} rest=${rest#$'\n'}
                text=$text${text:+${rest:+$'\n'}}$rest
            done
            __ssoenv_put "$n" "$text"
            [[ -z $text || ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -lt 51 ]] || at=$n
        done
    fi
    text=${PROMPT_COMMAND[at]-} rest=''
    if [[ $text == *__bp_interactive_mode ]]; then
        text=${text%__bp_interactive_mode} text=${text%$'\n'} rest=$'\n__bp_interactive_mode'
    fi
    __ssoenv_put "$at" "$text${text:+$'\n'}$entry$rest"
    __ssoenv_entries="${PROMPT_COMMAND[*]-}"
}

# A string stays a string.
__ssoenv_put() {
    # shellcheck disable=SC2178
    if [[ $1 -eq 0 ]]; then PROMPT_COMMAND=$2; else PROMPT_COMMAND[$1]=$2; fi
}
# {prompt}


# The prompt's text in __ssoenv_ps1, from the environment and the clock alone.
__ssoenv_segment() {
    __ssoenv_ps1=''
    [[ -n ${SSOENV_MODE-} ]] || \builtin return 0
    \builtin local text="${SSOENV_LABEL-}" tail=' {}' left='' color='' seconds short
    [[ -z ${SSOENV_LEFT+x} ]] || tail=$SSOENV_LEFT
    if __ssoenv_number "${COLUMNS-}" && ((10#$COLUMNS > 0 && 10#$COLUMNS < 60)); then
        short=${SSOENV_LABEL_60-}
        ((10#$COLUMNS >= 40)) || short=${SSOENV_LABEL_40:-$short}
        [[ -z $short ]] || text=$short tail=' {}'
    fi
    if [[ -n $__ssoenv_other ]]; then
        left=changed
    elif __ssoenv_number "${SSOENV_EXPIRES_AT-}"; then
        seconds=$((10#$SSOENV_EXPIRES_AT - __ssoenv_now))
        if ((seconds <= 0)); then
            left=expired
        elif ((seconds < 3600)); then
            left=$((seconds / 60))m
        else
            \builtin printf -v left '%dh%02dm' "$((seconds / 3600))" "$((seconds / 60 % 60))"
        fi
        ((seconds <= 0)) || __ssoenv_holds $((__ssoenv_now + seconds % 60 + 1))
    fi
    case $tail in
        *'{}'*)
            if [[ -n $left ]]; then
                [[ -z $text && $tail == ' '* ]] || text=$text${tail%%'{}'*}
                text=$text$left
            fi
            text=$text${tail#*'{}'}
            ;;
        *) case $left in expired | changed) text="$text $left" ;; esac ;;
    esac
    # `use` has cleaned the names; what still steers a terminal came from somewhere else.
    [[ $text != *[$__ssoenv_unfit]* ]] || text=${text//[$__ssoenv_unfit]/}
    [[ -n $text ]] || \builtin return 0
    __ssoenv_width=$((${#text} + 1))
    if [[ -n ${NO_COLOR-} || ${TERM-} == dumb ]]; then
        __ssoenv_ps1="$text "
        \builtin return 0
    fi
    case ${SSOENV_COLOR-} in
        black) color=30 ;;
        red) color=31 ;;
        green) color=32 ;;
        yellow) color=33 ;;
        blue) color=34 ;;
        magenta) color=35 ;;
        cyan) color=36 ;;
        white) color=37 ;;
        [0-9] | [0-9][0-9] | [0-9][0-9][0-9]) color="38;5;$SSOENV_COLOR" ;;
    esac
    if [[ $left == expired || $left == changed ]]; then
        color='33;1'
    elif __ssoenv_number "${SSOENV_WARN_AT-}"; then
        if ((__ssoenv_now >= 10#$SSOENV_WARN_AT)); then
            color="${color:-33};1"
        else
            __ssoenv_holds $((10#$SSOENV_WARN_AT))
        fi
    fi
    # Between \001 and \002 stands what takes no room.
    __ssoenv_ps1=$'\001\e['"${color:-36}"$'m\002'"$text"$'\001\e[0m\002 '
}

# Puts the text into PS1 by its name: what is in it is never read as code. It stands at the beginning,
# behind the mark by which a terminal knows where a prompt begins (OSC 133 and 633, `A` or `P`) and
# behind empty lines; before the last line if there are several and the first has no room for it.
# Without promptvars the name itself would show.
__ssoenv_show() {
    # shellcheck disable=SC2016
    \builtin local token='${__ssoenv_ps1-}' head='' rest="${PS1-}" last=''
    rest=${rest//"$token"/}
    # Without a prompt another tool draws one.
    [[ -n $rest ]] || \builtin return 0
    if \builtin shopt -q promptvars; then
        if [[ $rest == *']'[16]'33;'[AP]*'\]'* ]]; then
            head=${rest%%']'[16]'33;'[AP]*}
            rest=${rest#"$head"}
            head=$head${rest%%'\]'*}'\]' rest=${rest#*'\]'}
        fi
        __ssoenv_skip
        if __ssoenv_is_full; then
            head=$head${rest%"$last"} rest=$last
            __ssoenv_skip
        fi
        rest=$head$token$rest
    fi
    \builtin test "${PS1-}" = "$rest" || PS1=$rest
}

# Moves marks, titles and empty lines from the beginning of $rest to the end of $head.
__ssoenv_skip() {
    while \builtin true; do
        case $rest in
            '\n'*) head=$head'\n' rest=${rest#'\n'} ;;
            $'\n'*) head=$head$'\n' rest=${rest#$'\n'} ;;
            '\['$'\e'']'*'\]'* | '\[\e]'*'\]'* | '\[\033]'*'\]'*)
                head=$head${rest%%'\]'*}'\]' rest=${rest#*'\]'}
                ;;
            *) \builtin return 0 ;;
        esac
    done
}

# Whether $rest has several lines, $last being the last, and the first has no room for the text. A line
# with a command in it is not measured.
__ssoenv_is_full() {
    \builtin local first="${rest%%'\n'*}" other room braces
    first=${first%%$'\n'*}
    [[ -n $__ssoenv_ps1 && $first != "$rest" ]] || \builtin return 1
    __ssoenv_number "${COLUMNS-}" && ((10#$COLUMNS > __ssoenv_width)) || \builtin return 1
    room=$((10#$COLUMNS - __ssoenv_width))
    [[ ${#first} -ge $room || $first == *[\\$]* ]] || \builtin return 1
    last=${rest##*'\n'} other=${rest##*$'\n'}
    [[ ${#last} -lt ${#other} ]] || last=$other
    # shellcheck disable=SC2016
    case ${rest%"$last"} in *'$('* | *'`'*) \builtin return 1 ;; esac
    while [[ $first == *'\['*'\]'* ]]; do
        first=${first%%'\['*}${first#*'\]'}
    done
    braces=${first//\}/} other=${first//\{/}
    if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 && ${#other} -eq ${#braces} ]]; then
        first=${first@P}
    fi
    [[ ${#first} -ge $room ]]
}
# {end}

# Looks at everything, because something in it has changed or its time has come. What is found holds
# from __ssoenv_from until __ssoenv_until.
__ssoenv_look() {
    case $__ssoenv_now in '' | *[!0-9]*) __ssoenv_clock ;; esac
    __ssoenv_from=$__ssoenv_now __ssoenv_until=999999999999
    \builtin local __ssoenv_other=''
    \builtin test "${__ssoenv_pwd-}" = "$PWD" || __ssoenv_follow
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

# Before each prompt. What the last command returned stays. As long as nothing has changed this calls
# no function, quotes nothing and stays short: bash copies the whole body at each call.
__ssoenv_prompt() {
    \builtin local __ssoenv_status="$?" __ssoenv_now="${EPOCHSECONDS-}" __ssoenv_gen='' __ssoenv_facts __ssoenv_traced=''
    case $- in *[xv]*) { __ssoenv_traced=$- && \builtin set +xv; } 2>/dev/null ;; esac
    [[ -n $__ssoenv_now ]] || __ssoenv_clock
    if [[ -f ${SSOENV_STAMP-} && -O $SSOENV_STAMP && ! -L $SSOENV_STAMP ]]; then
        # The whole line, whatever IFS is: its first number is taken where it is looked at.
        \builtin read -r __ssoenv_gen <"$SSOENV_STAMP" || \builtin true
    fi
    __ssoenv_facts=$__ssoenv_gen,${AWS_ACCESS_KEY_ID-},${AWS_ACCESS_KEY_ID+x},${AWS_PROFILE-},${AWS_PROFILE+x},\
${SSOENV_MODE-},${SSOENV_KEY_ID-},${SSOENV_GEN-},${SSOENV_REFRESH_AT-},${SSOENV_LABEL-},${SSOENV_LEFT-},${SSOENV_LEFT+x},${SSOENV_LABEL_60-},\
${SSOENV_EXPIRES_AT-},${SSOENV_WARN_AT-},${SSOENV_COLOR-},${COLUMNS-},${NO_COLOR-},${TERM-}
    # Times are texts of one length, which compare as numbers do. Under `nocasematch` (`a == A`) texts
    # that differ may seem to be the same.
    # shellcheck disable=SC2050,SC2071
    if [[ ${__ssoenv_pwd-} != "$PWD" || $__ssoenv_facts != "${__ssoenv_known-}" || a == A ||
        ! $__ssoenv_now < $__ssoenv_until || $__ssoenv_now < $__ssoenv_from ]]; then
        __ssoenv_look "${__ssoenv_gen%% *}"
        __ssoenv_known=$__ssoenv_facts
    fi
# {prompt}
    # shellcheck disable=SC2016
    if [[ ${PS1-} != *'${__ssoenv_ps1-}'* ]] || ! \builtin shopt -q promptvars; then
        __ssoenv_show
    fi
    [[ ${PROMPT_COMMAND[*]-} == "$__ssoenv_entries" ]] || __ssoenv_last
# {end}
    [[ -z $__ssoenv_traced ]] || \builtin set "-${__ssoenv_traced//[!vx]/}"
    # Under `set -e` a failure here would end the shell. (`E`, which is another flag, does not.)
    [[ -z ${-##*e*} ]] || \builtin return "$__ssoenv_status"
}

# The entry names the function only where it exists: PROMPT_COMMAND may be exported to other shells.
if [[ $- == *i* ]]; then
    __ssoenv_on=1 __ssoenv_seen='' __ssoenv_retry=0 __ssoenv_wait=60 __ssoenv_pwd=''
    __ssoenv_file=${__ssoenv_file-${SSOENV_DIRECTORY-}}
    __ssoenv_ps1='' __ssoenv_width=0 __ssoenv_known='' __ssoenv_from=0 __ssoenv_until=0
    \builtin export -n __ssoenv_on __ssoenv_ps1 __ssoenv_file
    __ssoenv_last
# {prompt}
    # What steers a terminal or turns the order of its text: controls, also those that [:cntrl:] does not
    # know everywhere, and what has no width; outside of UTF-8 locales all but ASCII.
    __ssoenv_unfit='[:cntrl:]'$'\302\200\302\201\302\202\302\203\302\204\302\205\302\206\302\207\302\210\302\211\302\212\302\213\302\214\302\215\302\216\302\217\302\220\302\221\302\222\302\223\302\224\302\225\302\226\302\227\302\230\302\231\302\232\302\233\302\234\302\235\302\236\302\237\302\255\330\234\342\200\213\342\200\214\342\200\215\342\200\216\342\200\217\342\200\250\342\200\251\342\200\252\342\200\253\342\200\254\342\200\255\342\200\256\342\201\240\342\201\241\342\201\242\342\201\243\342\201\244\342\201\245\342\201\246\342\201\247\342\201\250\342\201\251\342\201\252\342\201\253\342\201\254\342\201\255\342\201\256\342\201\257\357\273\277'
    [[ ${LC_ALL:-${LC_CTYPE:-${LANG-}}} == *[Uu][Tt][Ff]* ]] || __ssoenv_unfit=$'[:cntrl:]\200-\377'
    \builtin export -n __ssoenv_unfit __ssoenv_width __ssoenv_entries
    # Now, before another tool lays its marks around the prompt.
    __ssoenv_show
# {end}
fi
