# Completion of `ssoenv` in bash 3.2 and newer. The program reads the line and decides.
__ssoenv_complete() {
    \builtin local out line first='' n
    COMPREPLY=()
    out=$(SSOENV_COMPLETE=bash SSOENV_COMPLETE_CMD=${__ssoenv_cmd-} SSOENV_COMPLETE_BREAKS=$COMP_WORDBREAKS \
        \builtin command ssoenv "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || \builtin true
    while IFS= \builtin read -r line; do
        if [[ -z $first ]]; then
            first=$line
        else
            COMPREPLY[${#COMPREPLY[@]}]=${line%%$'\t'*}
        fi
    done <<<"$out"
    case $first in
        ':delegate '*)
            n=${first#:delegate }
            if \builtin declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset "$n"
            elif \builtin declare -F _command_offset >/dev/null; then
                _command_offset "$n"
            elif [[ $COMP_CWORD == "$n" && $2 != */* ]]; then
                while IFS= \builtin read -r line; do
                    [[ -z $line ]] || COMPREPLY[${#COMPREPLY[@]}]=$line
                done <<<"$(\builtin compgen -c -- "$2")"
            else
                \builtin compopt -o bashdefault -o default 2>/dev/null || \builtin true
            fi
            ;;
        *)
            # Something follows these: no blank behind them.
            if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
                \builtin compopt -o nospace 2>/dev/null || \builtin true
            fi
            ;;
    esac
    \builtin return 0
}
\builtin complete -F __ssoenv_complete ssoenv ${__ssoenv_cmd:+"$__ssoenv_cmd"}
