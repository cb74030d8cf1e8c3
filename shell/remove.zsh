# Takes the hook of ssoenv out of a running zsh. What `use` has set stays.
if (( ${+__ssoenv_part} )); then
    precmd_functions=("${(@)precmd_functions:#__ssoenv_prompt}")
    PROMPT=${PROMPT//"$__ssoenv_part"/}
    psvar[91]='' psvar[92]='' psvar[93]=''
fi
(( ! ${+functions[compdef]} )) || compdef -d ssoenv 2>/dev/null
if [[ -n ${__ssoenv_cmd-} ]]; then
    (( ! ${+functions[compdef]} )) || compdef -d "$__ssoenv_cmd" 2>/dev/null
    \builtin unfunction "$__ssoenv_cmd" 2>/dev/null
    \builtin unset __ssoenv_cmd
fi
\builtin unfunction -m ssoenv '__ssoenv_*' _ssoenv
\builtin unset __ssoenv_on __ssoenv_text __ssoenv_color __ssoenv_bold __ssoenv_part __ssoenv_unfit __ssoenv_prev \
    __ssoenv_seen __ssoenv_retry __ssoenv_wait __ssoenv_pwd __ssoenv_file __ssoenv_known __ssoenv_from __ssoenv_until
