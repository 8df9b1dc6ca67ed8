use domain::{Period, Timestamp};
use lambda_http::{Request, RequestExt};

use crate::{Code, Problem};

/// The period that `?since=` and `?until=` ask for.
pub fn period(request: &Request) -> Result<Period, Problem> {
    Ok(Period {
        since: moment(request, "since", Code::InvalidSince)?,
        until: moment(request, "until", Code::InvalidUntil)?,
    })
}

fn moment(request: &Request, name: &str, code: Code) -> Result<Option<Timestamp>, Problem> {
    let query = request.query_string_parameters();
    let Some(text) = query.first(name) else { return Ok(None) };
    let moment = Timestamp::parse_rfc3339(text);
    moment
        .map(Some)
        .ok_or_else(|| Problem::invalid_parameter(code, name, "must be a time like 2026-11-23T14:00:00Z"))
}
