# One prompt is: the event `fish_prompt`, then the function of that name. The best
# of 60 short rounds: a longer one would count what else the machine does.
function fish_prompt; echo (prompt_pwd) '> '; end
function now; date +%s%N; end
function best -a name label
    set -l min
    for round in (seq 60)
        set -l start (now)
        for i in (seq 10)
            $name
        end
        set -l took (math (now) - $start)
        if test -z "$min" -o "$took" -lt "$min"
            set min $took
        end
    end
    printf '%s %s\n' $label (math -s1 $min / 10 / 1000)
end
function prompt
    emit fish_prompt
    fish_prompt >/dev/null
end
function fork; set -l x (/bin/true); end
best prompt plain
best fork fork
command ssoenv init fish | source
ssoenv use $BENCH_PROFILE; or exit
prompt
if not string match -q '*11h*' -- (emit fish_prompt; fish_prompt)
    echo "no segment in "(fish_prompt) >&2
    exit 1
end
best prompt hooked
# One TAB: fish's own completion, up to its answer.
function tab; complete -C "ssoenv use $BENCH_PREFIX" >/dev/null; end
if test (complete -C "ssoenv use $BENCH_PREFIX" | count) -ne 10
    echo 'no completion' >&2
    exit 1
end
best tab tab
