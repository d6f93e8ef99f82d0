//! The check of a post against a network's limits.

mod text;
mod video;

use crate::limits::{Fact, Limits, Unaudited};
use crate::network::Network;
use crate::post::{Answer, Post, Privacy, Standing};
use crate::problem::{Code, Measure, Problem, Remedy, Severity};

/// Returns what `network` would refuse or take otherwise than meant, refusals first.
///
/// `standing` is what is known of the account; its default is an account of which nothing is known.
pub fn check(post: &Post, network: Network, standing: &Standing) -> Vec<Problem> {
    let limits = Limits::of(network);
    let mut found = Found {
        network,
        problems: Vec::new(),
    };
    text::check(post, &limits, standing, &mut found);
    media(post, &limits, &mut found);
    if let Some(video) = &post.video {
        video::check(video, &limits.video, standing, &mut found);
    }
    privacy(post, &limits, standing, &mut found);
    let mut problems = found.problems;
    problems.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.code.cmp(&b.code)));
    problems
}

/// What was found so far.
struct Found {
    network: Network,
    problems: Vec<Problem>,
}

impl Found {
    /// Adds something that breaks the limit that `fact` states.
    fn add<T>(
        &mut self,
        code: Code,
        fact: &Fact<T>,
        (measured, limit): (Measure, Measure),
        (severity, remedy): (Severity, Remedy),
    ) {
        self.problems.push(Problem {
            network: self.network,
            code,
            measured,
            limit,
            severity,
            status: fact.status,
            remedy,
        });
    }

    /// Adds a refusal.
    fn refuse<T>(
        &mut self,
        code: Code,
        fact: &Fact<T>,
        measured: Measure,
        limit: Measure,
        remedy: Remedy,
    ) {
        let outcome = (Severity::Refuses, remedy);
        self.add(code, fact, (measured, limit), outcome);
    }
}

fn media(post: &Post, limits: &Limits, found: &mut Found) {
    let Some(required) = &limits.media_required else {
        return;
    };
    if post.video.is_none() && post.pictures == 0 {
        let (none, remedy) = (Measure::Nothing, Remedy::Recut);
        found.refuse(Code::MediaMissing, required, Measure::Nothing, none, remedy);
    }
}

fn privacy(post: &Post, limits: &Limits, standing: &Standing, found: &mut Found) {
    let rules = &limits.privacy;
    let mut choices = rules.choices.value.to_vec();
    if let Some(named) = &standing.privacy {
        choices.retain(|choice| named.contains(choice));
    }
    let Some(chosen) = post.privacy else {
        if let Some(must) = &rules.must_choose {
            let limit = Measure::Privacy(choices.clone());
            let remedy = Remedy::Choose(choices);
            found.refuse(Code::PrivacyMissing, must, Measure::Nothing, limit, remedy);
        }
        return;
    };
    let measured = || Measure::Privacy(vec![chosen]);
    if !choices.contains(&chosen) {
        let limit = Measure::Privacy(choices.clone());
        let remedy = Remedy::Choose(choices);
        let fact = &rules.choices;
        found.refuse(Code::PrivacyUnavailable, fact, measured(), limit, remedy);
    } else if let Some(gate) = &rules.unaudited
        && standing.audited == Some(Answer::No)
        && chosen != Privacy::Private
    {
        let severity = match gate.value {
            Unaudited::RefusesOthers => Severity::Refuses,
            Unaudited::MakesPrivate => Severity::Warns,
        };
        let values = (measured(), Measure::Privacy(vec![Privacy::Private]));
        let remedy = Remedy::Choose(vec![Privacy::Private]);
        found.add(Code::Unaudited, gate, values, (severity, remedy));
    }
}
