use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use addresses::AddressFilter;
use reqwest::dns::{Addrs, Name, Resolve, Resolving as ReqwestResolving};

/// Addresses tried of one name, for each family. reqwest's connector divides the time to connect by their number, so a
/// name with a hundred addresses would leave none of them enough.
const ADDRESSES_TRIED: usize = 4;

/// The addresses of a name, once they are known.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Where the addresses of a name come from. What it says is filtered afterwards, whatever it is.
pub trait Resolver: Send + Sync + 'static {
    /// All addresses of the name, best first. None, or any error, means that the name does not resolve.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// The operating system's resolver (`getaddrinfo`, on a thread of its own).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

/// What a client of the sender may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The public internet and the trusted networks: by `https`, at the ports for endpoints.
    Permitted,
    /// The trusted networks: by plain `http` or at any port.
    Trusted,
}

impl Reach {
    /// Whether a request may go to the address.
    pub(crate) fn includes(self, filter: &AddressFilter, address: IpAddr) -> bool {
        match self {
            Self::Permitted => filter.permits(address),
            Self::Trusted => filter.trusts(address),
        }
    }
}

/// Why a name has no address to connect to. Found again in the sources of the error that reqwest reports.
///
/// A name that does not resolve and one whose addresses may not be reached are one case: which of them it is would tell a
/// stranger what a private name server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("the name has no address that may be reached")]
    NoAddress,
    #[error("the name did not resolve in time")]
    TimedOut,
}

/// The resolver that reqwest connects by: it gives out the permitted addresses of a name and no other, so an address that
/// is connected to is always one that was judged, in the same lookup.
#[derive(Clone)]
pub(crate) struct FilteredResolver {
    pub(crate) resolver: Arc<dyn Resolver>,
    pub(crate) filter: AddressFilter,
    pub(crate) reach: Reach,
    pub(crate) limit: Duration,
}

impl FilteredResolver {
    async fn permitted_addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let addresses = tokio::time::timeout(self.limit, self.resolver.resolve(host))
            .await
            .map_err(|_elapsed| ResolveError::TimedOut)?
            .map_err(|_does_not_resolve| ResolveError::NoAddress)?;
        let is_reached = |address: &IpAddr| self.reach.includes(&self.filter, *address);
        let permitted: Vec<IpAddr> = addresses.into_iter().filter(is_reached).collect();
        if permitted.is_empty() { Err(ResolveError::NoAddress) } else { Ok(first_of_each_family(&permitted)) }
    }
}

fn first_of_each_family(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let v4 = addresses.iter().filter(|address| address.is_ipv4()).take(ADDRESSES_TRIED);
    let v6 = addresses.iter().filter(|address| address.is_ipv6()).take(ADDRESSES_TRIED);
    // The family of the first address is the one that the connector prefers.
    if addresses.first().is_some_and(IpAddr::is_ipv4) {
        v4.chain(v6).copied().collect()
    } else {
        v6.chain(v4).copied().collect()
    }
}

impl Resolve for FilteredResolver {
    fn resolve(&self, name: Name) -> ReqwestResolving {
        let this = self.clone();
        Box::pin(async move {
            let addresses = this.permitted_addresses(name.as_str()).await?;
            // Port 0 stands for the URL's port.
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

impl fmt::Debug for FilteredResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilteredResolver").field("reach", &self.reach).finish_non_exhaustive()
    }
}
