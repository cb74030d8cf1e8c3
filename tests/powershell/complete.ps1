# TAB, through TabExpansion2 and the real program. The Rust side has set up a configuration.
. $PSScriptRoot/assert.ps1
Set-StrictMode -Version Latest
Invoke-Expression ([IO.File]::ReadAllText($env:SSOENV_TEST_HOOK))
Set-Location $env:SSOENV_TEST_DIR
[IO.File]::WriteAllText("$env:SSOENV_TEST_DIR/star-file", '')

function Complete-Line($line) {
    $cursor = $line.IndexOf('|')
    if ($cursor -lt 0) { $cursor = $line.Length } else { $line = $line.Remove($cursor, 1) }
    (TabExpansion2 -inputScript $line -cursorColumn $cursor).CompletionMatches
}

$cases = @(
    @('ssoenv use pla', 'plain'),
    @('ssoenv use with', "'with space'"),
    @("ssoenv use 'wi", "'with space'"),
    @("ssoenv use 'it", "'it''s'"),
    @('ssoenv use dollar', '''dollar$HOME'''),
    @('ssoenv use semi', "'semi;colon'"),
    @('ssoenv use paren', "'paren(s)'"),
    @('ssoenv use back', "'back\slash'"),
    @('ssoenv use brack', "'brack[et]'"),
    @('ssoenv use star', "'star*'"),
    @('ssoenv use team:', 'team:web'),
    @('ssoenv use pla|', 'plain'),
    @('ssoenv use --account=1', '--account=111111111111'),
    @('ssoenv use --account 111111111111 --role Ad', 'Admin'),
    @('$x = ssoenv use pla', 'plain'),
    @('1; ssoenv use pla', 'plain'),
    @('ssoenv cred', 'credentials'),
    @('ssoenv credentials --for', '--format'),
    @('ssoenv credentials --format win', 'windows-cmd')
)
foreach ($case in $cases) {
    Assert-Equal "TAB: $($case[0])" $case[1] @(Complete-Line $case[0])[0].CompletionText
}
Assert-True 'a description' (@(Complete-Line 'ssoenv use pla')[0].ToolTip -like '*Admin*')
Assert-Equal 'nothing: no file names' 'nosuch' @(Complete-Line 'ssoenv use nosuch')[0].CompletionText
Assert-Equal 'the command behind exec' 'Get-ChildItem' @(Complete-Line 'ssoenv exec plain -- Get-ChildI')[0].CompletionText
Assert-Equal 'files behind exec' './star-file' @(Complete-Line 'ssoenv exec plain -- cat star')[0].CompletionText
$global:LASTEXITCODE = 42
$null = Complete-Line 'ssoenv use pla'
Assert-Equal 'the exit code stays' 42 $LASTEXITCODE
Assert-Equal 'nothing stays in the environment' $null $env:SSOENV_COMPLETE
Complete
