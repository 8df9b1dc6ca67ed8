//! Routes are data: a method, a path, and who answers. What follows from them, a 404 or a 405 with its `Allow`, is worked
//! out here and nowhere else.

use std::fmt;
use std::pin::Pin;

use lambda_http::http::Method;
use lambda_http::{Request, RequestExt};

use crate::{Answer, Problem};

/// An answer that is being made.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Who answers: a function of what the API has at hand (`S`) and of what is asked, by whom (`C`).
pub type Handler<S, C> = for<'a> fn(&'a S, &'a Asked<'a, C>) -> Answering<'a>;

/// One route.
pub struct Route<S, C> {
    /// The method that it takes.
    pub method: Method,
    /// `/v1/webhooks/{id}`: a part in braces stands for any one segment, and gives it its name.
    pub path: &'static str,
    handler: Handler<S, C>,
}

impl<S, C> Route<S, C> {
    /// A route that takes `GET`.
    pub const fn get(path: &'static str, handler: Handler<S, C>) -> Self {
        Self { method: Method::GET, path, handler }
    }

    /// A route that takes `POST`.
    pub const fn post(path: &'static str, handler: Handler<S, C>) -> Self {
        Self { method: Method::POST, path, handler }
    }

    /// A route that takes `PATCH`.
    pub const fn patch(path: &'static str, handler: Handler<S, C>) -> Self {
        Self { method: Method::PATCH, path, handler }
    }

    /// A route that takes `DELETE`.
    pub const fn delete(path: &'static str, handler: Handler<S, C>) -> Self {
        Self { method: Method::DELETE, path, handler }
    }
}

impl<S, C> fmt::Debug for Route<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// One request to a route.
pub struct Asked<'a, C> {
    /// The request.
    pub request: &'a Request,
    /// Who is asking, such as the account whose API key came with it.
    pub caller: C,
    /// The segments that stand where the route's path has a part in braces, with its name.
    named: Vec<(&'static str, &'a str)>,
}

impl<C> Asked<'_, C> {
    /// The id in the path under this name. One of another shape than ours names nothing.
    ///
    /// # Errors
    ///
    /// A 404.
    pub fn id<T: TryFrom<String>>(&self, name: &str) -> Result<T, Problem> {
        let segment = self.named.iter().find(|(known, _)| *known == name).map(|(_, segment)| *segment);
        segment.and_then(|segment| T::try_from(segment.to_owned()).ok()).ok_or_else(Problem::not_found)
    }
}

/// The answer of the route that takes the request.
///
/// # Errors
///
/// The route's own; a 404 when no route has its path, a 405 when none of those takes its method.
pub async fn answer<S, C>(routes: &[Route<S, C>], state: &S, caller: C, request: &Request) -> Answer {
    let (handler, named) = find(routes, request.method(), request.raw_http_path())?;
    handler(state, &Asked { request, caller, named }).await
}

/// A route's handler, and what the path has for its parts in braces.
type Found<'p, S, C> = (Handler<S, C>, Vec<(&'static str, &'p str)>);

fn find<'p, S, C>(
    routes: &[Route<S, C>],
    method: &Method,
    path: &'p str,
) -> Result<Found<'p, S, C>, Problem> {
    let path = path.trim_end_matches('/');
    // A path that some routes have word for word is no id of another route.
    let is_a_word = routes.iter().any(|route| route.path == path);
    let mut others = Vec::new();
    for route in routes.iter().filter(|route| !is_a_word || route.path == path) {
        match named_segments(route.path, path) {
            Some(named) if route.method == *method => return Ok((route.handler, named)),
            Some(_) => others.push(route.method.as_str()),
            None => {}
        }
    }
    if others.is_empty() { Err(Problem::not_found()) } else { Err(Problem::method_not_allowed(&others)) }
}

/// What `path` has for the parts in braces of `pattern`; `None` when it is another path.
fn named_segments<'p>(pattern: &'static str, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    let (mut parts, mut segments) = (pattern.split('/'), path.split('/'));
    let mut named = Vec::new();
    loop {
        match (parts.next(), segments.next()) {
            (None, None) => return Some(named),
            (Some(part), Some(segment)) => {
                match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                    Some(name) => named.push((name, segment)),
                    None if part == segment => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reply;

    static ROUTES: [Route<(), ()>; 5] = [
        Route::get("/v1/webhooks", |(), _| Box::pin(async { Ok(Reply::NoContent) })),
        Route::get("/v1/webhooks/{id}", |(), _| Box::pin(async { Ok(Reply::NoContent) })),
        Route::delete("/v1/webhooks/{id}", |(), _| Box::pin(async { Ok(Reply::NoContent) })),
        Route::post("/v1/webhooks/preview", |(), _| Box::pin(async { Ok(Reply::NoContent) })),
        Route::post("/v1/webhooks/{id}/deliveries/{deliveryId}/resend", |(), _| {
            Box::pin(async { Ok(Reply::NoContent) })
        }),
    ];

    fn named(method: &Method, path: &'static str) -> Result<Vec<(&'static str, &'static str)>, Problem> {
        find(&ROUTES, method, path).map(|(_, named)| named)
    }

    #[test]
    fn a_path_that_a_route_has_word_for_word_is_no_id() {
        assert_eq!(named(&Method::POST, "/v1/webhooks/preview").expect("a route"), []);
        for method in [Method::GET, Method::DELETE] {
            let refused = named(&method, "/v1/webhooks/preview").expect_err("no such method");
            assert_eq!(refused.body()["error"]["code"], "method_not_allowed");
        }
    }

    #[test]
    fn a_path_is_taken_whole_and_its_ids_have_names() {
        assert_eq!(named(&Method::GET, "/v1/webhooks").expect("a route"), []);
        assert_eq!(named(&Method::GET, "/v1/webhooks/").expect("a route"), []);
        assert_eq!(named(&Method::DELETE, "/v1/webhooks/wh_1").expect("a route"), [("id", "wh_1")]);
        assert_eq!(
            named(&Method::POST, "/v1/webhooks/wh_1/deliveries/msg_2/resend").expect("a route"),
            [("id", "wh_1"), ("deliveryId", "msg_2")]
        );
    }

    #[test]
    fn a_path_that_no_route_has_is_a_404() {
        for path in ["", "/", "/v1", "/v2/webhooks", "/v1/webhooks/wh_1/deliveries", "/v1/webhooks/a/b"] {
            let problem = named(&Method::GET, path).expect_err("no route");
            assert_eq!(problem.status().as_u16(), 404, "{path}");
        }
    }

    #[test]
    fn a_method_that_no_route_of_the_path_takes_is_a_405_that_names_those_that_are_taken() {
        let problem = named(&Method::PATCH, "/v1/webhooks/wh_1").expect_err("no route");
        assert_eq!((problem.status().as_u16(), problem.allow()), (405, Some("GET, DELETE")));
    }

    #[test]
    fn an_id_of_another_shape_names_nothing() {
        let request = Request::default();
        let asked = |segment| Asked { request: &request, caller: (), named: vec![("id", segment)] };
        assert!(asked("wh_1").id::<domain::WebhookId>("id").is_ok());
        for wrong in ["", "acc_1", "wh_a.b"] {
            assert!(asked(wrong).id::<domain::WebhookId>("id").is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_route_shows_as_it_is_written() {
        let shown: Vec<String> = ROUTES[1..3].iter().map(|route| format!("{route:?}")).collect();
        assert_eq!(shown, ["GET /v1/webhooks/{id}", "DELETE /v1/webhooks/{id}"]);
    }
}
