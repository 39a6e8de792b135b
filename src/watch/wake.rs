//! What wakes the watch before its time: the system's word that something in the folder has changed.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// What tells of changes, where the system does; network folders often do not.
pub struct Wake {
    told: Receiver<()>,
    /// Held so that waiting is waiting also where nothing is ever told.
    _teller: SyncSender<()>,
    _watcher: Option<RecommendedWatcher>,
}

impl Wake {
    /// Listen to a folder and those below it.
    pub fn on(folder: &Path) -> Wake {
        // Of many events that come together one is enough.
        let (teller, told) = mpsc::sync_channel(1);
        let tell = teller.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|e| e.need_rescan() || changes(&e.kind)) {
                let _ = tell.try_send(());
            }
        });
        let watching = watcher.and_then(|mut w| {
            w.watch(folder, RecursiveMode::Recursive)?;
            Ok(w)
        });
        Wake { told, _teller: teller, _watcher: watching.ok() }
    }

    /// Wait for a change, but no longer than `most`. Never less than `least`, however much is told: a
    /// large file that is written tells of itself a thousand times.
    pub fn wait(&self, least: Duration, most: Duration) {
        let began = Instant::now();
        let _ = self.told.recv_timeout(most.max(least));
        std::thread::sleep(least.saturating_sub(began.elapsed()));
        // What was told meanwhile is seen by the listing that comes now.
        let _ = self.told.try_recv();
    }
}

/// Whether an event may mean a new photo. To list a folder is to open it, which Linux tells as well:
/// whoever is woken by that wakes himself again.
fn changes(kind: &EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) => true,
        EventKind::Modify(how) => !matches!(how, ModifyKind::Metadata(_)),
        EventKind::Access(how) => *how == AccessKind::Close(AccessMode::Write),
        EventKind::Any | EventKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, MetadataKind, RemoveKind, RenameMode};

    use super::*;

    #[test]
    fn what_changes_a_folder_wakes_and_what_only_looks_at_it_does_not() {
        let wakes = [
            EventKind::Create(CreateKind::File),
            EventKind::Create(CreateKind::Any),
            EventKind::Modify(ModifyKind::Any),
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            EventKind::Remove(RemoveKind::Folder),
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
        ];
        let sleeps = [
            EventKind::Access(AccessKind::Open(AccessMode::Any)),
            EventKind::Access(AccessKind::Read),
            EventKind::Access(AccessKind::Close(AccessMode::Read)),
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime)),
            EventKind::Other,
        ];
        assert!(wakes.iter().all(changes));
        assert!(!sleeps.iter().any(changes));
    }

    #[test]
    fn a_folder_that_is_listed_does_not_wake_and_a_new_file_does() {
        let folder = tempfile::tempdir().unwrap();
        let wake = Wake::on(folder.path());
        for _ in 0..20 {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        assert!(wake.told.recv_timeout(Duration::from_millis(300)).is_err());
        if wake._watcher.is_some() {
            std::fs::write(folder.path().join("a.jpg"), b"x").unwrap();
            assert!(wake.told.recv_timeout(Duration::from_secs(60)).is_ok());
        }
    }
}
