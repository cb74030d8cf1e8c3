//! Variables that coding agents set for the commands that they run, and where each is documented. An
//! agent that hides them is taken for a person: they stop mistakes, nothing else.

/// The variable, and where it is said who sets it. Variables of editors are not among them: a person
/// in the editor's terminal has those too.
const MARKERS: [(&str, &str); 14] = [
    ("AI_AGENT", "any agent: github.com/vercel/vercel, packages/detect-agent/README.md"),
    ("AGENT", "goose and Amp: github.com/aaif-goose/goose/pull/7017"),
    ("CLAUDECODE", "Claude Code: code.claude.com/docs/en/env-vars"),
    ("CURSOR_AGENT", "Cursor: github.com/vercel/vercel, packages/detect-agent/src/index.ts"),
    ("CODEX_SANDBOX", "Codex: github.com/vercel/vercel, packages/detect-agent/src/index.ts"),
    ("CODEX_THREAD_ID", "Codex: github.com/aws/aws-cdk-cli, detect-agent.ts"),
    ("GEMINI_CLI", "Gemini CLI: gitlab.com/gitlab-org/cli/-/merge_requests/3293"),
    ("COPILOT_AGENT", "Copilot in VS Code: github.com/microsoft/vscode/pull/316267"),
    ("COPILOT_CLI", "Copilot: github.com/watson/is-ci/issues/28"),
    ("GOOSE_TERMINAL", "goose: github.com/aaif-goose/goose/pull/4205"),
    ("OPENCODE", "OpenCode: github.com/microsoft/vscode/issues/311734"),
    ("AUGMENT_AGENT", "Augment: github.com/microsoft/vscode/issues/311734"),
    ("AMP_CURRENT_THREAD_ID", "Amp: github.com/microsoft/vscode/issues/311734"),
    ("ANTIGRAVITY_AGENT", "Antigravity: github.com/microsoft/vscode/issues/311734"),
];

/// The default of `agent_markers`.
pub fn markers() -> Vec<String> {
    MARKERS.iter().map(|(name, _)| (*name).to_owned()).collect()
}
