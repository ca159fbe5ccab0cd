//! `sagan bench`: how long drawing and training take, with our operations and with Burn's own; how
//! many kernels they launch on a GPU, and how much of its memory they hold.

mod arguments;
mod contestant;
mod operations;
mod options;
#[cfg(feature = "gpu")]
mod profile;
mod turns;
mod work;

use saganscope_figures::Report;
use saganscope_model::config::SaganConfig;

pub(crate) use self::arguments::Arguments;
use self::work::Z_DIM;
use crate::{
    device,
    files::{self, Error},
};

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    for &conv_dim in &arguments.conv_dim {
        SaganConfig::new(conv_dim, Z_DIM).check()?;
    }
    if arguments.runs == 0 {
        return Err(Error::Usage("--runs must be at least 1.".into()));
    }
    let opened = device::open_named(arguments.device)?;
    eprintln!("Running on {}.", opened.name);
    let mut report = Report::default();
    if arguments.profile {
        profile::all(arguments, &opened, &mut report)?;
    } else if let Some(path) = &arguments.options_of {
        options::compare(path, arguments, &opened, &mut report)?;
    } else {
        operations::compare(arguments, &opened, &mut report)?;
    }
    if let Some(path) = &arguments.json {
        let text = serde_json::to_vec_pretty(&report)
            .map_err(|error| Error::Usage(format!("The figures cannot be written: {error}.")))?;
        files::write(path, &text)?;
    }
    Ok(())
}

#[cfg(not(feature = "gpu"))]
mod profile {
    use saganscope_figures::Report;

    use super::arguments::Arguments;
    use crate::{device::Opened, files::Error};

    pub(super) fn all(_: &Arguments, _: &Opened, _: &mut Report) -> Result<(), Error> {
        Err(Error::Usage(
            "--profile asks a GPU for its times, and this command was built without one.".into(),
        ))
    }
}
