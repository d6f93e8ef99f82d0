//! The list of projects: colours, what is put away, the bin.

use protocol::error::ErrorCode;
use protocol::studio::calls::{
    ArchiveProjects, BinProjects, ColourProject, CreateProject, DeleteProjects, ImportFiles,
    JudgeReels, OpenProject, RenameProject, SaveSettings,
};
use protocol::studio::event::Event;
use protocol::studio::settings::{Settings, Theme};
use protocol::studio::view::{Colour, ProjectCard, ProjectId, Verdict};

use crate::support::{Bench, Desk, firsts};

fn cards(desk: &Desk) -> Vec<ProjectCard> {
    let lists = desk.heard().into_iter().rev();
    lists
        .into_iter()
        .find_map(|event| match event {
            Event::Projects(cards) => Some(cards),
            Event::State(state) => Some(state.projects),
            _ => None,
        })
        .unwrap()
}

fn create(desk: &Desk, name: &str) -> ProjectId {
    let name = name.to_owned();
    desk.ask(CreateProject { name }).unwrap()
}

#[test]
fn a_project_is_named_coloured_and_put_away() {
    let bench = Bench::new();
    let desk = bench.open();
    let project = create(&desk, " First ");
    let name = "Second".to_owned();
    desk.ask(RenameProject { project, name }).unwrap();
    let colour = Some(Colour::Violet);
    desk.ask(ColourProject { project, colour }).unwrap();
    let away = ArchiveProjects {
        projects: vec![project],
        archived: true,
    };
    desk.ask(away).unwrap();
    let told = cards(&desk).remove(0);
    assert_eq!((told.name.as_str(), told.colour), ("Second", colour));
    assert!(told.archived);
    assert_eq!((told.sources, told.reels), (Some(0), Some(0)));
    assert_eq!(desk.open_project(project).project.name, "Second");
    desk.studio.close().unwrap();
    assert_eq!(bench.open().state().projects[0].name, "Second");
}

#[test]
fn only_the_bin_is_emptied_and_what_lay_there_for_long_goes_at_the_start() {
    let bench = Bench::new();
    let desk = bench.open();
    let (kept, gone, old) = (
        create(&desk, "Kept"),
        create(&desk, "Gone"),
        create(&desk, "Old"),
    );
    let delete = |projects: Vec<ProjectId>| desk.ask(DeleteProjects { projects });
    assert_eq!(delete(vec![kept]).unwrap_err().code, ErrorCode::Unknown);
    let bin = BinProjects {
        projects: vec![gone, old],
        binned: true,
    };
    desk.ask(bin).unwrap();
    delete(vec![gone]).unwrap();
    let missing = desk.ask(OpenProject { project: gone }).unwrap_err();
    assert_eq!(missing.code, ErrorCode::Unknown);
    desk.close();
    let month_ago = now_millis() - 31 * 24 * 3600 * 1000;
    bench
        .library()
        .bin_projects(&[old.0], Some(month_ago))
        .unwrap();
    let left: Vec<ProjectId> = bench
        .open()
        .state()
        .projects
        .iter()
        .map(|card| card.id)
        .collect();
    assert_eq!(left, [kept]);
}

#[test]
fn settings_come_back() {
    let bench = Bench::new();
    let desk = bench.open();
    assert_eq!(desk.state().settings, Settings::default());
    let settings = Settings {
        theme: Theme::Light,
        welcomed: true,
        ..Settings::default()
    };
    let save = SaveSettings {
        settings: settings.clone(),
    };
    desk.ask(save).unwrap();
    assert!(desk.heard().contains(&Event::Settings(settings.clone())));
    assert_eq!(bench.open().state().settings, settings);
}

#[test]
fn what_cannot_be_imported_is_told_at_once() {
    let bench = Bench::new();
    let desk = bench.open();
    std::fs::write(bench.path("letter.mp4"), "Dear reader,").unwrap();
    std::fs::write(bench.path("empty.mp4"), "").unwrap();
    std::fs::create_dir(bench.path("folder")).unwrap();
    let names = ["letter.mp4", "empty.mp4", "folder", "none.mp4"];
    let paths = names.map(|name| bench.path(name).to_string_lossy().into_owned());
    let asked = ImportFiles {
        project: None,
        paths: paths.to_vec(),
    };
    let imported = desk.ask(asked).unwrap();
    assert_eq!((imported.project, imported.jobs.len()), (None, 0));
    let refused: Vec<ErrorCode> = imported.refused.iter().map(|error| error.code).collect();
    let expected = [
        ErrorCode::CorruptMedia,
        ErrorCode::EmptyFile,
        ErrorCode::NotAFile,
        ErrorCode::NotFound,
    ];
    assert_eq!(refused, expected);
    assert!(imported.refused.iter().all(|error| error.input.is_some()));
    assert!(cards(&desk).is_empty(), "no project for nothing");
}

#[test]
fn a_reel_that_somebody_made_can_be_kept_too() {
    let bench = Bench::new();
    let desk = bench.open();
    let (project, replica) = desk.seed();
    let (sequence, media) = firsts(replica.project());
    let judge = JudgeReels {
        project,
        sequences: vec![sequence],
        verdict: Verdict::Kept,
    };
    desk.ask(judge).unwrap();
    let board = desk.open_project(project).board;
    assert_eq!(board.reels.len(), 1);
    assert_eq!(board.reels[0].verdict, Verdict::Kept);
    assert_eq!(board.reels[0].media, media);
    let told = desk
        .heard()
        .into_iter()
        .rev()
        .find_map(|event| match event {
            Event::Board { board, .. } => Some(board),
            _ => None,
        });
    assert_eq!(told, Some(board), "the window hears of it");
}

fn now_millis() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    since.as_millis() as i64
}
