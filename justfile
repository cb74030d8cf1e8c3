# What .ci/run does, one at a time. `just --list` names them.

# the program at work, against a simulated Identity Center
demo:
    cargo demo

# all tests, or those whose names contain a word
test *WORDS:
    cargo test {{WORDS}}

# format, lints, spelling, licences
lint:
    cargo fmt --all --check && cargo clippy --workspace --all-targets --locked -- -D warnings && typos && cargo deny check

# instruction counts against benches/instructions.txt
bench:
    cargo bench --bench budgets -- --gate

# each fuzz target for a number of seconds
fuzz SECONDS="60":
    fuzz/run {{SECONDS}}

# what is released, into a folder
release FOLDER="target/release-files":
    release/build {{FOLDER}}
