# Takes the hook of ssoenv out of a running bash. What `use` has set stays.
\builtin unset -v __ssoenv_on
# shellcheck disable=SC2016
if [[ $(\builtin declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
    for __ssoenv_word in "${!PROMPT_COMMAND[@]}"; do
        PROMPT_COMMAND[__ssoenv_word]=${PROMPT_COMMAND[__ssoenv_word]//'${__ssoenv_on:+__ssoenv_prompt}'/}
        [[ -n ${PROMPT_COMMAND[__ssoenv_word]} ]] || \builtin unset -v "PROMPT_COMMAND[__ssoenv_word]"
    done
elif [[ -n ${PROMPT_COMMAND-} ]]; then
    # shellcheck disable=SC2178,SC2128
    PROMPT_COMMAND=${PROMPT_COMMAND//'${__ssoenv_on:+__ssoenv_prompt};'/}
    # shellcheck disable=SC2178,SC2128
    PROMPT_COMMAND=${PROMPT_COMMAND//'${__ssoenv_on:+__ssoenv_prompt}'/}
    # shellcheck disable=SC2128
    [[ -n $PROMPT_COMMAND ]] || \builtin unset -v PROMPT_COMMAND
fi
# shellcheck disable=SC2016
[[ -z ${PS1-} ]] || PS1=${PS1//'${__ssoenv_ps1-}'/}
\builtin complete -r ssoenv 2>/dev/null
\builtin unset -f ssoenv __ssoenv_apply __ssoenv_hand_on __ssoenv_is_read __ssoenv_tmux __ssoenv_clock \
    __ssoenv_number __ssoenv_holds __ssoenv_changed __ssoenv_refresh __ssoenv_follow __ssoenv_segment \
    __ssoenv_show __ssoenv_trace __ssoenv_look __ssoenv_prompt __ssoenv_complete
\builtin unset -v __ssoenv_word __ssoenv_ps1 __ssoenv_prev __ssoenv_seen __ssoenv_retry __ssoenv_wait \
    __ssoenv_pwd __ssoenv_file __ssoenv_start __ssoenv_known __ssoenv_from __ssoenv_until \
    __ssoenv_traced
