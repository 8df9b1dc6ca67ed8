use std::net::IpAddr;

use crate::TrustedNetworks;
use crate::public_addresses::is_globally_reachable;

/// Which addresses a request may be sent to: those of the public internet, and those inside the trusted networks.
#[derive(Debug, Clone, Default)]
pub struct AddressFilter {
    trusted: TrustedNetworks,
}

impl AddressFilter {
    /// A filter with these exceptions.
    #[must_use]
    pub const fn new(trusted: TrustedNetworks) -> Self {
        Self { trusted }
    }

    /// Whether a request may go to the address over `https`.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        is_globally_reachable(address) || self.trusts(address)
    }

    /// Whether the address is inside the trusted networks, where plain `http` is allowed, too.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.contain(address)
    }
}
