use std::str::FromStr;

/// Whom of those with an AWS signature the deployment takes for an operator. IAM has let them call the routes before; this list
/// is for AWS accounts in which that right is given more widely than it was meant, as `execute-api:*` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operators(Vec<Principal>);

/// A user, a role or an AWS account's root, as IAM writes its ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Principal {
    arn: String,
    /// How the ARN of each of a role's sessions begins: without the role's path, which STS leaves out.
    sessions: Option<String>,
}

/// Not the ARN of a user, a role or a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPrincipal(String);

impl std::fmt::Display for InvalidPrincipal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` is not the ARN of a user, a role or an account's root in IAM", self.0)
    }
}

impl Operators {
    /// Whether this ARN, `requestContext.authorizer.iam.userArn` of the event, is an operator's.
    pub(crate) fn include(&self, user_arn: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|principal| principal.is(user_arn))
    }
}

impl FromStr for Operators {
    type Err = InvalidPrincipal;

    /// ARNs, separated by commas. Empty: everybody whom IAM lets call the routes.
    fn from_str(list: &str) -> Result<Self, InvalidPrincipal> {
        let arns = list.split(',').map(str::trim).filter(|arn| !arn.is_empty());
        arns.map(Principal::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl Principal {
    fn parse(arn: &str) -> Result<Self, InvalidPrincipal> {
        let invalid = || InvalidPrincipal(arn.to_owned());
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", account, resource] = parts[..] else { return Err(invalid()) };
        let sessions = match resource.split_once('/') {
            None if resource == "root" => None,
            Some(("user", name)) if !name.is_empty() => None,
            Some(("role", path)) => {
                let name = path.rsplit('/').next().filter(|name| !name.is_empty()).ok_or_else(invalid)?;
                Some(format!("arn:{partition}:sts::{account}:assumed-role/{name}/"))
            }
            _ => return Err(invalid()),
        };
        Ok(Self { arn: arn.to_owned(), sessions })
    }

    fn is(&self, user_arn: &str) -> bool {
        self.arn == user_arn || self.sessions.as_ref().is_some_and(|sessions| user_arn.starts_with(sessions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operators(list: &str) -> Operators {
        list.parse().expect("a list")
    }

    #[test]
    fn without_a_list_iam_alone_decides() {
        assert!(operators("").include("arn:aws:iam::123456789012:user/jane"));
        assert!(operators("").include(""));
    }

    #[test]
    fn a_role_is_each_of_its_sessions_and_no_other_roles() {
        let admins = operators("arn:aws:iam::123456789012:role/teams/calling/Admin");
        assert!(admins.include("arn:aws:sts::123456789012:assumed-role/Admin/jane"));
        for other in [
            "arn:aws:sts::123456789012:assumed-role/Administrator/jane",
            "arn:aws:sts::123456789012:assumed-role/Admin",
            "arn:aws:sts::210987654321:assumed-role/Admin/jane",
            "arn:aws-cn:sts::123456789012:assumed-role/Admin/jane",
            "arn:aws:iam::123456789012:user/Admin/jane",
            "",
        ] {
            assert!(!admins.include(other), "{other}");
        }
    }

    #[test]
    fn a_user_and_a_root_are_themselves() {
        let some = operators("arn:aws:iam::123456789012:user/ops/jane, arn:aws:iam::123456789012:root");
        assert!(some.include("arn:aws:iam::123456789012:user/ops/jane"));
        assert!(some.include("arn:aws:iam::123456789012:root"));
        assert!(!some.include("arn:aws:iam::123456789012:user/ops/jane2"));
    }

    #[test]
    fn what_names_nobody_is_refused_when_the_function_starts() {
        for arn in [
            "*",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:iam::123456789012:group/ops",
            "arn:aws:sts::123456789012:assumed-role/Admin/jane",
            "123456789012",
        ] {
            let refused = arn.parse::<Operators>().expect_err("no principal");
            assert!(refused.to_string().contains(arn), "{refused}");
        }
    }
}
