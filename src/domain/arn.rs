//! Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.

use super::names::AccountId;
use super::partition::Partition;

/// The account, in any ARN that has one.
pub fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|id| AccountId::is_valid(id))
}

/// The name of an IAM role, without its path.
pub fn role(arn: &str) -> Option<&str> {
    let resource = arn.splitn(6, ':').nth(5)?.strip_prefix("role/")?;
    resource.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Whether it is the whole ARN of an IAM role.
pub fn is_role(arn: &str) -> bool {
    let is_iam = arn.starts_with("arn:") && arn.split(':').nth(2) == Some("iam");
    is_iam && account(arn).is_some() && role(arn).is_some()
}

/// The partition, if this build knows it.
pub fn partition(arn: &str) -> Option<&'static Partition> {
    Partition::by_id(arn.split(':').nth(1)?)
}

#[cfg(test)]
mod tests {
    use super::{account, is_role, partition, role};

    #[test]
    fn role_arns_name_account_and_role() {
        let arn = "arn:aws-cn:iam::123456789012:role/team/Deploy";
        assert_eq!(account(arn), Some("123456789012"));
        assert_eq!(role(arn), Some("Deploy"));
        assert_eq!(partition(arn).map(|partition| partition.id), Some("aws-cn"));
        assert!(is_role(arn));
        for wrong in ["arn:aws:sts::123456789012:role/x", "Deploy", "arn:aws:iam::1:role/x"] {
            assert!(!is_role(wrong), "{wrong}");
        }
        assert_eq!(account("role/Deploy"), None);
        assert_eq!(role("arn:aws:iam::123456789012:user/me"), None);
        assert_eq!(role("arn:aws:iam::123456789012:role/team/"), None);
        assert_eq!(partition("arn"), None);
    }
}
