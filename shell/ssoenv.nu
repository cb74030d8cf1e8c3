# The hook of ssoenv for Nushell 0.108 and newer. Loading it prints nothing, and twice is as good as
# once.
#
# No text is evaluated: a change is one line of JSON. The commands are called `ssoenv use`, `ssoenv
# clear` and so on, two words each; every other `ssoenv …` is the program with exactly those words.
# The hook keeps what it knows in the record `$env.__ssoenv`, which no program inherits.

# Names that a change sets, and names that it removes. A name that an overlay below still holds, or the
# process that started this one, is hidden by null, which is exported to nobody.
def --env __ssoenv_set [change: record] {
    let pairs = ($change | transpose name value)
    let gone = ($pairs | where value == null | get name)
    load-env ($pairs | where value != null | reduce --fold {} {|one, all| $all | insert $one.name $one.value })
    for name in $gone { hide-env --ignore-errors $name }
    let left = ($gone | where {|name| ($env | get -o $name) != null })
    if ($left | is-not-empty) {
        load-env ($left | reduce --fold {} {|name, all| $all | insert $name null })
    }
}

# What `use -` means after a change that leaves nothing active.
def __ssoenv_recall [] {
    if ($env.SSOENV_ON_TOP? | is-not-empty) {
        $env.SSOENV_ON_TOP
    } else if ($env.SSOENV_PROFILE? | is-not-empty) {
        $env.SSOENV_PROFILE
    } else if ($env.SSOENV_ACCOUNT_ID? | is-not-empty) and ($env.SSOENV_ROLE? | is-not-empty) {
        $"//($env.SSOENV_ACCOUNT_ID)/($env.SSOENV_ROLE)/($env.SSOENV_SESSION? | default '')"
    } else {
        ""
    }
}

# Runs the program and makes the changes that it prints. A failure of the program leaves here, with
# its exit code.
def --env __ssoenv_apply [words: list<string>] {
    let was = (__ssoenv_recall)
    let prev = $env.__ssoenv.prev
    let call = if $prev != "" and $env.SSOENV_PREV? == null {
        {SSOENV_SHELL: nu, SSOENV_PREV: $prev}
    } else {
        {SSOENV_SHELL: nu}
    }
    let out = (with-env $call { ^ssoenv ...$words })
    if ($out | is-not-empty) {
        let lines = ($out | split row -n 2 "\n")
        # Outside of `try` the error would show the text, which holds keys.
        let change = if $lines.0 == "#ssoenv/1" { try { $lines.1 | from json } catch { null } } else { null }
        if ($change | describe -d | get type) != record {
            error make --unspanned {msg: "the hook is older than the binary: run `ssoenv setup nu`, then open a new shell"}
        }
        __ssoenv_set $change
        if ($env.TMUX? | is-not-empty) and ($env.TMUX_PANE? | is-not-empty) and $nu.is-interactive {
            # The status line of tmux counts the minutes by itself. To tmux a semicolon at the end of a
            # word ends the command.
            let label = ($env.SSOENV_LABEL? | default "" | str replace -r ';$' '\;')
            let until = ($env.SSOENV_EXPIRES_AT? | default "")
            try {
                ^tmux set-option -p -t $env.TMUX_PANE -- @ssoenv_label $label ";" set-option -p -t $env.TMUX_PANE -- @ssoenv_exp $until | complete | ignore
            }
        }
    }
    if $was != "" and ($env.SSOENV_MODE? | is-empty) { $env.__ssoenv.prev = $was }
    # A captured success does not set it.
    $env.LAST_EXIT_CODE = 0
}

# Whether the words ask for text that is only to be shown.
def __ssoenv_is_text [words: list<string>] {
    $env.__ssoenv.off or ($words | any {|word|
        $word =~ '^(-h.*|-V.*|-v+[hV].*|--help|--version|--shell|--shell=.*|-\?)$'
    })
}

# Removes the hook from this shell: prompt, completion and the look before each prompt. Commands cannot
# go; they hand everything on to the program.
def --env __ssoenv_remove [] {
    $env.config.hooks.pre_prompt = (__ssoenv_others)
    # {prompt}
    __ssoenv_unwrap
    # {end}
    # {completions}
    __ssoenv_completer_off
    # {end}
    $env.__ssoenv.off = true
    $env.__ssoenv.text = ""
}

# The hooks of others that run before a prompt.
def __ssoenv_others [] {
    let hooks = ($env.config.hooks.pre_prompt? | default [])
    let hooks = if ($hooks | describe -d | get type) == list { $hooks } else { [$hooks] }
    $hooks | where {|one| ($one | describe -d | get type) != record or ($one.__ssoenv? | default false) != true }
}

# Switch this shell to a profile
# {completions}
@complete __ssoenv_complete
# {end}
def --env --wrapped "ssoenv use" [...words: string] {
    let words = ($words | each { into string })
    if (__ssoenv_is_text $words) { ^ssoenv use ...$words } else { __ssoenv_apply [use ...$words] }
}

# {cmd}
alias __SSOENV_CMD__ = ssoenv use

# {end}
# Restore the environment from before `use`
# {completions}
@complete __ssoenv_complete
# {end}
def --env --wrapped "ssoenv clear" [...words: string] {
    let words = ($words | each { into string })
    if (__ssoenv_is_text $words) { ^ssoenv clear ...$words } else { __ssoenv_apply [clear ...$words] }
}

# Trust the `.ssoenv` file of a directory
# {completions}
@complete __ssoenv_complete
# {end}
def --env --wrapped "ssoenv allow" [...words: string] {
    # It may count from now on.
    $env.__ssoenv.pwd = ""
    $env.__ssoenv.file = "?"
    $env.__ssoenv.until = 0
    ^ssoenv allow ...($words | each { into string })
}

# Stop trusting the `.ssoenv` file of a directory
# {completions}
@complete __ssoenv_complete
# {end}
def --env --wrapped "ssoenv deny" [...words: string] {
    $env.__ssoenv.pwd = ""
    $env.__ssoenv.file = "?"
    $env.__ssoenv.until = 0
    ^ssoenv deny ...($words | each { into string })
}

# Print the hook for a shell, or remove it from this one with --remove
# {completions}
@complete __ssoenv_complete
# {end}
def --env --wrapped "ssoenv init" [...words: string] {
    let words = ($words | each { into string })
    if "--remove" in $words and not (__ssoenv_is_text $words) {
        __ssoenv_apply [init ...$words]
        __ssoenv_remove
    } else {
        ^ssoenv init ...$words
    }
}

# The first word that is no option of every command, nor the value of one.
def __ssoenv_verb [words: list<string>] {
    mut value = false
    for word in $words {
        if $value {
            $value = false
        } else if $word == "--color" {
            $value = true
        } else if not ($word | str starts-with "-") {
            return $word
        }
    }
    ""
}

# A call that begins with options of every command.
def --env __ssoenv_led [words: list<string>] {
    if (__ssoenv_verb $words) in [use clear] and not (__ssoenv_is_text $words) {
        __ssoenv_apply $words
    } else {
        ^ssoenv ...$words
    }
}

# Log progress to stderr
def --env --wrapped "ssoenv -v" [...words: string] { __ssoenv_led ["-v" ...($words | each { into string })] }

# Log more to stderr
def --env --wrapped "ssoenv -vv" [...words: string] { __ssoenv_led ["-vv" ...($words | each { into string })] }

# Answer confirmations with yes
def --env --wrapped "ssoenv --yes" [...words: string] { __ssoenv_led ["--yes" ...($words | each { into string })] }

# Choose when to use color
def --env --wrapped "ssoenv --color" [...words: string] { __ssoenv_led ["--color" ...($words | each { into string })] }

# The number in a text of digits, else the other.
def __ssoenv_number [text: any, other: int] {
    let text = ($text | default "" | into string)
    if $text =~ '^[0-9]{1,12}$' { $text | into int } else { $other }
}

# Whether the user has set something else since `use`.
def __ssoenv_changed [] {
    if $env.SSOENV_MODE? == keys {
        $env.AWS_ACCESS_KEY_ID? != $env.SSOENV_KEY_ID? or $env.AWS_PROFILE? != null
    } else {
        $env.AWS_PROFILE? != $env.SSOENV_KEY_ID? or $env.AWS_ACCESS_KEY_ID? != null
    }
}

# The first number of the stamp of these credentials, whose other is a time.
def __ssoenv_stamp [] {
    if ($env.SSOENV_STAMP | path type) != file { return "" }
    open --raw $env.SSOENV_STAMP | into string | split row -r '\s' | first
}

# A call that nobody typed: what it returns stays unseen, and so does that it was there.
def --env __ssoenv_quietly [words: list<string>] {
    let code = $env.LAST_EXIT_CODE
    try { __ssoenv_apply $words }
    $env.LAST_EXIT_CODE = $code
}

# What is found holds until then at most.
def --env __ssoenv_holds [until: int] {
    if $until < $env.__ssoenv.until { $env.__ssoenv.until = $until }
}

# What the stamp calls for: the program runs only when there are newer credentials, when they were
# removed, or when a refresh is due (it does that by itself).
def --env __ssoenv_refresh [now: int, gen: string] {
    if $gen == "" {
        # Not read: that it is gone says something, all else does not. Looked at again each time.
        $env.__ssoenv.until = 0
        if ($env.SSOENV_STAMP | path type) != null { return }
        if ($env.SSOENV_STAMP | path dirname | path type) != dir { return }
    }
    if $gen != $env.SSOENV_GEN? {
        # Once for each state that is met.
        let state = $"($env.SSOENV_STAMP) ($env.SSOENV_GEN?) ($gen)"
        if $env.__ssoenv.seen == $state { return }
        if $gen != "" and (__ssoenv_number $gen (-1)) == -1 { return }
        $env.__ssoenv.seen = $state
        $env.__ssoenv.retry = 0
        $env.__ssoenv.wait = 60
        __ssoenv_quietly [use --from-cache]
        return
    }
    let due = (__ssoenv_number $env.SSOENV_REFRESH_AT? 999999999999)
    if $now >= $due and $now >= $env.__ssoenv.retry {
        $env.__ssoenv.retry = $now + $env.__ssoenv.wait
        $env.__ssoenv.wait = (if $env.__ssoenv.wait < 300 { 300 } else { 900 })
        let code = $env.LAST_EXIT_CODE
        try { "" | ^ssoenv refresh | complete | ignore }
        $env.LAST_EXIT_CODE = $code
    }
    __ssoenv_holds ([$due $env.__ssoenv.retry] | math max)
}

# Asks the program when a tree with a `.ssoenv` file was entered or left; a look at the files is taken
# only after a change of directory.
def --env __ssoenv_follow [] {
    $env.__ssoenv.pwd = $env.PWD
    mut dir = $env.PWD
    mut file = ""
    loop {
        let here = ($dir | path join ".ssoenv")
        if ($here | path type) in [file symlink] {
            $file = $here
            break
        }
        let up = ($dir | path dirname)
        if $up == $dir or $up == "" { break }
        $dir = $up
    }
    if $file == $env.__ssoenv.file { return }
    $env.__ssoenv.file = $file
    __ssoenv_quietly (if $file == "" { [directory] } else { [directory $file] })
}
# {prompt}

# The prompt's text, from the environment and the clock alone.
def --env __ssoenv_segment [now: int, changed: bool] {
    $env.__ssoenv.text = ""
    if ($env.SSOENV_MODE? | is-empty) { return }
    mut text = ($env.SSOENV_LABEL? | default "")
    mut tail = ($env.SSOENV_LEFT? | default " {}")
    let columns = (term size).columns
    if $columns > 0 and $columns < 60 {
        let tiny = if $columns < 40 { $env.SSOENV_LABEL_40? | default "" } else { "" }
        let short = if $tiny != "" { $tiny } else { $env.SSOENV_LABEL_60? | default "" }
        if $short != "" {
            $text = $short
            $tail = " {}"
        }
    }
    let seconds = ((__ssoenv_number $env.SSOENV_EXPIRES_AT? (-1)) - $now)
    let has_end = (__ssoenv_number $env.SSOENV_EXPIRES_AT? (-1)) >= 0
    let left = if $changed {
        "changed"
    } else if not $has_end {
        ""
    } else if $seconds <= 0 {
        "expired"
    } else if $seconds < 3600 {
        $"($seconds // 60)m"
    } else {
        $"($seconds // 3600)h($seconds // 60 mod 60 | fill -a r -c '0' -w 2)m"
    }
    if not $changed and $has_end and $seconds > 0 { __ssoenv_holds ($now + ($seconds mod 60) + 1) }
    let parts = ($tail | split row -n 2 "{}")
    if ($parts | length) < 2 {
        if $left in [expired changed] { $text = $text + " " + $left }
    } else if $left == "" {
        $text = $text + $parts.1
    } else if $text == "" {
        $text = ($parts.0 | str trim --left) + $left + $parts.1
    } else {
        $text = $text + $parts.0 + $left + $parts.1
    }
    # `use` has cleaned the names; what still steers a terminal came from somewhere else.
    let text = ($text | str replace -ar '[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]' '')
    if $text == "" { return }
    let plain = ($env.NO_COLOR? | is-not-empty) or $env.TERM? == dumb or $env.config.use_ansi_coloring == false
    if $plain {
        $env.__ssoenv.text = $text + " "
        return
    }
    let named = ([black red green yellow blue magenta cyan white] | enumerate | where item == ($env.SSOENV_COLOR? | default "") | get -o 0.index)
    let number = (__ssoenv_number $env.SSOENV_COLOR? (-1))
    let warn = (__ssoenv_number $env.SSOENV_WARN_AT? 999999999999)
    let over = $left in [expired changed]
    let bold = if $over or $now >= $warn { ";1" } else { "" }
    let color = if $named != null and not $over {
        $"3($named)"
    } else if $number >= 0 and not $over {
        $"38;5;($number)"
    } else if $bold == "" {
        "36"
    } else {
        "33"
    }
    if $bold == "" { __ssoenv_holds $warn }
    $env.__ssoenv.text = "\e[" + $color + $bold + "m" + $text + "\e[0m "
}

# Lays a prompt over the user's, which may be a closure, a text or nothing.
def --env __ssoenv_wrap [] {
    let under = $env.PROMPT_COMMAND?
    let ours = {||
        let below = if ($under | describe) == closure { do $under } else { $under }
        let below = if ($below | describe -d | get type) == list { $below | str join "\n" } else { $below | default "" | into string }
        let text = ($env.__ssoenv?.text? | default "")
        # Empty lines at the start stay there.
        let body = ($below | str trim --left --char "\n")
        let lead = ("" | fill -c "\n" -w (($below | str length) - ($body | str length)))
        $lead + $text + $body
    }
    $env.PROMPT_COMMAND = $ours
    $env.__ssoenv.under = $under
    $env.__ssoenv.ours = $ours
}

# Puts the user's prompt back, unless another tool's lies over ours.
def --env __ssoenv_unwrap [] {
    if $env.__ssoenv.ours != null and $env.PROMPT_COMMAND? == $env.__ssoenv.ours {
        $env.PROMPT_COMMAND = $env.__ssoenv.under
    }
    $env.__ssoenv.ours = null
}
# {end}

# All that the segment, the refresh and the directory depend on, but for the clock.
def __ssoenv_facts [gen: string] {
    [
        $gen $env.PWD $env.AWS_PROFILE? $env.AWS_ACCESS_KEY_ID? $env.SSOENV_MODE? $env.SSOENV_KEY_ID?
        $env.SSOENV_GEN? $env.SSOENV_STAMP? $env.SSOENV_REFRESH_AT? $env.SSOENV_LABEL? $env.SSOENV_LEFT?
        $env.SSOENV_LABEL_60? $env.SSOENV_EXPIRES_AT? $env.SSOENV_WARN_AT? $env.SSOENV_COLOR? $env.NO_COLOR?
        $env.TERM? $env.PROMPT_COMMAND? (term size).columns
    ]
}

# Looks at everything, because something in it has changed or its time has come. What is found holds
# from `from` until `until`.
def --env __ssoenv_look [now: int, gen: string] {
    if $env.__ssoenv.pwd != $env.PWD { __ssoenv_follow }
    $env.__ssoenv.until = 999999999999
    $env.__ssoenv.from = $now
    let active = ($env.SSOENV_MODE? | is-not-empty)
    mut changed = false
    if $active {
        $changed = (__ssoenv_changed)
        if not $changed and ($env.SSOENV_STAMP? | is-not-empty) { __ssoenv_refresh $now (__ssoenv_stamp) }
    }
    # {completions}
    # Another tool has put its completer over ours.
    if $env.config.completions.external.completer != $env.__ssoenv_completion?.ours? { __ssoenv_completer }
    # {end}
    # {prompt}
    # Another tool has put its prompt over ours.
    if $env.__ssoenv.ours == null or $env.PROMPT_COMMAND? != $env.__ssoenv.ours { __ssoenv_wrap }
    __ssoenv_segment $now $changed
    # {end}
}

$env.__ssoenv = {
    # What is kept over a second load: the name before, and what was laid over.
    prev: ($env.__ssoenv?.prev? | default "")
    file: ($env.__ssoenv?.file? | default ($env.SSOENV_DIRECTORY? | default ""))
    under: $env.__ssoenv?.under?
    ours: $env.__ssoenv?.ours?
    pwd: ""
    seen: ""
    retry: 0
    wait: 60
    text: ""
    from: 0
    until: 0
    facts: []
    off: false
}

if $nu.is-interactive {
    # {prompt}
    __ssoenv_unwrap
    # {end}
    # Before each prompt; as long as nothing has changed this looks at the stamp and the clock alone.
    $env.config.hooks.pre_prompt = ((__ssoenv_others) | append {
        __ssoenv: true
        code: {||
            try {
                let now = (date now | into int) // 1_000_000_000
                let gen = if ($env.SSOENV_STAMP? | is-empty) { "" } else { __ssoenv_stamp }
                if $now >= $env.__ssoenv.until or $now < $env.__ssoenv.from or (__ssoenv_facts $gen) != $env.__ssoenv.facts {
                    __ssoenv_look $now $gen
                    $env.__ssoenv.facts = (__ssoenv_facts $gen)
                }
            } catch {
                $env.__ssoenv.text = ""
            }
        }
    })
}
