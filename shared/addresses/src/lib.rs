#![doc = include_str!("../README.md")]

mod endpoint_policy;
mod filter;
mod public_addresses;
mod trusted_networks;

pub use endpoint_policy::{EndpointPolicy, RefusedUrl};
pub use filter::AddressFilter;
pub use trusted_networks::{InvalidNetwork, TrustedNetworks};
