//! What talks to IAM Identity Center, STS and the sign-in page, and their caches.
