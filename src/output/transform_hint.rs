//! Hints for paths of `--transform` that match nothing because they are written as for another tool.

/// Returns how a path is written that was meant for jq, `JSONPath` or an array.
pub(super) fn transform_hint(path: &str) -> Option<String> {
    let written = |path: &str| Some(format!("write `{path}`"));
    for start in ["$.", ".[].", ".#.", "[].", "#.", "[*].", "*."] {
        if let Some(rest) = path.strip_prefix(start).filter(|rest| is_simple(rest)) {
            return Some(format!("the path is applied to each object: write `{rest}`"));
        }
    }
    if let Some(rest) = path.strip_prefix('.').filter(|rest| is_simple(rest)) {
        return Some(format!("a path begins with the name of a field: write `{rest}`"));
    }
    let (index, rest) = path.split_once('.').unwrap_or_default();
    let index = index.trim_start_matches('[').trim_end_matches(']');
    if !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()) && is_simple(rest) {
        return Some(format!("the path is applied to each object: write `{rest}`, and --limit for the first ones"));
    }
    let fields: Vec<_> = path.split([',', ' ']).map(str::trim).filter(|field| !field.is_empty()).collect();
    if fields.len() > 1 && fields.iter().all(|field| is_simple(field.trim_start_matches('.'))) {
        let names: Vec<_> = fields.iter().map(|field| field.trim_start_matches('.')).collect();
        return Some(format!("for several fields write `{{{}}}`", names.join(",")));
    }
    if let Some(name) = path.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']))
        && is_simple(name)
    {
        return written(name);
    }
    if path.contains('[') && !path.starts_with(['[', '{']) {
        let plain = path.replace("['", ".").replace("[\"", ".").replace("']", "").replace("\"]", "");
        let plain = plain.replace('[', ".").replace(']', "");
        if is_simple(&plain) {
            return written(&plain);
        }
    }
    None
}

/// Returns whether a text is a path of names and numbers alone.
fn is_simple(path: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    !path.is_empty() && path.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_other_tools_are_told_how_they_are_written_here() {
        for (path, says) in [
            (".id", "write `id`"),
            (".labels.team", "write `labels.team`"),
            ("#.id", "each object: write `id`"),
            ("[].id", "each object: write `id`"),
            (".[].id", "each object: write `id`"),
            ("$.id", "each object: write `id`"),
            ("0.id", "--limit"),
            ("[0].id", "--limit"),
            ("path,size", "write `{path,size}`"),
            (".path, .size", "write `{path,size}`"),
            ("path size", "write `{path,size}`"),
            ("labels[team]", "write `labels.team`"),
            ("labels['team']", "write `labels.team`"),
            ("\"id\"", "write `id`"),
        ] {
            assert!(transform_hint(path).is_some_and(|hint| hint.contains(says)), "{path}: {:?}", transform_hint(path));
        }
        for path in ["id", "labels.team", "{id,status}", "#", "steps.#(name==x).status", ".", "..id", "a|@tostr", ""] {
            assert_eq!(transform_hint(path), None, "{path}");
        }
    }
}
