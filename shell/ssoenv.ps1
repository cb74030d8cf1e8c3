# The hook of ssoenv for PowerShell 5.1 and 7; ssoenv-words.ps1 comes before it. Loading prints nothing.
#
# Functions hide from the debugger: `Set-PSDebug -Trace 2` prints what is assigned, keys included.

# Where the program is. What @EXE@ names may go away with an upgrade; then PATH is asked again.
$global:__ssoenv_exe = @EXE@
if (-not (Microsoft.PowerShell.Management\Test-Path Variable:global:__ssoenv_prompts)) {
    $global:__ssoenv_prompts = @() # the prompt functions below ours, the newest last
    $global:__ssoenv_depth = 0 # how many of them are running
    $global:__ssoenv_prev = '' # what `use -` means after `clear`
    $global:__ssoenv_seen = '' # the stamp that was answered last
    $global:__ssoenv_retry = 0 # no refresh before this time
    $global:__ssoenv_wait = 60
    $global:__ssoenv_pwd = ''
    $global:__ssoenv_directory = "$env:SSOENV_DIRECTORY"
}
$global:__ssoenv_show = @PROMPT@
if (-not (Microsoft.PowerShell.Management\Test-Path Variable:global:LASTEXITCODE)) { $global:LASTEXITCODE = 0 }

function global:__ssoenv_full {
    [Diagnostics.DebuggerHidden()] param()
    $ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage'
}

function global:__ssoenv_say {
    [Diagnostics.DebuggerHidden()] param($text)
    if (__ssoenv_full) {
        [Console]::Error.WriteLine($text)
    } else {
        Microsoft.PowerShell.Utility\Write-Warning $text
    }
}

# The program's path; $null where there is none.
function global:__ssoenv_program {
    [Diagnostics.DebuggerHidden()] param()
    $exe = $global:__ssoenv_exe
    $there = if (__ssoenv_full) {
        [IO.File]::Exists($exe)
    } else {
        Microsoft.PowerShell.Management\Test-Path -LiteralPath $exe -PathType Leaf
    }
    if (-not $there) {
        $found = Microsoft.PowerShell.Core\Get-Command ssoenv -CommandType Application -TotalCount 1 -ErrorAction Ignore
        if ($null -eq $found) { return $null }
        $exe = $found.Path
        $global:__ssoenv_exe = $exe
    }
    $exe
}

# Runs the program with words that stand as strings in the call, so that no file name pattern is
# looked for in them. The call is built from numbers only: no word is ever read as code.
function global:__ssoenv_run {
    [Diagnostics.DebuggerHidden()] param($exe, $words, $piped, $in)
    $w = $words.Text
    $line = '[Diagnostics.DebuggerHidden()] param() '
    $line += if ($piped) { '$in | & $exe' } else { '& $exe' }
    for ($i = 0; $i -lt $w.Count; $i++) {
        $line += if ($words.Quoted[$i] -or $w[$i] -notmatch '[*?\[~]') { " `"`$(`$w[$i])`"" } else { " `$(`$w[$i])" }
    }
    & ([scriptblock]::Create($line))
}

# The same in Constrained Language Mode, where no call can be built.
function global:__ssoenv_run_constrained {
    [Diagnostics.DebuggerHidden()] param($exe, $values, $piped, $in)
    if ($piped) { $in | & $exe @values } else { & $exe @values }
}

# The verb, where what these words print is for this shell (`use`, `clear`, `init powershell
# --remove`); else ''. Options of every command may stand before the verb.
function global:__ssoenv_verb {
    [Diagnostics.DebuggerHidden()] param($words)
    $verb = ''
    for ($i = 0; $i -lt $words.Count; $i++) {
        if ($words[$i] -ceq '--color') {
            $i++
        } elseif ($words[$i] -cnotlike '-*') {
            $verb = $words[$i]
            break
        }
    }
    foreach ($word in $words) {
        $plain = @('--help', '-V', '--version', '--shell') -ccontains $word
        if ($plain -or $word -clike '--shell=*' -or $word -cmatch '^-v*h') { return '' }
    }
    if (@('use', 'clear') -ccontains $verb) { return $verb }
    $ours = $words -ccontains 'powershell' -or $words -ccontains 'pwsh'
    if ($verb -ceq 'init' -and $words -ccontains '--remove' -and $ours) { return $verb }
    ''
}

# Runs a call whose output is for this shell, and does what it says. $LASTEXITCODE is the program's.
function global:__ssoenv_apply {
    [Diagnostics.DebuggerHidden()] param($exe, $words)
    $used = ''
    if ($env:SSOENV_PROFILE) {
        $used = $env:SSOENV_PROFILE
    } elseif ($env:SSOENV_ACCOUNT_ID) {
        $used = '//' + $env:SSOENV_ACCOUNT_ID + '/' + $env:SSOENV_ROLE + '/' + $env:SSOENV_SESSION
    }
    $lend = $global:__ssoenv_prev -and -not $env:SSOENV_PREV
    $lines = @()
    try {
        $env:SSOENV_SHELL = 'powershell'
        if ($lend) { $env:SSOENV_PREV = $global:__ssoenv_prev }
        if (__ssoenv_full) {
            $lines = @(__ssoenv_run $exe $words $false $null)
        } else {
            $lines = @(__ssoenv_run_constrained $exe $words.Text $false $null)
        }
    } finally {
        $env:SSOENV_SHELL = $null # $null removes it
        if ($lend) { $env:SSOENV_PREV = $null }
    }
    $code = $global:LASTEXITCODE
    if ($code -ne 0 -or $lines.Count -eq 0) { return }
    $change = $null
    if ($lines.Count -gt 1 -and $lines[0] -ceq '#ssoenv/1') {
        $change = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $lines[1] -ErrorAction SilentlyContinue
    }
    if ($null -eq $change) {
        __ssoenv_say 'error: the hook is older than the binary: open a new shell'
        $global:LASTEXITCODE = 1
        return
    }
    foreach ($pair in $change.env) {
        if ($null -eq $pair[1]) {
            __ssoenv_unset $pair[0]
        } else {
            # The `=` in front keeps ConvertFrom-Json from reading a date in the value.
            Microsoft.PowerShell.Management\Set-Item -LiteralPath ('Env:' + $pair[0]) -Value $pair[1].Substring(1) -WhatIf:$false -Confirm:$false
        }
    }
    if ($used -and -not $env:SSOENV_MODE) { $global:__ssoenv_prev = $used }
    if ($env:TMUX -and $env:TMUX_PANE) { __ssoenv_tmux }
    $global:__ssoenv_seen = ''
    $global:__ssoenv_retry = 0
    $global:__ssoenv_wait = 60
    $global:LASTEXITCODE = $code
}

# Tells tmux where this pane is; its status line counts the minutes by itself.
function global:__ssoenv_tmux {
    [Diagnostics.DebuggerHidden()] param()
    # To tmux a semicolon at the end of a word ends the command.
    $label = "$env:SSOENV_LABEL" -replace ';$', '\;'
    $PSNativeCommandUseErrorActionPreference = $false
    $ErrorActionPreference = 'Continue'
    try {
        $null = & tmux set-option -p -t "$env:TMUX_PANE" '--' '@ssoenv_label' "$label" 2>$null
        $null = & tmux set-option -p -t "$env:TMUX_PANE" '--' '@ssoenv_exp' "$env:SSOENV_EXPIRES_AT" 2>$null
    } catch {
        return # the status line has no part in `use`
    }
}

function global:__ssoenv_unset {
    [Diagnostics.DebuggerHidden()] param($name)
    Microsoft.PowerShell.Management\Remove-Item -LiteralPath ('Env:' + $name) -ErrorAction Ignore -WhatIf:$false -Confirm:$false
}

# A call of `ssoenv`: from the alias, with what only the script behind it knows.
function global:__ssoenv_command {
    [Diagnostics.DebuggerHidden()] param($call, $stack, $values, $in)
    $exe = __ssoenv_program
    if ($null -eq $exe) {
        __ssoenv_say 'error: the program `ssoenv` is no longer on PATH'
        $global:LASTEXITCODE = 127
        return
    }
    $full = __ssoenv_full
    $words = if ($full) { __ssoenv_words $call $stack $values } else { @{ Text = @($values) } }
    $verb = __ssoenv_verb $words.Text
    if ($words.Text -ccontains 'allow' -or $words.Text -ccontains 'deny') {
        # The directory's file may count from now on, or no longer: look again at the next prompt.
        $global:__ssoenv_pwd = ''
        $global:__ssoenv_directory = ''
    }
    if ($verb) {
        __ssoenv_apply $exe $words
        if ($verb -ceq 'init' -and $global:LASTEXITCODE -eq 0) { __ssoenv_remove }
    } elseif ($full) {
        __ssoenv_run $exe $words $call.ExpectingInput $in
    } else {
        __ssoenv_run_constrained $exe $values $call.ExpectingInput $in
    }
}

# A call that the hook makes by itself. Nothing of it shows in $LASTEXITCODE.
function global:__ssoenv_hook_call {
    [Diagnostics.DebuggerHidden()] param($values)
    $PSNativeCommandUseErrorActionPreference = $false
    $ErrorActionPreference = 'Continue'
    $code = $global:LASTEXITCODE
    $exe = __ssoenv_program
    if ($null -eq $exe) { return }
    __ssoenv_apply $exe (__ssoenv_flat $values)
    $global:LASTEXITCODE = $code
}

# Whole seconds since 1970. No method is called: Constrained Language Mode has this too.
function global:__ssoenv_now {
    [Diagnostics.DebuggerHidden()] param()
    $ticks = [datetime]::UtcNow.Ticks - 621355968000000000
    ($ticks - $ticks % 10000000) / 10000000
}

# Whether the user has set other keys or another profile since `use`.
function global:__ssoenv_changed {
    [Diagnostics.DebuggerHidden()] param()
    if ($env:SSOENV_MODE -ceq 'keys') {
        return "$env:AWS_ACCESS_KEY_ID" -cne "$env:SSOENV_KEY_ID" -or $null -ne $env:AWS_PROFILE
    }
    "$env:AWS_PROFILE" -cne "$env:SSOENV_KEY_ID" -or $null -ne $env:AWS_ACCESS_KEY_ID
}

# Looks whether new credentials are there, gone or due: one small file is read, and the program runs
# only when there is something to do. It never waits for the network.
function global:__ssoenv_check {
    [Diagnostics.DebuggerHidden()] param()
    $stamp = $env:SSOENV_STAMP
    if (-not $stamp -or (__ssoenv_changed)) { return }
    $text = ''
    if (__ssoenv_full) {
        $file = [IO.FileInfo] $stamp
        if ($file.Exists) {
            if ($file.Length -gt 200 -or $file.Attributes -band [IO.FileAttributes]::ReparsePoint) { return }
            $text = [IO.File]::ReadAllText($stamp)
        } elseif (-not $file.Directory.Exists) {
            return
        }
    } elseif (Microsoft.PowerShell.Management\Test-Path -LiteralPath $stamp -PathType Leaf) {
        $text = Microsoft.PowerShell.Management\Get-Content -LiteralPath $stamp -TotalCount 1
    } elseif (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath (Microsoft.PowerShell.Management\Split-Path -Parent $stamp))) {
        return
    }
    # Another shell has refreshed, or logged out: once for each state that is met.
    $generation = ($text -split '\s')[0]
    if ($text -and $generation -notmatch '^[0-9]{1,12}$') { return }
    if ($generation -cne $env:SSOENV_GEN) {
        if ($global:__ssoenv_seen -cne "$stamp|$generation") {
            __ssoenv_hook_call @('use', '--from-cache')
            $global:__ssoenv_seen = "$stamp|$generation"
        }
        return
    }
    if ($env:SSOENV_REFRESH_AT -notmatch '^[0-9]{1,12}$') { return }
    $now = __ssoenv_now
    if ($now -ge [long] $env:SSOENV_REFRESH_AT -and $now -ge $global:__ssoenv_retry) {
        $wait = $global:__ssoenv_wait
        $global:__ssoenv_retry = $now + $wait
        $global:__ssoenv_wait = if ($wait -lt 300) { 300 } else { 900 }
        $code = $global:LASTEXITCODE
        $PSNativeCommandUseErrorActionPreference = $false
        $ErrorActionPreference = 'Continue'
        $exe = __ssoenv_program
        if ($null -ne $exe) { $null = & $exe refresh 2>$null }
        $global:LASTEXITCODE = $code
    }
}

# Asks the program when the directory tree with a `.ssoenv` file has been entered or left.
function global:__ssoenv_follow {
    [Diagnostics.DebuggerHidden()] param()
    if ($PWD.Provider.Name -ne 'FileSystem') { return }
    $here = $PWD.ProviderPath
    if ($here -ceq $global:__ssoenv_pwd) { return }
    $global:__ssoenv_pwd = $here
    $found = ''
    $full = __ssoenv_full
    while ($here) {
        $file = if ($full) {
            [IO.Path]::Combine($here, '.ssoenv')
        } else {
            Microsoft.PowerShell.Management\Join-Path $here '.ssoenv'
        }
        $there = if ($full) {
            [IO.File]::Exists($file)
        } else {
            Microsoft.PowerShell.Management\Test-Path -LiteralPath $file -PathType Leaf
        }
        if ($there) {
            $found = $file
            break
        }
        $here = if ($full) {
            [IO.Path]::GetDirectoryName($here)
        } else {
            Microsoft.PowerShell.Management\Split-Path -Parent $here
        }
    }
    if ($found -cne $global:__ssoenv_directory) {
        $global:__ssoenv_directory = $found
        $words = @('directory')
        if ($found) { $words += $found }
        __ssoenv_hook_call $words
    }
}

# The environment is not trusted: nothing that steers a terminal or turns text around.
function global:__ssoenv_clean {
    [Diagnostics.DebuggerHidden()] param($text)
    "$text" -replace '[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]', ''
}

# The prompt's text, from the environment and the clock alone; '' when nothing is in use.
function global:__ssoenv_segment {
    [Diagnostics.DebuggerHidden()] param()
    if (-not $env:SSOENV_MODE) { return '' }
    $text = __ssoenv_clean $env:SSOENV_LABEL
    $tail = ' {}'
    if ($null -ne $env:SSOENV_LEFT) { $tail = __ssoenv_clean $env:SSOENV_LEFT }
    $width = 80
    try { $width = $Host.UI.RawUI.WindowSize.Width } catch { $width = 80 }
    if ($width -gt 0 -and $width -lt 40) { return '' }
    if ($width -gt 0 -and $width -lt 60 -and $env:SSOENV_ROLE -match '^[A-Za-z0-9+=,.@_-]+$') {
        $text = $env:SSOENV_ROLE
        $tail = ' {}'
    }
    $now = __ssoenv_now
    $left = ''
    if (__ssoenv_changed) {
        $left = 'changed'
    } elseif ($env:SSOENV_EXPIRES_AT -match '^[0-9]{1,12}$') {
        $seconds = [long] $env:SSOENV_EXPIRES_AT - $now
        if ($seconds -le 0) {
            $left = 'expired'
        } else {
            $minutes = ($seconds - $seconds % 60) / 60
            $rest = $minutes % 60
            $left = if ($minutes -lt 60) { "${minutes}m" } else { '{0}h{1:00}m' -f (($minutes - $rest) / 60), $rest }
        }
    }
    $alarm = $left -ceq 'expired' -or $left -ceq 'changed'
    $at = $tail.IndexOf('{}')
    if ($at -ge 0) {
        if ($left) {
            if ($text -or $tail -cnotlike ' *') { $text += $tail.Substring(0, $at) }
            $text += $left
        }
        $text += $tail.Substring($at + 2)
    } elseif ($alarm) {
        $text = "$text $left"
    }
    if (-not $text) { return '' }
    if ($env:NO_COLOR -or $env:TERM -ceq 'dumb') { return "$text " }
    if ($env:SSOENV_WARN_AT -match '^[0-9]{1,12}$' -and $now -ge [long] $env:SSOENV_WARN_AT) { $alarm = $true }
    $color = '36'
    if ($env:SSOENV_COLOR -match '^[0-9]{1,3}$') {
        $color = "38;5;$env:SSOENV_COLOR"
    } elseif ($env:SSOENV_COLOR) {
        $names = @{ black = 30; red = 31; green = 32; yellow = 33; blue = 34; magenta = 35; cyan = 36; white = 37 }
        if ($names.Contains($env:SSOENV_COLOR)) { $color = $names[$env:SSOENV_COLOR] }
    }
    if ($alarm) { $color = "$color;1" }
    $escape = [char] 27
    "$escape[${color}m$text$escape[0m "
}

# Takes the hook out of this shell again. What `use` has set stays.
function global:__ssoenv_remove {
    [Diagnostics.DebuggerHidden()] param()
    $keep = @()
    Microsoft.PowerShell.Management\Remove-Item -Path Function:__ssoenv_* -WhatIf:$false -Confirm:$false
    if ("$function:prompt" -like '*__ssoenv_depth*') {
        if ($global:__ssoenv_prompts.Count -gt 0) { ${function:global:prompt} = $global:__ssoenv_prompts[-1] }
    } else {
        # Another tool's prompt still calls ours.
        $global:__ssoenv_show = $false
        function global:__ssoenv_follow { }
        function global:__ssoenv_check { }
        $keep = @('__ssoenv_show', '__ssoenv_prompts', '__ssoenv_depth')
    }
    foreach ($path in @('Alias:ssoenv', 'Function:ssoenv')) {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath $path -Force -ErrorAction Ignore -WhatIf:$false -Confirm:$false
    }
    Microsoft.PowerShell.Utility\Remove-Variable -Name __ssoenv_* -Scope Global -Exclude $keep -WhatIf:$false
}

# Prompt functions that were there before ours are called by ours, each by the one laid over it.
if ($null -ne $function:prompt -and "$function:prompt" -notlike '*__ssoenv_depth*') {
    $global:__ssoenv_prompts += $function:prompt
}
function global:prompt {
    [Diagnostics.DebuggerHidden()] param()
    $ok = $?
    $code = $global:LASTEXITCODE
    $depth = $global:__ssoenv_depth
    $segment = ''
    if ($depth -eq 0) {
        try {
            $null = __ssoenv_follow
            $null = __ssoenv_check
            if ($global:__ssoenv_show) { $segment = __ssoenv_segment }
        } catch {
            $segment = '' # nothing is said in a prompt
        }
    }
    $text = ''
    $index = $global:__ssoenv_prompts.Count - 1 - $depth
    $global:__ssoenv_depth = $depth + 1
    try {
        if ($index -ge 0) {
            $old = $global:__ssoenv_prompts[$index]
            $global:LASTEXITCODE = $code
            if (-not $ok) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
            $text = @(& $old) -join ''
        }
    } finally {
        $global:__ssoenv_depth = $depth
    }
    if ($segment -and $text -match '^[\r\n]+') {
        $segment = $Matches[0] + $segment
        $text = $text.Substring($Matches[0].Length)
    }
    "$segment$text"
    $global:LASTEXITCODE = $code
    if (-not $ok) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
}

@COMMAND@
