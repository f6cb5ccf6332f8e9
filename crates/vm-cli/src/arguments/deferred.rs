//! Arguments of a command that are defined when the command is given, not before.
//!
//! Each run of `vm` gives one command. To define the options of all the others takes longer than an
//! empty program runs.

use super::Color;
use clap::builder::Resettable;
use clap::error::Error;
use clap::{ArgMatches, Args, Command, FromArgMatches, Id};
use std::ops::{Deref, DerefMut};

/// The arguments `T` of a command.
#[derive(Clone, Debug)]
pub struct Deferred<T>(pub T);

impl<T> Deref for Deferred<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Deferred<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Deferred)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Deferred)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Args> Args for Deferred<T> {
    fn group_id() -> Option<Id> {
        T::group_id()
    }

    fn augment_args(command: Command) -> Command {
        command.defer(define::<T>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}

/// Defines the arguments, and `--color`. What the list of commands says about the command stays: the text at `T` is
/// that of a Rust type.
fn define<T: Args>(command: Command) -> Command {
    let about = command.get_about().cloned();
    let long_about = command.get_long_about().cloned();
    let text = |text: Option<_>| text.map_or(Resettable::Reset, Resettable::Value);
    // Global for the commands of this one. As an option of `vm`, clap would copy it for all commands.
    Color::augment_args(T::augment_args(command))
        .mut_arg(Color::ID, |color| color.global(true))
        .about(text(about))
        .long_about(text(long_about))
}
