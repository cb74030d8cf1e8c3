//! `~/.aws/config`, `~/.aws/credentials` and ssoenv's own settings, read and edited.
