//! DynamoDB without the product: items, pages, batches, transactions.

pub(crate) mod batch;
pub(crate) mod commit_window;
pub(crate) mod item;
pub(crate) mod key_range;
pub(crate) mod page;
pub(crate) mod transaction;
