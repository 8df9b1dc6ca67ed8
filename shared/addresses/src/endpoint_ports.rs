use std::collections::BTreeSet;

/// The ports of HTTPS, and of HTTPS on hosts whose 443 is taken. Any other is a service that is not for the public, and
/// requests to it would make us a stranger's port scanner.
const ALWAYS: [u16; 2] = [443, 8443];

/// The ports that requests may go to outside of the trusted networks: 443, 8443, and those of the deployment's parameter
/// `EndpointPorts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointPorts(BTreeSet<u16>);

/// An item of a port list that is no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a port: it must be a number from 1 to 65535")]
pub struct InvalidPort(String);

impl Default for EndpointPorts {
    fn default() -> Self {
        Self(ALWAYS.into())
    }
}

impl EndpointPorts {
    /// Reads a comma-separated list such as `9443,10443`; these ports are added to 443 and 8443.
    ///
    /// # Errors
    ///
    /// [`InvalidPort`], with the first item that is no port.
    pub fn parse(list: &str) -> Result<Self, InvalidPort> {
        let mut ports = Self::default();
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let port = item.parse().ok().filter(|port| *port != 0);
            ports.0.insert(port.ok_or_else(|| InvalidPort(item.to_owned()))?);
        }
        Ok(ports)
    }

    /// Whether requests may go to this port of a public host.
    #[must_use]
    pub fn contain(&self, port: u16) -> bool {
        self.0.contains(&port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_adds_ports_to_those_of_https() {
        let ports = EndpointPorts::parse(" 9443, 10443 ").expect("ports");
        for port in [443, 8443, 9443, 10443] {
            assert!(ports.contain(port), "{port}");
        }
        assert!(!ports.contain(22));
        assert_eq!(EndpointPorts::parse("").expect("none"), EndpointPorts::default());
    }

    #[test]
    fn what_is_no_port_is_named() {
        for item in ["0", "65536", "-1", "https", "443-445"] {
            assert_eq!(
                EndpointPorts::parse(&format!("443,{item}")),
                Err(InvalidPort(item.to_owned())),
                "{item}"
            );
        }
    }
}
