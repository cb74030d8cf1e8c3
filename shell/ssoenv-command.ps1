# The command behind the alias `ssoenv`. `ssoenv init powershell` writes it and keeps it up to date.
# A script, because only the `exit` of a script gives `$?`, `&&` and `||` the program's exit code.
[Diagnostics.DebuggerHidden()] param()
begin {
    if ($args.Count -eq 1 -and "$($args[0])" -ceq '--ssoenv-probe') { exit 0 } # whether it may run
    $global:LASTEXITCODE = 126 # unless the program starts
    $step = $null
    $in = @()
    if ($MyInvocation.ExpectingInput) { $step = __ssoenv_begin $MyInvocation $args }
}
process {
    if ($null -ne $step) {
        $step.Process($_)
    } elseif ($MyInvocation.ExpectingInput) {
        $in += $_
    }
}
end {
    if ($null -ne $step) { $step.End() } else { __ssoenv_command $MyInvocation $args $in }
    exit $global:LASTEXITCODE
}
