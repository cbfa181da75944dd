//! The entries at several paths, with one command.

use std::sync::atomic::Ordering;

use super::job::script;
use super::stat::{AgbFiles, FORMAT, record};
use super::tools::from_root;
use crate::backend::path_errors::missing;
use crate::backend::session_files::stat_one_by_one;
use crate::http::Class;
use wharf_core::error::Result;
use wharf_core::model::{Entry, RemotePath, SessionId, SessionPath};

/// Prints the output of `find` for each path, with a slash after it. Arguments: the format, the paths.
const FIND_EACH: &str = r#"
[ "$(find / -maxdepth 0 -printf x 2>&1)" = x ] || exit 1
format=$1
shift
for path; do
    find "$path" -maxdepth 0 -printf "$format" 2>/dev/null
    printf /
done
exit 0
"#;

impl AgbFiles {
    /// Returns the entry at each path, without following links if the image can report links.
    pub(super) async fn look_each(&self, session: &SessionId, paths: &[RemotePath]) -> Vec<Result<Entry>> {
        match self.find_each(session, paths).await {
            Ok(Some(entries)) => entries,
            Ok(None) => stat_one_by_one(self, session, paths).await,
            Err(error) => paths.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    /// Returns `None` where the image lacks a `find` that can tell.
    async fn find_each(&self, session: &SessionId, paths: &[RemotePath]) -> Result<Option<Vec<Result<Entry>>>> {
        if self.images.no_find.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let paths_from_root: Vec<_> = paths.iter().map(from_root).collect();
        let mut arguments = vec![FORMAT];
        arguments.extend(paths_from_root.iter().map(String::as_str));
        let found = self.client.shell(Class::Safe, session, script(FIND_EACH, &arguments)).await?;
        Ok(found.ok().and_then(|text| entries(session, paths, &text)))
    }
}

/// Reads the output of [`FIND_EACH`]; `None` if it does not have an answer for each path.
fn entries(session: &SessionId, paths: &[RemotePath], text: &str) -> Option<Vec<Result<Entry>>> {
    let mut answers = text.split('/');
    let mut entries = Vec::new();
    for path in paths {
        let at = SessionPath { session: session.clone(), path: path.clone() };
        entries.push(match answers.next()? {
            "" => Err(missing(&at)),
            found => {
                let (_, entry) = record(&at, found).filter(|_| answers.next() == Some(""))?;
                Ok(Entry { name: path.name().to_owned(), path: path.clone(), ..entry })
            }
        });
    }
    // What follows the last slash.
    (answers.next()?.trim().is_empty() && answers.next().is_none()).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Option<Vec<bool>> {
        let paths: Vec<RemotePath> = ["/a", "/d/b"].map(|path| path.parse().unwrap()).to_vec();
        let entries = entries(&"s1".parse().unwrap(), &paths, text)?;
        Some(entries.into_iter().map(|entry| entry.is_ok()).collect())
    }

    #[test]
    fn each_path_has_an_answer_or_none_has() {
        let (a, b) = ("0 f 5 1.5 644 a/", "0 f 7 2.5 755 b/");
        assert_eq!(kinds(&format!("{a}/{b}/")), Some(vec![true, true]));
        assert_eq!(kinds(&format!("/{b}/")), Some(vec![false, true]));
        assert_eq!(kinds("//"), Some(vec![false, false]));
        for cut in ["", "/", a, &format!("{a}/{b}"), &format!("{a}/{b}/x"), &format!("{a}{b}/"), "x//", "///"] {
            assert_eq!(kinds(cut), None, "{cut}");
        }
    }
}
