//! Which right each route takes.

use super::Right;

/// Method and route as the router has it.
type Row = (&'static str, &'static str, Right);

/// Every route of the service. What has no row is refused.
const ROUTES: &[Row] = &[
    ("GET", "/", Right::Anyone),
    ("GET", "/health/live", Right::Anyone),
    ("GET", "/health/ready", Right::Anyone),
    ("GET", "/metrics", Right::ReadState),
    ("GET", "/v1/assessments", Right::ReadCases),
    ("GET", "/v1/assessments/{id}", Right::ReadCases),
    ("GET", "/v1/models", Right::ReadModels),
    ("GET", "/v1/models/{model}", Right::ReadModels),
    ("GET", "/v1/models/{model}/versions/{version}", Right::ReadModels),
    ("GET", "/v1/shadow", Right::ReadReports),
    ("GET", "/v2", Right::ReadModels),
    ("GET", "/v2/health/live", Right::Anyone),
    ("GET", "/v2/health/ready", Right::Anyone),
    ("GET", "/v2/models/{model}", Right::ReadModels),
    ("GET", "/v2/models/{model}/ready", Right::ReadModels),
    ("GET", "/v2/models/{model}/versions/{version}", Right::ReadModels),
    ("GET", "/v2/models/{model}/versions/{version}/ready", Right::ReadModels),
    ("POST", "/v1/assessments", Right::Assess),
    ("POST", "/v1/assessments/{id}/confirmation", Right::Confirm),
    ("POST", "/v1/assessments/{id}/own-view", Right::Confirm),
    ("POST", "/v1/assessments:batch", Right::Assess),
    ("POST", "/v1/models/{model}", Right::Assess),
    ("POST", "/v1/models/{model}/aliases/{alias}/rollback", Right::MoveAliases),
    ("POST", "/v2/models/{model}/infer", Right::Assess),
    ("POST", "/v2/models/{model}/versions/{version}/infer", Right::Assess),
    ("POST", "/v2/repository/index", Right::ReadModels),
    ("PUT", "/v1/models/{model}/aliases/{alias}", Right::MoveAliases),
];

/// The right that a route takes; none if it has no row.
pub(crate) fn right(method: &str, route: &str) -> Option<Right> {
    // The router answers HEAD by what answers GET.
    let method = if method == "HEAD" { "GET" } else { method };
    ROUTES.iter().find(|(of, path, _)| *of == method && *path == route).map(|(_, _, right)| *right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_row_has_no_right() {
        assert_eq!(right("HEAD", "/v1/models"), Some(Right::ReadModels));
        assert_eq!(right("DELETE", "/v1/models"), None);
        assert_eq!(right("GET", "/v1/unheard-of"), None);
    }

    #[test]
    fn the_document_and_the_table_have_the_same_routes() {
        let mut documented = Vec::new();
        for (path, item) in crate::openapi().paths.paths {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let of = |(method, there): (&'static str, bool)| there.then(|| (method, path.clone()));
            documented.extend(methods.into_iter().filter_map(of));
        }
        documented.sort();
        let mut table: Vec<_> =
            ROUTES.iter().map(|(method, path, _)| (*method, (*path).to_owned())).collect();
        table.sort();
        assert_eq!(documented, table);
    }
}
