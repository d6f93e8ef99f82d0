//! Undo and redo: a snapshot for every finished gesture.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::edit::{Created, Edit, EditError, Label};
use crate::project::Project;

/// How many steps can be undone.
pub const DEPTH: usize = 1000;

/// A project with what it was before, what was undone, and its named versions.
///
/// Snapshots share whatever an edit left alone, so a step costs little more than what it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    present: Arc<Project>,
    past: VecDeque<Step>,
    undone: Vec<Step>,
    versions: BTreeMap<String, Arc<Project>>,
}

/// A step between two snapshots: its label, and the snapshot on the far side.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    label: Label,
    project: Arc<Project>,
}

/// There is no version of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no version named {0:?}")]
pub struct UnknownVersion(pub String);

impl History {
    /// Returns a history that begins with `project`.
    pub fn new(project: Project) -> Self {
        Self::with_versions(project, BTreeMap::new())
    }

    /// Returns a history that begins with `project` and knows versions from before.
    pub fn with_versions(project: Project, versions: BTreeMap<String, Arc<Project>>) -> Self {
        Self {
            present: Arc::new(project),
            past: VecDeque::new(),
            undone: Vec::new(),
            versions,
        }
    }

    /// Returns the project as it is now.
    pub fn present(&self) -> &Arc<Project> {
        &self.present
    }

    /// Applies an edit as one step, and forgets what was undone. A refused edit changes nothing.
    pub fn edit(&mut self, edit: &Edit) -> Result<Created, EditError> {
        let applied = edit.apply_with(&self.present)?;
        self.commit(edit.label(), applied.project);
        Ok(applied.created)
    }

    /// Goes one step back and returns its label; `None` at the beginning.
    pub fn undo(&mut self) -> Option<Label> {
        let step = self.past.pop_back()?;
        self.undone.push(Step {
            label: step.label,
            project: std::mem::replace(&mut self.present, step.project),
        });
        Some(step.label)
    }

    /// Goes one undone step forward and returns its label; `None` when nothing is undone.
    pub fn redo(&mut self) -> Option<Label> {
        let step = self.undone.pop()?;
        self.past.push_back(Step {
            label: step.label,
            project: std::mem::replace(&mut self.present, step.project),
        });
        Some(step.label)
    }

    /// Returns the labels of the steps that can be undone, the oldest first.
    pub fn past(&self) -> impl DoubleEndedIterator<Item = Label> {
        self.past.iter().map(|step| step.label)
    }

    /// Returns the labels of the steps that can be redone, the next one first.
    pub fn undone(&self) -> impl DoubleEndedIterator<Item = Label> {
        self.undone.iter().rev().map(|step| step.label)
    }

    /// Keeps the project as it is now under a name, in place of any version of that name.
    pub fn keep_version(&mut self, name: impl Into<String>) {
        self.versions.insert(name.into(), Arc::clone(&self.present));
    }

    /// Returns the named versions.
    pub fn versions(&self) -> &BTreeMap<String, Arc<Project>> {
        &self.versions
    }

    /// Goes to a named version as one step, which can be undone.
    pub fn restore(&mut self, name: &str) -> Result<(), UnknownVersion> {
        let version = self.versions.get(name);
        let version = version.ok_or_else(|| UnknownVersion(name.to_owned()))?;
        let project = Project::clone(version);
        self.commit(Label::RestoreVersion, project);
        Ok(())
    }

    fn commit(&mut self, label: Label, project: Project) {
        self.undone.clear();
        self.past.push_back(Step {
            label,
            project: std::mem::replace(&mut self.present, Arc::new(project)),
        });
        if self.past.len() > DEPTH {
            self.past.pop_front();
        }
    }
}
