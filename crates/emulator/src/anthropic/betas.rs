//! What every call needs in its headers: a credential, a version, names of features.

use hyper::{HeaderMap, StatusCode};

use super::{ApiError, ApiResult};
use crate::token;
use wharf_wire::anthropic as wire;

/// The features that a request names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Betas {
    /// Sessions, agents, environments, and files by session.
    pub(super) managed: bool,
    /// The old listing of files.
    pub(super) files: bool,
}

impl Betas {
    /// Reads them, and refuses a request that lacks what all need. Both headers with a credential
    /// are taken, from every version: newer clients send a key as a token \[recorded\].
    pub(super) fn check(headers: &HeaderMap) -> ApiResult<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if !token::is_given(headers) && text(wire::KEY_HEADER).is_none_or(|key| key.trim().is_empty()) {
            let what = "x-api-key header or bearer token is required; any will do here";
            return Err(ApiError::new(StatusCode::UNAUTHORIZED, what));
        }
        match text(wire::VERSION_HEADER) {
            None => return Err(ApiError::bad(format!("{}: header is required", wire::VERSION_HEADER))),
            Some(version) if version == wire::VERSION || wire::OLD_VERSIONS.contains(&version) => {}
            Some(version) => {
                return Err(ApiError::bad(format!("{}: {version:?} is not known", wire::VERSION_HEADER)));
            }
        }
        // Of several lines the first counts [docs].
        let mut betas = Betas::default();
        let mut memory = false;
        for name in text(wire::BETA_HEADER).unwrap_or_default().split(',').map(str::trim) {
            match name {
                wire::beta::MANAGED_AGENTS => betas.managed = true,
                wire::beta::FILES => betas.files = true,
                wire::beta::MEMORY => memory = true,
                known if known.is_empty() || wire::beta::is_known(known) => {}
                unknown => {
                    return Err(ApiError::bad(format!("{}: {unknown:?} is not known", wire::BETA_HEADER)));
                }
            }
        }
        if betas.managed && memory {
            let both = [wire::beta::MANAGED_AGENTS, wire::beta::MEMORY].join(" and ");
            return Err(ApiError::bad(format!("{}: {both} do not go together", wire::BETA_HEADER)));
        }
        Ok(betas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn check(headers: &[(&'static str, &'static str)]) -> Result<Betas, u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        Betas::check(&map).map_err(|refusal| refusal.status.as_u16())
    }

    #[test]
    fn all_generations_of_clients_are_let_in() {
        let (key, token) = (("x-api-key", "k"), ("authorization", "Bearer k"));
        let (old, new) = (("anthropic-version", "2023-06-01"), ("anthropic-version", "2026-10-21"));
        let beta = |names| ("anthropic-beta", names);
        let both = Betas { managed: true, files: true };
        assert_eq!(check(&[key, old, beta("managed-agents-2026-04-01,files-api-2025-04-14")]), Ok(both));
        assert_eq!(check(&[key, old]), Ok(Betas::default()));
        assert_eq!(check(&[token, new, beta("managed-agents-2026-04-01")]), Ok(Betas { files: false, ..both }));
        let two = [token, new, beta("files-api-2025-04-14"), beta("managed-agents-2026-04-01")];
        assert_eq!(check(&two), Ok(Betas { managed: false, files: true }));
    }

    #[test]
    fn what_lacks_or_is_not_known_is_refused() {
        let (key, new) = (("x-api-key", "k"), ("anthropic-version", "2026-10-21"));
        assert_eq!(check(&[new]), Err(401));
        assert_eq!(check(&[("x-api-key", " "), new]), Err(401));
        assert_eq!(check(&[key]), Err(400));
        assert_eq!(check(&[key, ("anthropic-version", "2020-01-01")]), Err(400));
        assert_eq!(check(&[key, new, ("anthropic-beta", "what-2026-01-01")]), Err(400));
        let together = "managed-agents-2026-04-01, agent-memory-2026-07-22";
        assert_eq!(check(&[key, new, ("anthropic-beta", together)]), Err(400));
    }
}
