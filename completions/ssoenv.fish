# Completion of `ssoenv` in fish 3.4 and newer. The program decides; fish quotes.
function __ssoenv_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (SSOENV_COMPLETE=fish command ssoenv $words "$current" 2>/dev/null)
    if string match -qr '^:delegate [0-9]+$' -- "$lines[1]"
        set -l at (string sub -s 11 -- $lines[1])
        set -l rest
        if test $at -lt (count $words)
            set rest (string escape -- $words[(math $at + 1)..-1])
        end
        complete -C (string join ' ' -- $rest "$current")
    else if set -q lines[2]
        string join \n -- $lines[2..-1]
    end
end
complete -c ssoenv -e
complete -c ssoenv --keep-order -x -a '(__ssoenv_complete)'
