//! The two routes of the management API that send a test.

use api::Route;
use domain::AccountId;

use crate::{Tester, test_button};

/// Every route.
pub const ROUTES: &[Route<Tester, AccountId>] = &[
    Route::post("/v1/webhooks/test", |tester, asked| Box::pin(test_button::test_unsaved(tester, asked))),
    Route::post("/v1/webhooks/{webhookId}/test", |tester, asked| {
        Box::pin(test_button::test_saved(tester, asked))
    }),
];
