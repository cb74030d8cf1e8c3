# Takes the hook of ssoenv out of a running fish. What `use` has set stays.
while functions -q fish_prompt; and builtin string match -q '*__ssoenv_lay*' -- (functions fish_prompt)
    set -l __ssoenv_layer (builtin string match -r '__ssoenv_user_prompt_[0-9]+' -- (functions fish_prompt))[1]
    functions -e fish_prompt
    functions -c $__ssoenv_layer fish_prompt
end
# A prompt that keeps a copy of ours (venv, conda) still needs the originals below it.
set -e -g __ssoenv_shown
functions -q __ssoenv_lay; and fish_prompt >/dev/null 2>&1
if not set -q __ssoenv_shown[1]
    for __ssoenv_name in (functions -a | builtin string split ', ' | builtin string match '__ssoenv_user_prompt_*')
        functions -e $__ssoenv_name
    end
end
# Nobody would show it again.
set -qU __ssoenv_hidden; and functions -q __ssoenv_unhide; and __ssoenv_unhide
complete -c ssoenv -e
if set -q __ssoenv_cmd[1]
    complete -c $__ssoenv_cmd -e
    functions -e $__ssoenv_cmd
    set -e -g __ssoenv_cmd
end
for __ssoenv_name in ssoenv __ssoenv_apply __ssoenv_after __ssoenv_hide __ssoenv_unhide __ssoenv_exit __ssoenv_copy __ssoenv_number __ssoenv_clock __ssoenv_set_zero __ssoenv_when __ssoenv_changed __ssoenv_holds __ssoenv_refresh __ssoenv_look __ssoenv_gather __ssoenv_check __ssoenv_follow __ssoenv_segment __ssoenv_wrap __ssoenv_lay __ssoenv_prompt __ssoenv_complete __ssoenv_whole
    functions -e $__ssoenv_name
end
for __ssoenv_name in __ssoenv_removed __ssoenv_hidden __ssoenv_copied __ssoenv_file __ssoenv_pwd __ssoenv_seen __ssoenv_retry __ssoenv_wait __ssoenv_text __ssoenv_shown __ssoenv_top __ssoenv_prev __ssoenv_zero __ssoenv_known __ssoenv_stamped __ssoenv_from __ssoenv_until __ssoenv_due __ssoenv_warn
    set -e -g $__ssoenv_name
end
set -e __ssoenv_name
