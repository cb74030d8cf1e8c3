//! What a call lays on top of a profile: a role to assume with its credentials, and session policies
//! (`--role-arn`, `--policy`, `--policy-arn`).

use serde::{Deserialize, Serialize};

use super::arn;
use super::error::{Error, Result};
use super::speech;

/// How many managed policies STS takes for one session.
const MOST_ARNS: usize = 10;
/// How many characters of a policy STS takes.
const MOST_CHARACTERS: usize = 2048;

/// A role and session policies, as the call names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnTop {
    /// The role to assume with the profile's credentials; the profile's own where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// A policy as JSON, without blanks between its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Managed policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_arns: Vec<String>,
}

impl OnTop {
    /// What a call says; `None` where that is nothing.
    ///
    /// # Errors
    /// `Usage` for what STS would not take.
    pub fn new(
        role_arn: Option<&str>,
        policy: Option<&str>,
        policy_arns: &[String],
    ) -> Result<Option<Self>> {
        if let Some(role_arn) = role_arn
            && !arn::is_role(role_arn)
        {
            return Err(Error::usage(format!("`{role_arn}` is not the ARN of a role"))
                .hint("write it like `--role-arn arn:aws:iam::123456789012:role/Deploy`"));
        }
        if let Some(wrong) = policy_arns.iter().find(|arn| !arn.starts_with("arn:")) {
            return Err(Error::usage(format!("`{wrong}` is not the ARN of a policy"))
                .hint("write it like `--policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess`"));
        }
        if policy_arns.len() > MOST_ARNS {
            return Err(Error::usage(format!("{} policies are too many", policy_arns.len()))
                .cause(format!("AWS takes at most {MOST_ARNS} `--policy-arn` for one session")));
        }
        let policy = policy.map(compact).transpose()?;
        let length = policy.as_ref().map_or(0, |policy| policy.chars().count());
        if length > MOST_CHARACTERS {
            return Err(Error::usage("the session policy is too long")
                .cause(format!("it has {length} characters, and AWS takes {MOST_CHARACTERS}"))
                .hint("shorten it, or name managed policies with `--policy-arn`"));
        }
        let on_top = Self {
            role_arn: role_arn.map(str::to_owned),
            policy,
            policy_arns: policy_arns.to_vec(),
        };
        Ok(Some(on_top).filter(|on_top| *on_top != Self::default()))
    }

    /// Whether policies narrow the session.
    pub fn has_policies(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }

    /// The options that say it again, quoted for the reader's shell.
    pub fn options(&self) -> String {
        let role = self.role_arn.iter().map(|arn| ("--role-arn", arn));
        let policy = self.policy.iter().map(|policy| ("--policy", policy));
        let arns = self.policy_arns.iter().map(|arn| ("--policy-arn", arn));
        let words = role.chain(policy).chain(arns);
        words.map(|(option, value)| format!(" {option} {}", speech::word(value))).collect()
    }
}

/// The policy without the blanks that count for its length and say nothing. All else stays as it is
/// written.
fn compact(policy: &str) -> Result<String> {
    // A map takes no list and no bare word, which no policy is.
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(policy).map_err(
        |error| {
            Error::usage("the session policy is not a JSON object")
                .cause(error)
                .hint("pass the policy's text, or `--policy file://policy.json`")
        },
    )?;
    let (mut compact, mut in_text, mut escaped) = (String::new(), false, false);
    for c in policy.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_text,
            '"' => in_text = !in_text,
            ' ' | '\t' | '\r' | '\n' if !in_text => continue,
            _ => {}
        }
        compact.push(c);
    }
    Ok(compact)
}

#[cfg(test)]
mod tests {
    use super::{OnTop, compact};

    const ROLE: &str = "arn:aws:iam::123456789012:role/Deploy";

    #[test]
    fn blanks_between_words_go_and_nothing_else() {
        let policy = "{ \"Sid\" : \"a \\\" b\\\\\" ,\n\t\"Sid\":[ 1 , 2 ] }\r\n";
        let expected = "{\"Sid\":\"a \\\" b\\\\\",\"Sid\":[1,2]}";
        assert_eq!(compact(policy).expect("a policy"), expected);
        for wrong in ["", "[]", "x", "{", "{}{}", "\"x\""] {
            assert_eq!(compact(wrong).expect_err(wrong).kind.exit_code(), 2);
        }
    }

    #[test]
    fn what_sts_does_not_take_is_refused_here() {
        let arns = |count| vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned(); count];
        let policy = |length: usize| format!("{{\"a\":\"{}\"}}", "é".repeat(length - 8));
        let new =
            |role: &str, policy: &str, count| OnTop::new(Some(role), Some(policy), &arns(count));
        assert!(new(ROLE, &policy(2048), 10).is_ok());
        assert!(new(ROLE, &policy(2049), 10).is_err());
        assert!(new(ROLE, "{}", 11).is_err());
        for role in ["Deploy", "arn:aws:iam::123456789012:user/me", "arn:aws:iam::1:role/x"] {
            assert!(new(role, "{}", 0).is_err(), "{role}");
        }
        assert!(OnTop::new(None, None, &["ReadOnlyAccess".to_owned()]).is_err());
        assert_eq!(OnTop::new(None, None, &[]).expect("nothing"), None);
    }
}
