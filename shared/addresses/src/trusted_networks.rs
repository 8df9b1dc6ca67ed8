use std::net::IpAddr;

use ipnet::IpNet;

/// The networks in which private addresses and plain `http` are allowed: the deployment's parameter `TrustedNetworks`.
/// The default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedNetworks(Vec<IpNet>);

impl TrustedNetworks {
    /// Reads a comma-separated CIDR list such as `10.0.0.0/8,::1/128`. An empty text is an empty list; a lone address
    /// is a network of itself.
    ///
    /// # Errors
    ///
    /// [`InvalidNetwork`], with the first item that is not a network.
    pub fn parse(list: &str) -> Result<Self, InvalidNetwork> {
        list.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(|item| parse_network(item).map_err(|fault| InvalidNetwork { item: item.to_owned(), fault }))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the address lies in one of the networks. An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) reaches the
    /// IPv4 address in it, and is judged as that.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn parse_network(item: &str) -> Result<IpNet, NetworkError> {
    // The address is read by std, which refuses `010.0.0.0`; `IpNet`'s own parser takes it for 10.0.0.0.
    let (address, prefix) = match item.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (item, None),
    };
    let address: IpAddr = address.parse().map_err(|_| NetworkError::Syntax)?;
    let network = match prefix {
        Some(prefix) => {
            let prefix = prefix.parse().map_err(|_| NetworkError::Syntax)?;
            IpNet::new(address, prefix).map_err(|_| NetworkError::Syntax)?
        }
        None => IpNet::from(address),
    };
    if network.addr().to_canonical() != network.addr() {
        return Err(NetworkError::Mapped);
    }
    if network.trunc() != network {
        return Err(NetworkError::HostBits { network: network.trunc() });
    }
    Ok(network)
}

/// An item of a network list that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{item}\" is not a network: {fault}")]
pub struct InvalidNetwork {
    item: String,
    fault: NetworkError,
}

impl InvalidNetwork {
    /// The item, as it was written.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum NetworkError {
    #[error("it must be an IP address, a slash, and 0 to 32 (IPv4) or 0 to 128 (IPv6)")]
    Syntax,
    #[error("it has bits set beyond its length; {network} may be meant")]
    HostBits { network: IpNet },
    #[error("an IPv4-mapped network is written as the IPv4 network in it")]
    Mapped,
}
