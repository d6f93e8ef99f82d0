//! Tracks: one per person and shot.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use footage::Analysis;
use footage::picture::TrackId;
use testkit::truth::{self, Annotated};

use crate::bench::Bench;
use crate::persons::{Person, persons, tracks_at};
use crate::table::{Figure, line};

/// A track is on a person where both boxes share this much.
const ON_PERSON: f64 = 0.3;

/// Returns the annotated films that hold faces.
pub(crate) fn films(bench: &Bench) -> Result<Vec<Annotated>> {
    let mut films = truth::annotated(&bench.shared)?;
    films.push(truth::talkers(&bench.shared)?);
    films.retain(|film| film.samples.iter().any(|sample| !sample.1.is_empty()));
    Ok(films)
}

/// Returns what the program finds in a film, and the film with each sample at its picture's time and
/// with its boxes as shown.
pub(crate) fn analysed(bench: &Bench, film: Annotated) -> Result<(Annotated, Analysis)> {
    let file = bench.film(&film.file)?;
    let analysis = bench.analysis(&file)?;
    let (_, video) = analysis.streams.chosen_video().context("no picture")?;
    let film = film.at_pictures(&file)?;
    Ok((film.as_shown((video.width, video.height)), analysis))
}

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let (mut people, mut single, mut samples, mut covered, mut switches) = (0, 0, 0, 0, 0);
    for film in films(bench)? {
        let (film, analysis) = analysed(bench, film)?;
        let persons = persons(&film);
        let seen: Vec<BTreeMap<TrackId, usize>> = persons
            .iter()
            .map(|person| {
                let mut tracks = BTreeMap::new();
                for (time, pixels) in &person.places {
                    let found = tracks_at(&analysis.faces, *time);
                    let best = found
                        .iter()
                        .map(|(track, place)| (place.iou(*pixels), *track))
                        .max_by(|a, b| a.0.total_cmp(&b.0));
                    if let Some((_, track)) = best.filter(|(shared, _)| *shared >= ON_PERSON) {
                        *tracks.entry(track).or_insert(0) += 1;
                    }
                }
                tracks
            })
            .collect();
        let switched = switched(&persons, &seen);
        let (mut here, mut main, mut one) = (0, 0, 0);
        for (person, tracks) in persons.iter().zip(&seen) {
            here += person.places.len();
            main += tracks.values().copied().max().unwrap_or(0);
            one += usize::from(tracks.len() == 1);
        }
        let each: Vec<String> = persons
            .iter()
            .zip(&seen)
            .map(|(person, tracks)| {
                let from = person.places.first().map_or(0.0, |place| place.0);
                let counts: Vec<usize> = tracks.values().copied().collect();
                format!("{from:.1}s {counts:?}/{}", person.places.len())
            })
            .collect();
        line(&format!(
            "{:52} {one} of {} persons with one track, {main} of {here} samples, {switched} switches  {}",
            film.file,
            persons.len(),
            each.join(" ")
        ));
        people += persons.len();
        single += one;
        samples += here;
        covered += main;
        switches += switched;
    }
    Ok(vec![
        Figure::all("persons per shot with exactly one track", single, people),
        Figure::at_least(
            "samples of persons on that person's track",
            covered as f64 / samples as f64,
            0.95,
        ),
        Figure::none("tracks that go from one person to another", switches),
    ])
}

/// Returns how many tracks are on two persons who are in the picture at once.
fn switched(persons: &[Person], seen: &[BTreeMap<TrackId, usize>]) -> usize {
    let together = |a: &Person, b: &Person| {
        let times = |person: &Person| -> Vec<f64> { person.places.iter().map(|p| p.0).collect() };
        let others = times(b);
        times(a).iter().any(|time| others.contains(time))
    };
    let mut count = 0;
    for (index, (person, tracks)) in persons.iter().zip(seen).enumerate() {
        for (other, others) in persons.iter().zip(seen).skip(index + 1) {
            let shared = tracks.keys().filter(|track| others.contains_key(track));
            count += shared.filter(|_| together(person, other)).count();
        }
    }
    count
}
