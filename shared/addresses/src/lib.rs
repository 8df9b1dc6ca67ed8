#![doc = include_str!("../README.md")]

mod endpoint_policy;
mod endpoint_ports;
mod filter;
mod public_addresses;
mod trusted_networks;

pub use endpoint_policy::{EndpointPolicy, EndpointUrlError};
pub use endpoint_ports::{EndpointPorts, InvalidPort};
pub use filter::AddressFilter;
pub use trusted_networks::{InvalidNetwork, TrustedNetworks};
