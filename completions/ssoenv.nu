# Completion of `ssoenv` in Nushell 0.108 and newer. The program decides and quotes.

# What may stand at the cursor.
def __ssoenv_complete [spans: list<any>] {
    # The name of a command of two words is one element.
    let words = ($spans.0 | split row ' ' | append ($spans | skip 1) | each { into string })
    let asked = {SSOENV_COMPLETE: nu, SSOENV_COMPLETE_WORDS: ($words | str join "\n")}
    let lines = (try { with-env $asked { ^ssoenv | complete | get stdout | lines } } catch { [] })
    let first = ($lines | get -o 0 | default "")
    if ($first | str starts-with ":delegate ") {
        # {0.114}
        # Programs, files, and what the user's completer says of the program that `exec` is to run.
        let at = ($first | str substring 10.. | into int)
        let line = ("^" + ($words | skip $at | str join " "))
        let from = (($line | str length) - ($words | last | str length))
        return ($line | commandline complete --detailed | each {|one|
            # A suggestion may begin before the last word.
            let cut = ($from - ($one.span?.start? | default $from))
            {value: ($one.value | str substring ([$cut 0] | math max)..), description: ($one.description? | default "")}
        })
        # {end}
        return null
    }
    # Verbs that are commands of this shell: it offers them itself.
    let own = if ($words | length) == 2 { [use clear allow deny init] } else { [] }
    $lines | skip 1 | each {|line|
        let parts = ($line | split row -n 2 "\t")
        {value: $parts.0, description: ($parts | get -o 1 | default "")}
    } | where value not-in $own
}

# Puts completion of `ssoenv` before the completer of the user's.
def --env __ssoenv_completer [] {
    let theirs = $env.config.completions.external.completer
    let ours = {|spans|
        if ($spans | get -o 0 | default "" | path basename) =~ '^ssoenv(\.exe)?$' {
            __ssoenv_complete $spans
        } else if $theirs == null {
            null
        } else {
            do $theirs $spans
        }
    }
    $env.config.completions.external.completer = $ours
    $env.__ssoenv_completion = {theirs: $theirs, ours: $ours}
}

# Puts the user's completer back, unless another tool's lies over ours.
def --env __ssoenv_completer_off [] {
    let ours = $env.__ssoenv_completion?.ours?
    if $ours != null and $env.config.completions.external.completer == $ours {
        $env.config.completions.external.completer = $env.__ssoenv_completion.theirs
    }
    hide-env --ignore-errors __ssoenv_completion
}

__ssoenv_completer_off
__ssoenv_completer
