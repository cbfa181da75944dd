//! `wharf config init`.

use std::fmt::Write as _;

use clap::Args;

use super::super::Cx;
use super::super::question;
use super::change::{DEFAULT_PROFILE, check};
use super::setting::SettingRecord;
use wharf_client::backend::{Capabilities, Feature, registry};
use wharf_core::config::edit::{ProfileKey, update};
use wharf_core::config::profile::ConfigFile;
use wharf_core::config::{Origin, config_path, env, no_config};
use wharf_core::error::{Error, Kind, Result};

/// The content of a new profile for a backend, and the next steps.
struct ProfileTemplate {
    backend: &'static str,
    /// Keys that are asked for, each with the question and the comment that stands in its place.
    asked: &'static [(&'static str, &'static str, &'static str)],
    /// The sources of the key or token, as comments.
    comments: &'static str,
    /// The next step.
    next: &'static str,
}

const SOURCES: &str = "# or name a source of it:\n\
    # secret_command = [\"PROGRAM\", \"WORD\"]\n\
    # secret_file = \"PATH\"\n\
    # secret_env = \"NAME\"\n";

const TEMPLATES: &[ProfileTemplate] = &[
    ProfileTemplate {
        backend: "local",
        asked: &[],
        comments: "# agent_command = [\"PROGRAM\", \"WORD\"]   # plays the agent in sessions\n",
        next: "`wharf sessions create`",
    },
    ProfileTemplate {
        backend: "anthropic",
        asked: &[
            ("agent", "agent of new sessions", "# agent = \"agent_...\"            # see: wharf agents list\n"),
            (
                "environment",
                "environment of new sessions",
                "# environment = \"env_...\"        # see: wharf environments list\n",
            ),
        ],
        comments: "# The key is not stored here: export ANTHROPIC_API_KEY,\n",
        next: "`export ANTHROPIC_API_KEY=...`, or `wharf config set secret_command '[\"PROGRAM\", \"WORD\"]'`; then `wharf doctor`",
    },
    ProfileTemplate {
        backend: "foundry",
        asked: &[
            (
                "base_url",
                "endpoint of the project (https://ACCOUNT.services.ai.azure.com/api/projects/PROJECT)",
                "# base_url = \"https://ACCOUNT.services.ai.azure.com/api/projects/PROJECT\"\n",
            ),
            ("agent", "name of the agent", "# agent = \"NAME\"                 # see: wharf agents list\n"),
        ],
        comments: "# The token is not stored here: log in with `az login`, export WHARF_FOUNDRY_TOKEN,\n",
        next: "`az login`, or `export WHARF_FOUNDRY_TOKEN=...`; then `wharf doctor`",
    },
    ProfileTemplate {
        backend: "agb",
        asked: &[("image", "image of new sessions", "# image = \"agb-code-space-1\"\n")],
        comments: "# The key is not stored here: export AGB_API_KEY,\n",
        next: "`export AGB_API_KEY=...`, or `wharf config set secret_command '[\"PROGRAM\", \"WORD\"]'`; then `wharf doctor`",
    },
];

#[derive(Debug, Args)]
#[command(after_help = "Asks for what is missing if stdin is a terminal.\n\nExamples:\n  \
    wharf config init -b anthropic --agent agent_123 --environment env_123\n  \
    wharf config init -b local --profile try")]
pub(in crate::commands) struct ConfigInitArgs {
    /// Environment of new sessions
    #[arg(long, value_name = "ID", alias = "environment-id")]
    environment: Option<String>,

    /// Image of new sessions
    #[arg(long, value_name = "NAME")]
    image: Option<String>,

    /// Replace a profile that exists
    #[arg(long)]
    force: bool,
}

impl ConfigInitArgs {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        let path = config_path().ok_or_else(no_config)?;
        let profile = cx.flags().profile.clone().or_else(|| env::text(env::PROFILE));
        let profile = profile.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
        if profile.is_empty() || profile.starts_with('-') || profile.chars().any(|c| c.is_control() || c == ' ') {
            return Err(Error::usage(format!("invalid name of a profile: {profile:?}")).hint("use one word"));
        }
        // Before any question.
        if !self.force && ConfigFile::read(&path, cx.flags().deadline)?.profiles.contains_key(&profile) {
            let what = format!("profile {profile:?} exists in `{}`", path.display());
            return Err(exists(Error::conflict(what)));
        }
        let template = template(cx).await?;
        let capabilities = registry::find(template.backend)?.capabilities;
        let keys = self.keys(cx, template, capabilities).await?;
        let comments = comments(template, &keys);
        let is_default = update(&path, cx.flags().deadline, |document| {
            document.add(&profile, self.force, &keys, &comments).map_err(exists)?;
            match &document.file().profile {
                Some(name) => Ok(*name == profile),
                None => document.set_default(&profile).map(|()| true),
            }
        })?;
        let mut listing = cx.out.listing();
        for (key, value) in keys {
            let origin = Origin::Profile(profile.clone());
            listing.push(&SettingRecord { name: key.name, value: Some(value), origin })?;
        }
        listing.finish()?;
        cx.out.note(format!("profile {profile:?} is in `{}`", path.display()));
        if !is_default {
            cx.out.note(format!("to use it: `--profile {profile}`, or `wharf config set profile {profile}`"));
        }
        cx.out.note(format!("next: {}", template.next));
        Ok(())
    }

    /// Returns the keys that flags and answers give.
    async fn keys(
        &self,
        cx: &Cx,
        template: &ProfileTemplate,
        capabilities: &Capabilities,
    ) -> Result<Vec<(&'static ProfileKey, String)>> {
        let flags = cx.flags();
        let given = [
            ("base_url", &flags.base_url, None),
            ("agent", &flags.agent, Some(Feature::SessionAgent)),
            ("environment", &self.environment, Some(Feature::SessionEnvironment)),
            ("image", &self.image, Some(Feature::SessionImage)),
        ];
        let mut keys = vec![("backend", template.backend.to_owned())];
        for (name, value, feature) in given {
            if let Some(value) = value {
                feature.map_or(Ok(()), |feature| registry::require(capabilities, feature))?;
                keys.push((name, value.clone()));
            }
        }
        if question::can_ask(cx) {
            for (name, question, _) in template.asked {
                if !keys.iter().any(|(known, _)| known == name) {
                    let answer = answer(cx, &format!("{question} (empty: leave it out): ")).await?;
                    keys.extend((!answer.is_empty()).then_some((*name, answer)));
                }
            }
        }
        let known = |(name, value): (&str, String)| {
            let key = ProfileKey::find(name).ok_or_else(|| Error::new(Kind::Internal, format!("no key {name}")))?;
            check(key, &value).map(|()| (key, value))
        };
        keys.into_iter().map(known).collect()
    }
}

/// Returns the template of the backend that is named, or of the one that the user answers.
async fn template(cx: &Cx) -> Result<&'static ProfileTemplate> {
    let named = cx.flags().backend.clone().or_else(|| env::text(env::BACKEND));
    let names = || registry::ALL.iter().map(|entry| entry.capabilities.backend).collect::<Vec<_>>().join(", ");
    let name = match named {
        Some(name) => name,
        None if question::can_ask(cx) => {
            let answer = answer(cx, &format!("backend ({}) [local]: ", names())).await?;
            if answer.is_empty() { "local".to_owned() } else { answer }
        }
        None => {
            return Err(Error::usage("no backend is named")
                .hint(format!("name it: `wharf config init --backend NAME`; backends are {}", names())));
        }
    };
    let name = registry::find(&name)?.capabilities.backend;
    TEMPLATES
        .iter()
        .find(|template| template.backend == name)
        .ok_or_else(|| Error::new(Kind::Internal, format!("no profile template for {name}")))
}

/// Returns the answer to a question, without white space around it; empty at the end of the input.
async fn answer(cx: &Cx, prompt: &str) -> Result<String> {
    Ok(question::read_line(cx, prompt).await?.unwrap_or_default().trim().to_owned())
}

/// Returns the comments below a profile's keys: what can be set, and where the key or token comes from.
fn comments(template: &ProfileTemplate, keys: &[(&'static ProfileKey, String)]) -> String {
    let mut text = String::new();
    for (name, _, comment) in template.asked {
        if !keys.iter().any(|(key, _)| key.name == *name) {
            text.push_str(comment);
        }
    }
    text.push_str(template.comments);
    if !template.asked.is_empty() {
        let _ = write!(text, "{SOURCES}");
    }
    text
}

fn exists(error: Error) -> Error {
    if error.kind() == Kind::Conflict {
        return error.hint("`wharf config set` changes it; --force replaces it; --profile names another one");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_backend_has_a_template_and_every_key_of_one_is_known() {
        for entry in registry::ALL {
            let name = entry.capabilities.backend;
            let template = TEMPLATES.iter().find(|template| template.backend == name);
            let template = template.unwrap_or_else(|| panic!("{name} has no template"));
            for (key, _, comment) in template.asked {
                assert!(ProfileKey::find(key).is_some() && comment.starts_with(&format!("# {key} = ")), "{key}");
            }
        }
    }
}
