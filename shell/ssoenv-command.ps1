# The command behind the alias `ssoenv`. `ssoenv init powershell` writes it and keeps it up to date.
# A script, because only the `exit` of a script gives `$?`, `&&` and `||` the program's exit code.
[Diagnostics.DebuggerHidden()] param()
__ssoenv_command $MyInvocation @(Microsoft.PowerShell.Utility\Get-PSCallStack) $args @($input)
exit $global:LASTEXITCODE
