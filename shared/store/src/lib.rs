#![doc = include_str!("../README.md")]

mod access;
mod accounts;
mod asked_events;
mod attempts;
mod budgets;
mod dynamo;
mod endpoint_health;
mod endpoint_payloads;
mod endpoint_tests;
mod error;
mod intake;
mod intake_rules;
mod ledger;
pub mod lists;
mod management;
mod outbox;
mod portal_tokens;
mod settlements;
mod tallies;
mod transcript;
mod webhook_item;

pub use access::{Access, ApiKeyRecord};
pub use accounts::{Account, Accounts};
pub use asked_events::AskedEvents;
pub use attempts::{AttemptIds, Attempts, Loaded};
pub use budgets::{Budgets, Place, Taken};
pub use endpoint_health::Disabling;
pub use endpoint_tests::EndpointTests;
pub use error::{InvalidItem, StoreError};
pub use intake::{Acceptance, InboundTarget, Intake};
pub use management::{Apart, ApartChange, AttemptFilter, Bound, CallListFilter, Edited, Hours, Management};
pub use outbox::Outbox;
pub use portal_tokens::{NewPortalToken, PortalTokens};
pub use settlements::{CompletedCall, Settled, Settlements};
pub use transcript::StoredTranscript;
