//! What the management API answers: each method of each path, and who does it. (The two Test routes are `tester`'s.)

use api::{Answer, Route};
use domain::AccountId;
use lambda_http::http::Response;
use lambda_http::{Body, Request};

use crate::deliveries::{log, recover, resend, show};
use crate::webhooks::{create, edit, rotate, zapier};
use crate::{
    Manage, account, calls, campaigns, payload_preview, portal, presets, request_preview, requests, stats,
    webhooks,
};

/// Every route, but for those of [`portal`].
pub const ROUTES: &[Route<Manage, AccountId>] = &[
    Route::get("/v1/account", |manage, asked| Box::pin(account::show(manage, asked))),
    Route::get("/v1/account/ledger", |manage, asked| Box::pin(account::list_ledger(manage, asked))),
    Route::get("/v1/webhooks", |manage, asked| Box::pin(webhooks::list(manage, asked))),
    Route::post("/v1/webhooks", |manage, asked| Box::pin(create::create(manage, asked))),
    Route::post("/v1/webhooks/preview", |manage, asked| Box::pin(payload_preview::preview(manage, asked))),
    Route::get("/v1/webhooks/{webhookId}", |manage, asked| Box::pin(webhooks::show(manage, asked))),
    Route::patch("/v1/webhooks/{webhookId}", |manage, asked| Box::pin(edit::edit(manage, asked))),
    Route::delete("/v1/webhooks/{webhookId}", |manage, asked| Box::pin(webhooks::delete(manage, asked))),
    Route::post("/v1/webhooks/{webhookId}/rotate-secret", |manage, asked| {
        Box::pin(rotate::secret(manage, asked))
    }),
    Route::post("/v1/webhooks/{webhookId}/rotate-slug", |manage, asked| {
        Box::pin(rotate::slug(manage, asked))
    }),
    Route::get("/v1/webhooks/{webhookId}/requests", |manage, asked| Box::pin(requests::list(manage, asked))),
    Route::post("/v1/webhooks/{webhookId}/requests/preview", |manage, asked| {
        Box::pin(request_preview::preview(manage, asked))
    }),
    Route::get("/v1/webhooks/{webhookId}/deliveries", |manage, asked| Box::pin(log::list(manage, asked))),
    Route::get("/v1/webhooks/{webhookId}/deliveries/{deliveryId}", |manage, asked| {
        Box::pin(show::show(manage, asked))
    }),
    Route::post("/v1/webhooks/{webhookId}/deliveries/{deliveryId}/resend", |manage, asked| {
        Box::pin(resend::resend(manage, asked))
    }),
    Route::get("/v1/webhooks/{webhookId}/stats", |manage, asked| Box::pin(stats::of_webhook(manage, asked))),
    Route::get("/v1/stats", |manage, asked| Box::pin(stats::of_account(manage, asked))),
    Route::post("/v1/webhooks/{webhookId}/recover", |manage, asked| {
        Box::pin(recover::recover(manage, asked))
    }),
    Route::get("/v1/presets", |_, _| Box::pin(async { Ok(presets::list()) })),
    Route::get("/v1/campaigns", |manage, asked| Box::pin(campaigns::list(manage, asked))),
    Route::post("/v1/campaigns", |manage, asked| Box::pin(campaigns::create(manage, asked))),
    Route::get("/v1/campaigns/{campaignId}", |manage, asked| Box::pin(campaigns::show(manage, asked))),
    Route::patch("/v1/campaigns/{campaignId}", |manage, asked| Box::pin(campaigns::edit(manage, asked))),
    Route::delete("/v1/campaigns/{campaignId}", |manage, asked| Box::pin(campaigns::delete(manage, asked))),
    Route::get("/v1/campaigns/{campaignId}/calls", |manage, asked| Box::pin(calls::list(manage, asked))),
    Route::get("/v1/calls/{callId}", |manage, asked| Box::pin(calls::show(manage, asked))),
    Route::delete("/v1/calls/{callId}", |manage, asked| Box::pin(calls::erase(manage, asked))),
    Route::post("/v1/zapier/hooks", |manage, asked| Box::pin(zapier::subscribe(manage, asked))),
    Route::delete("/v1/zapier/hooks/{hookId}", |manage, asked| Box::pin(zapier::unsubscribe(manage, asked))),
    Route::get("/v1/zapier/sample", |manage, asked| Box::pin(zapier::show_sample(manage, asked))),
];

impl Manage {
    /// Answers one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        api::respond(&request, self.answer(&request)).await
    }

    async fn answer(&self, request: &Request) -> Answer {
        if portal::has_path_of(request) {
            return api::answer(portal::ROUTES, self, (), request).await;
        }
        api::answer_caller(ROUTES, self, self.caller(request).await?, request).await
    }
}
