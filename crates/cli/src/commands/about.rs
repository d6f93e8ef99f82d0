//! Completions and the manual page.

use clap::CommandFactory;

use crate::arguments::CommandLine;
use crate::output;

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> u8 {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "crealia", &mut text);
    output::line(String::from_utf8_lossy(&text).trim_end());
    0
}

/// Prints the manual page, every command's included.
pub(crate) fn man() -> u8 {
    let mut command = CommandLine::command();
    command.build();
    let mut text = Vec::new();
    let mut failed = clap_mangen::Man::new(command.clone())
        .render(&mut text)
        .is_err();
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        failed |= clap_mangen::Man::new(sub.clone())
            .render(&mut text)
            .is_err();
    }
    output::line(String::from_utf8_lossy(&text).trim_end());
    u8::from(failed)
}
