# Takes the hook of ssoenv out of a running fish. What `use` has set stays.
if functions -q __ssoenv_user_prompt
    if builtin string match -q '*__ssoenv_user_prompt*' -- (functions fish_prompt)
        functions -e fish_prompt
        functions -c __ssoenv_user_prompt fish_prompt
        functions -e __ssoenv_user_prompt
    end
end
complete -c ssoenv -e
for __ssoenv_name in ssoenv __ssoenv_apply __ssoenv_after __ssoenv_number __ssoenv_clock __ssoenv_set_zero __ssoenv_when __ssoenv_changed __ssoenv_holds __ssoenv_refresh __ssoenv_look __ssoenv_follow __ssoenv_segment __ssoenv_wrap __ssoenv_prompt __ssoenv_complete
    functions -e $__ssoenv_name
end
for __ssoenv_name in __ssoenv_file __ssoenv_pwd __ssoenv_seen __ssoenv_retry __ssoenv_wait __ssoenv_text __ssoenv_shown __ssoenv_prev __ssoenv_zero __ssoenv_known __ssoenv_from __ssoenv_until __ssoenv_due __ssoenv_warn
    set -e -g $__ssoenv_name
end
set -e __ssoenv_name
