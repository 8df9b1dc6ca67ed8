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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn asked(query: &[(&str, &str)]) -> Result<Period, String> {
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]));
        let request = Request::default().with_query_string_parameters(query.collect::<HashMap<_, _>>());
        period(&request).map_err(|problem| problem.body()["error"]["code"].to_string())
    }

    #[test]
    fn a_period_is_what_the_query_says_and_has_no_end_where_it_says_none() {
        let at = |text| Timestamp::parse_rfc3339(text);
        let (since, until) = ("2024-10-29T05:20:00Z", "2024-10-29T07:20:00+01:00");
        assert_eq!(asked(&[]), Ok(Period::default()));
        assert_eq!(asked(&[("since", since)]), Ok(Period { since: at(since), until: None }));
        assert_eq!(asked(&[("until", until)]), Ok(Period { since: None, until: at(until) }));
        assert_eq!(asked(&[("since", "today")]), Err("\"invalid_since\"".to_owned()));
        assert_eq!(asked(&[("until", "1")]), Err("\"invalid_until\"".to_owned()));
    }
}
