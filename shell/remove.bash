# Takes the hook of ssoenv out of a running bash. What `use` has set stays.
\builtin unset -v __ssoenv_on
# What parted others from its entry goes too; theirs stays, in its place.
if [[ -n ${PROMPT_COMMAND[*]-} ]]; then
    for __ssoenv_at in "${!PROMPT_COMMAND[@]}"; do
        __ssoenv_word=${PROMPT_COMMAND[__ssoenv_at]}
        # shellcheck disable=SC2016
        while [[ $__ssoenv_word == *'${__ssoenv_on:+__ssoenv_prompt}'* ]]; do
            __ssoenv_rest=${__ssoenv_word#*'${__ssoenv_on:+__ssoenv_prompt}'}
            __ssoenv_word=${__ssoenv_word%%'${__ssoenv_on:+__ssoenv_prompt}'*}
            __ssoenv_word=${__ssoenv_word%$'\n'}
            __ssoenv_rest=${__ssoenv_rest#"${__ssoenv_rest%%[! ]*}"}
            __ssoenv_rest=${__ssoenv_rest#;}
            __ssoenv_rest=${__ssoenv_rest#$'\n'}
            __ssoenv_word=$__ssoenv_word${__ssoenv_word:+${__ssoenv_rest:+$'\n'}}$__ssoenv_rest
        done
        # A string stays a string.
        # shellcheck disable=SC2178
        if [[ $__ssoenv_at -eq 0 ]]; then
            PROMPT_COMMAND=$__ssoenv_word
        else
            PROMPT_COMMAND[__ssoenv_at]=$__ssoenv_word
        fi
    done
    [[ -n ${PROMPT_COMMAND[*]} ]] || \builtin unset -v PROMPT_COMMAND
fi
# shellcheck disable=SC2016
[[ -z ${PS1-} ]] || PS1=${PS1//'${__ssoenv_ps1-}'/}
\builtin complete -r ssoenv 2>/dev/null
if [[ -n ${__ssoenv_cmd-} ]]; then
    \builtin complete -r "$__ssoenv_cmd" 2>/dev/null
    \builtin unset -f "$__ssoenv_cmd"
    \builtin unset -v __ssoenv_cmd
fi
\builtin unset -f ssoenv __ssoenv_apply __ssoenv_evaluate __ssoenv_hand_on __ssoenv_is_read \
    __ssoenv_is_substitution __ssoenv_tmux __ssoenv_clock __ssoenv_number __ssoenv_holds __ssoenv_changed \
    __ssoenv_refresh __ssoenv_follow __ssoenv_last __ssoenv_put __ssoenv_segment __ssoenv_show __ssoenv_skip \
    __ssoenv_is_full __ssoenv_look __ssoenv_prompt __ssoenv_complete __ssoenv_whole __ssoenv_is_wanted
\builtin unset -v __ssoenv_word __ssoenv_rest __ssoenv_at __ssoenv_ps1 __ssoenv_width __ssoenv_prev \
    __ssoenv_seen __ssoenv_retry __ssoenv_wait __ssoenv_pwd __ssoenv_file __ssoenv_start __ssoenv_known \
    __ssoenv_from __ssoenv_until __ssoenv_entries __ssoenv_unfit
