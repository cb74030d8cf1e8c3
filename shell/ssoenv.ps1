# The hook of ssoenv for PowerShell 5.1 and 7. `init` prints ssoenv-words.ps1 and ssoenv-run.ps1
# before it and ssoenv-prompt.ps1 behind it. Loading prints nothing.
#
# Functions hide from the debugger: `Set-PSDebug -Trace 2` prints what is assigned, keys included.

# Where the program is. It may go away with an upgrade; then PATH is asked again.
$global:__ssoenv_exe = @EXE@
if (-not (Microsoft.PowerShell.Management\Test-Path Variable:global:__ssoenv_prompts)) {
    $global:__ssoenv_prompts = @() # the prompt functions below ours, the newest last
    $global:__ssoenv_depth = 0 # how many of them are running
}
if (-not (Microsoft.PowerShell.Management\Test-Path Variable:global:__ssoenv_prev)) {
    $global:__ssoenv_prev = '' # what `use -` means after `clear`
    $global:__ssoenv_seen = '' # the stamp that was answered last
    $global:__ssoenv_retry = 0 # no refresh before this time
    $global:__ssoenv_wait = 60
    $global:__ssoenv_pwd = ''
    $global:__ssoenv_directory = "$env:SSOENV_DIRECTORY"
    $global:__ssoenv_top = $null # the prompt that reaches ours
}
# An older hook, loaded before this one, has no such variable.
if (-not (Microsoft.PowerShell.Management\Test-Path Variable:global:__ssoenv_top)) { $global:__ssoenv_top = $null }
$global:__ssoenv_drawn = $false # whether the prompt below writes to the screen by itself
$global:__ssoenv_show = @PROMPT@
$env:SSOENV_HOOK_PID = "$PID" # runspaces of this process have no hook
if (-not (Microsoft.PowerShell.Management\Test-Path Variable:global:LASTEXITCODE)) { $global:LASTEXITCODE = 0 }

function global:__ssoenv_full {
    [Diagnostics.DebuggerHidden()] param()
    $ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage'
}

function global:__ssoenv_say {
    [Diagnostics.DebuggerHidden()] param($text)
    $PSDefaultParameterValues = @{}
    if (__ssoenv_full) {
        [Console]::Error.WriteLine($text)
    } else {
        Microsoft.PowerShell.Utility\Write-Warning $text
    }
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
        $plain = @('--help', '-?', '-V', '--version', '--shell') -ccontains $word
        if ($plain -or $word -clike '--shell=*' -or $word -cmatch '^-v*[hV]') { return '' }
    }
    if (@('use', 'clear') -ccontains $verb) { return $verb }
    $ours = $words -ccontains 'powershell' -or $words -ccontains 'pwsh'
    if ($verb -ceq 'init' -and $words -ccontains '--remove' -and $ours) { return $verb }
    ''
}

# Runs a call whose output is for this shell, and does what it says. $LASTEXITCODE is the program's.
function global:__ssoenv_apply {
    [Diagnostics.DebuggerHidden()] param($exe, $words)
    $PSDefaultParameterValues = @{}
    $used = ''
    if ($env:SSOENV_ON_TOP) {
        $used = $env:SSOENV_ON_TOP
    } elseif ($env:SSOENV_PROFILE) {
        $used = $env:SSOENV_PROFILE
    } elseif ($env:SSOENV_ACCOUNT_ID -and $env:SSOENV_ROLE) {
        $used = '//' + $env:SSOENV_ACCOUNT_ID + '/' + $env:SSOENV_ROLE + '/' + $env:SSOENV_SESSION
    }
    $lend = $global:__ssoenv_prev -and -not $env:SSOENV_PREV
    $lines = @()
    $console = $null
    $global:LASTEXITCODE = 126 # unless it starts
    try {
        if ((__ssoenv_full) -and [Console]::OutputEncoding.GetByteCount('a') -ne 1) {
            $console = [Console]::OutputEncoding
            [Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)
        }
        $env:SSOENV_SHELL = 'powershell'
        if ($lend) { $env:SSOENV_PREV = $global:__ssoenv_prev }
        if (__ssoenv_full) {
            $lines = @(__ssoenv_run $exe $words)
        } else {
            $lines = @(__ssoenv_run_constrained $exe $words.Text $false $null)
        }
    } finally {
        $env:SSOENV_SHELL = $null # $null removes it
        if ($null -ne $console) { [Console]::OutputEncoding = $console }
        if ($lend) { $env:SSOENV_PREV = $null }
    }
    $code = $global:LASTEXITCODE
    if ($code -ne 0 -or $lines.Count -eq 0) { return }
    $good = $lines[0] -ceq '#ssoenv/1' -and $lines[-1] -ceq '#end'
    for ($i = 1; $i -lt $lines.Count - 1; $i++) { $good = $good -and $lines[$i] -cmatch '^[A-Za-z0-9_]+(=|$)' }
    if (-not $good) {
        __ssoenv_say 'error: the hook is older than the binary: open a new shell'
        $global:LASTEXITCODE = 1
        return
    }
    # No cmdlet is handed a key: traces and module logging write down what is bound to parameters.
    $full = __ssoenv_full
    for ($i = 1; $i -lt $lines.Count - 1; $i++) {
        $name, $value = $lines[$i] -split '=', 2
        if ($null -eq $value) {
            if ($full) { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) } else { __ssoenv_unset $name }
        } elseif ($full) {
            [Environment]::SetEnvironmentVariable($name, [regex]::Unescape($value))
        } else {
            Microsoft.PowerShell.Management\Set-Item -LiteralPath ('Env:' + $name) -Value ([regex]::Unescape($value)) -WhatIf:$false -Confirm:$false
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
    $PSDefaultParameterValues = @{}
    Microsoft.PowerShell.Management\Remove-Item -LiteralPath ('Env:' + $name) -ErrorAction Ignore -WhatIf:$false -Confirm:$false
}

# A call of `ssoenv`: from the alias, with what only the script behind it knows.
function global:__ssoenv_command {
    [Diagnostics.DebuggerHidden()] param($call, $values, $in)
    $PSDefaultParameterValues = @{}
    $exe = __ssoenv_program
    if ($null -eq $exe) {
        __ssoenv_say 'error: the program `ssoenv` is no longer on PATH'
        $global:LASTEXITCODE = 127
        return
    }
    $full = __ssoenv_full
    $words = if ($full) { __ssoenv_words $call $values } else { @{ Text = @($values) } }
    if ($global:__ssoenv_short -and $call.InvocationName -ceq $global:__ssoenv_short) {
        $words = @{ Text = @('use') + @($words.Text); Quoted = @($true) + @($words.Quoted) }
        $values = @('use') + @($values)
    }
    $verb = __ssoenv_verb $words.Text
    if ($words.Text -ccontains 'allow' -or $words.Text -ccontains 'deny') {
        # The directory's file may count from now on, or no longer: look again at the next prompt.
        $global:__ssoenv_pwd = ''
        $global:__ssoenv_directory = '*' # no file has this name
    }
    # `doctor` cannot see it by itself.
    $env:SSOENV_PROMPT_REPLACED = $null
    if ($words.Text -ccontains 'doctor' -and (__ssoenv_replaced)) { $env:SSOENV_PROMPT_REPLACED = '1' }
    if ($verb) {
        __ssoenv_apply $exe $words
        if ($verb -ceq 'init' -and $global:LASTEXITCODE -eq 0) { __ssoenv_remove }
    } elseif ($full) {
        if (__ssoenv_kept $call) {
            __ssoenv_run $exe $words | __ssoenv_text
        } else {
            __ssoenv_run $exe $words
        }
    } else {
        __ssoenv_run_constrained $exe $values $call.ExpectingInput $in
    }
    $env:SSOENV_PROMPT_REPLACED = $null
}

# A call that the hook makes by itself. Nothing of it shows in $LASTEXITCODE.
function global:__ssoenv_hook_call {
    [Diagnostics.DebuggerHidden()] param($values)
    $PSDefaultParameterValues = @{}
    $PSNativeCommandUseErrorActionPreference = $false
    $ErrorActionPreference = 'Continue'
    $code = $global:LASTEXITCODE
    $exe = __ssoenv_program
    if ($null -eq $exe) { return }
    # A prompt drops what a program says on standard error.
    $words = @{ Text = @($values); Quoted = @(foreach ($one in $values) { $true }) }
    foreach ($line in @(__ssoenv_apply $exe $words 2>&1)) { __ssoenv_say "$line" }
    $global:LASTEXITCODE = $code
}

# Takes the hook out of this shell again. What `use` has set stays.
function global:__ssoenv_remove {
    [Diagnostics.DebuggerHidden()] param()
    $PSDefaultParameterValues = @{}
    Microsoft.PowerShell.Management\Remove-Item -Path Function:__ssoenv_* -WhatIf:$false -Confirm:$false
    $below = $global:__ssoenv_prompts
    $ours = "$function:prompt" -like '*__ssoenv_depth*'
    if ($ours -and $below.Count -gt 0) {
        ${function:global:prompt} = $below[-1]
        $below = @(if ($below.Count -gt 1) { $below[0..($below.Count - 2)] })
    }
    $keep = @()
    if (-not $ours -or $below.Count -gt 0) {
        # Another tool's prompt may still call ours, which then only calls the one below.
        $keep = @('__ssoenv_show', '__ssoenv_prompts', '__ssoenv_depth')
        $global:__ssoenv_show = $false
        $global:__ssoenv_prompts = $below
        function global:__ssoenv_repair { }
        function global:__ssoenv_follow { }
        function global:__ssoenv_check { }
    }
    foreach ($path in @('Alias:ssoenv', 'Function:ssoenv', "Alias:$global:__ssoenv_short")) {
        Microsoft.PowerShell.Management\Remove-Item -LiteralPath $path -Force -ErrorAction Ignore -WhatIf:$false -Confirm:$false
    }
    $env:SSOENV_HOOK_PID = $null
    Microsoft.PowerShell.Utility\Remove-Variable -Name __ssoenv_* -Scope Global -Exclude $keep -WhatIf:$false
}

# Whether the script may run: on Windows an execution policy, or a mark on the file, can forbid it.
function global:__ssoenv_allowed {
    [Diagnostics.DebuggerHidden()] param()
    if ($env:OS -cne 'Windows_NT') { return $true }
    $code = $global:LASTEXITCODE
    try {
        $null = & $global:__ssoenv_script '--ssoenv-probe'
        $true
    } catch {
        $false
    } finally {
        $global:LASTEXITCODE = $code
    }
}

# Gives the name `ssoenv` to the script; where there is none that may run, to a function.
function global:__ssoenv_define {
    [Diagnostics.DebuggerHidden()] param()
    $PSDefaultParameterValues = @{}
    if ($global:__ssoenv_script -and (__ssoenv_allowed)) {
        Microsoft.PowerShell.Utility\Set-Alias -Scope Global -Name ssoenv -Value $global:__ssoenv_script -Force -WhatIf:$false -Confirm:$false -Verbose:$false
        return
    }
    if ($global:__ssoenv_script -and -not (Microsoft.PowerShell.Management\Test-Path Variable:global:__ssoenv_refused)) {
        $global:__ssoenv_refused = $true
        __ssoenv_say 'warning: the execution policy does not allow the command script of ssoenv: `&&` and `||` do not see that `ssoenv` has failed'
        __ssoenv_say 'hint: run `Set-ExecutionPolicy -Scope CurrentUser RemoteSigned`, then open a new shell'
    }
    $global:__ssoenv_script = ''
    Microsoft.PowerShell.Management\Remove-Item -LiteralPath Alias:ssoenv -Force -ErrorAction Ignore -WhatIf:$false -Confirm:$false
    function global:ssoenv {
@FUNCTION@
    }
}
$global:__ssoenv_script = @SCRIPT@ # '' where it cannot be written
$global:__ssoenv_short = @CMD@ # another name, for `ssoenv use`
__ssoenv_define
if ($global:__ssoenv_short -and (Microsoft.PowerShell.Management\Test-Path Alias:ssoenv)) {
    Microsoft.PowerShell.Utility\Set-Alias -Scope Global -Name $global:__ssoenv_short -Value $global:__ssoenv_script -Force -WhatIf:$false -Confirm:$false -Verbose:$false
}
