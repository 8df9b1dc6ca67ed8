/// Who may show the portal in a frame: the sources of the directive `frame-ancestors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameAncestors(String);

/// A value that is no list of sources. It would end the directive, or begin another one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it is 'none', or origins with a space between them, such as https://app.example.com")]
pub struct InvalidFrameAncestors;

impl FrameAncestors {
    /// # Errors
    ///
    /// [`InvalidFrameAncestors`].
    pub fn parse(text: &str) -> Result<Self, InvalidFrameAncestors> {
        let is_source = |source: &str| {
            source == "'self'"
                || ["https://", "http://"]
                    .iter()
                    .any(|scheme| source.strip_prefix(scheme).is_some_and(is_authority))
        };
        let usable = text == "'none'" || (!text.is_empty() && text.split(' ').all(is_source));
        usable.then(|| Self(text.to_owned())).ok_or(InvalidFrameAncestors)
    }

    /// As it stands in the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A host, with a port or a wildcard below a domain: `*.example.com`, `localhost:3000`. No wildcard over all hosts, nor over all
/// that end with `.com`: with it, everybody may frame the portal.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, "443"),
    };
    let is_port = port == "*" || (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_host = match host.strip_prefix("*.") {
        Some(domain) => is_name(domain) && domain.contains('.'),
        None => is_name(host),
    };
    is_port && is_host
}

fn is_name(text: &str) -> bool {
    let is_within_dots = !text.is_empty() && !text.starts_with('.') && !text.ends_with('.');
    is_within_dots && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_self_and_origins_are_taken() {
        for text in [
            "'none'",
            "'self'",
            "https://app.example.com",
            "'self' https://*.example.com http://localhost:3000",
            "https://example.com:* http://[::1]:8080 http://127.0.0.1",
        ] {
            assert_eq!(FrameAncestors::parse(text).map(|ancestors| ancestors.0), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_wildcard_over_every_host_is_refused() {
        for text in [
            "*",
            "https://*",
            "http://*",
            "https://*:443",
            "https://*.",
            "https://*.com",
            "https://*.com.",
            "https://*.*.example.com",
            "https://app.*",
            "https://a*.example.com",
            "https://app.example.com https://*",
        ] {
            assert_eq!(FrameAncestors::parse(text), Err(InvalidFrameAncestors), "{text}");
        }
    }

    #[test]
    fn what_could_change_another_directive_is_refused() {
        for text in [
            "",
            " ",
            "https:",
            "https://",
            "https://:443",
            "https://app.example.com:",
            "'none' 'self'",
            "https://a.example; script-src *",
            "https://a,b",
            "https://a\r\nx: y",
        ] {
            assert_eq!(FrameAncestors::parse(text), Err(InvalidFrameAncestors), "{text}");
        }
    }
}
