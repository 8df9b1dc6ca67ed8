use lambda_http::http::HeaderValue;
use lambda_http::http::header::GetAll;

/// How a file is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// The smallest of those that the client names. One that it gives a weight of 0 is one it cannot read.
pub(crate) fn accepted(values: GetAll<'_, HeaderValue>) -> Encoding {
    let names: Vec<&str> = values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(usable_name)
        .collect();
    let takes = |encoding: &str| names.iter().any(|name| name.eq_ignore_ascii_case(encoding));
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// `br` of `br;q=0.8`, and nothing of `br;q=0`.
fn usable_name(item: &str) -> Option<&str> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next()?;
    let weight = parts
        .filter_map(|part| part.split_once('='))
        .find(|(parameter, _)| parameter.trim_end().eq_ignore_ascii_case("q"))
        .and_then(|(_, weight)| weight.trim_start().parse().ok())
        .unwrap_or(1.0_f32);
    (weight > 0.0).then_some(name)
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderMap;
    use lambda_http::http::header::ACCEPT_ENCODING;

    use super::*;

    fn encoding(values: &[&'static str]) -> Encoding {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static(value));
        }
        accepted(headers.get_all(ACCEPT_ENCODING))
    }

    #[test]
    fn the_smallest_that_the_client_reads_is_taken() {
        assert_eq!(encoding(&["gzip, deflate, br, zstd"]), Encoding::Brotli);
        assert_eq!(encoding(&["gzip", "BR;q=0.1"]), Encoding::Brotli);
        for refuses_brotli in
            ["gzip;q=1.0, br;q=0", "br;Q=0, GZIP ; Q=0.5", "br ; q = 0.000,gzip", "br;x=1;q=0,gzip"]
        {
            assert_eq!(encoding(&[refuses_brotli]), Encoding::Gzip, "{refuses_brotli}");
        }
    }

    #[test]
    fn who_names_neither_gets_the_file_as_it_is() {
        for values in
            [&[][..], &[""], &["identity"], &["deflate, *"], &["br;q=0, gzip; q=0.000"], &["brotli,xgzip"]]
        {
            assert_eq!(encoding(values), Encoding::Identity, "{values:?}");
        }
    }
}
