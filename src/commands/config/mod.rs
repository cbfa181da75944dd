//! `wharf config`: the settings and their origins.

mod change;
mod init;
mod setting;

use clap::Subcommand;

use self::change::{ConfigSetArgs, ConfigUnsetArgs};
use self::init::ConfigInitArgs;
use self::setting::SettingRecord;
use super::Cx;
use wharf_core::config::{config_path, no_config};
use wharf_core::error::{Error, Result};

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum ConfigCommand {
    /// Print the path of the configuration file, even if it does not exist
    #[command(after_help = "Example:\n  wharf config path")]
    Path,
    /// List all settings and where each comes from
    #[command(visible_alias = "ls")]
    #[command(after_help = "Example:\n  wharf config list --format table")]
    List,
    /// Print one setting
    #[command(alias = "show")]
    #[command(after_help = "Example:\n  wharf config get backend --transform origin -r")]
    Get {
        /// Name of the setting; see 'wharf config list'
        #[arg(value_name = "SETTING")]
        name: String,
    },
    /// Create a profile in the configuration file
    Init(ConfigInitArgs),
    /// Set a key of a profile in the configuration file
    Set(ConfigSetArgs),
    /// Remove a key of a profile from the configuration file
    Unset(ConfigUnsetArgs),
}

impl ConfigCommand {
    pub(super) async fn run(self, cx: &Cx) -> Result<()> {
        match self {
            ConfigCommand::Path => {
                let path = config_path().ok_or_else(no_config)?;
                cx.out.bytes(format!("{}\n", path.display()).as_bytes())
            }
            ConfigCommand::List => {
                let mut listing = cx.out.listing();
                settings(cx)?.iter().try_for_each(|setting| listing.push(setting))?;
                listing.finish()
            }
            ConfigCommand::Get { name } => {
                let all = settings(cx)?;
                if let Some(setting) = all.iter().find(|setting| setting.name == name) {
                    cx.out.one(setting)
                } else {
                    let names: Vec<_> = all.iter().map(|setting| setting.name).collect();
                    Err(Error::not_found(format!("setting `{name}` not found"))
                        .hint(format!("settings are {}", names.join(", "))))
                }
            }
            ConfigCommand::Init(args) => args.run(cx).await,
            ConfigCommand::Set(args) => args.run(cx),
            ConfigCommand::Unset(args) => args.run(cx),
        }
    }
}

fn settings(cx: &Cx) -> Result<Vec<SettingRecord>> {
    let settings = cx.settings()?;
    let mut all: Vec<SettingRecord> = settings
        .all()
        .into_iter()
        .map(|(name, setting)| SettingRecord { name, value: setting.value.clone(), origin: setting.origin.clone() })
        .collect();
    all.push(SettingRecord {
        name: "home",
        value: settings.home().ok().map(|home| home.display().to_string()),
        origin: settings.home_origin(),
    });
    Ok(all)
}
