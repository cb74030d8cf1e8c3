# Completion of `ssoenv` in fish 3.4 and newer. The program decides; fish quotes.
function __ssoenv_complete
    builtin set -l words (builtin commandline -opc)
    builtin set -l current (builtin commandline -ct)
    builtin set -l lines (SSOENV_COMPLETE=fish command ssoenv $words "$current" 2>/dev/null)
    if builtin string match -qr '^:delegate [0-9]+$' -- "$lines[1]"
        builtin set -l at (builtin string sub -s 11 -- $lines[1])
        builtin set -l rest
        if builtin test $at -lt (builtin count $words)
            builtin set rest (builtin string escape -- $words[(builtin math $at + 1)..-1])
        end
        builtin complete -C (builtin string join ' ' -- $rest "$current")
    else if builtin set -q lines[2]
        builtin string join \n -- $lines[2..-1]
    end
end
builtin complete -c ssoenv -e
builtin complete -c ssoenv --keep-order -x -a '(__ssoenv_complete)'
