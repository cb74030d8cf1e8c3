# How the program is started: with which words, and what becomes of its streams.

# The program's path; $null where there is none.
function global:__ssoenv_program {
    [Diagnostics.DebuggerHidden()] param()
    $PSDefaultParameterValues = @{}
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

# The call of the program with these words. Splatted, each arrives as it is, but for file name patterns,
# which PowerShell looks for in words that do not stand as strings in the call, and for `--%`. A call with
# such words is built, from numbers only: no word is ever read as code.
function global:__ssoenv_call {
    [Diagnostics.DebuggerHidden()] param($words)
    $w = $words.Text
    $odd = $false
    foreach ($one in $w) {
        if ($one -match '[*?\[~]|^--%$') { $odd = $true; break }
    }
    if (-not $odd) { return '& $exe @w' }
    $parts = for ($i = 0; $i -lt $w.Count; $i++) {
        if ($words.Quoted[$i] -or $w[$i] -notmatch '[*?\[~]') { "`"`$(`$w[$i])`"" } else { "`$(`$w[$i])" }
    }
    '& $exe ' + ($parts -join ' ')
}

function global:__ssoenv_run {
    [Diagnostics.DebuggerHidden()] param($exe, $words)
    $w = $words.Text
    $line = __ssoenv_call $words
    if ($line -ceq '& $exe @w') {
        & $exe @w
    } else {
        & ([scriptblock]::Create('[Diagnostics.DebuggerHidden()] param() ' + $line))
    }
}

# The same in Constrained Language Mode, where no call can be built.
function global:__ssoenv_run_constrained {
    [Diagnostics.DebuggerHidden()] param($exe, $values, $piped, $in)
    if ($piped) { $in | & $exe @values } else { & $exe @values }
}

# Whether what the call prints goes to a file or to another command: PowerShell makes text of it.
function global:__ssoenv_kept {
    [Diagnostics.DebuggerHidden()] param($call)
    if ($call.PipelineLength -gt $call.PipelinePosition) { return $true }
    $node = __ssoenv_node $call
    if ($null -eq $node) { return $false }
    foreach ($one in $node.Redirections) {
        if ($one -is [Management.Automation.Language.FileRedirectionAst] -and "$($one.FromStream)" -eq 'Output') { return $true }
    }
    $false
}

# Passes lines on, and says when they were no text.
function global:__ssoenv_text {
    [Diagnostics.DebuggerHidden()] param()
    begin { $bad = $false }
    process {
        if (-not $bad -and $_ -cmatch '[\ufffd\0]') { $bad = $true }
        $_
    }
    end {
        if ($bad) {
            __ssoenv_say 'error: the output is not text, and PowerShell has changed it'
            __ssoenv_say 'hint: call the program itself: & (Get-Command ssoenv -CommandType Application) exec ...'
            if ($global:LASTEXITCODE -eq 0) { $global:LASTEXITCODE = 1 }
        }
    }
}

# A call with input from the pipeline: each object is handed on as it comes.
function global:__ssoenv_begin {
    [Diagnostics.DebuggerHidden()] param($call, $values)
    $PSDefaultParameterValues = @{}
    $exe = __ssoenv_program
    if ($null -eq $exe) { return }
    if (-not (__ssoenv_full)) { return }
    $words = __ssoenv_words $call $values
    if (__ssoenv_verb $words.Text) { return }
    $w = $words.Text
    $line = '[Diagnostics.DebuggerHidden()] param() ' + (__ssoenv_call $words)
    if (__ssoenv_kept $call) { $line += ' | __ssoenv_text' }
    $step = ([scriptblock]::Create($line)).GetSteppablePipeline()
    $step.Begin($true)
    , $step
}
